"""A directory without rules that records what it is asked: for the azuread stand-in's requests.

What the official plugin sends was recorded from it (July 2026); here only the order and content of
requests are looked at. How Entra answers is the business of `sandbox.entra`.
"""

from __future__ import annotations

import base64
import copy
import json
import re
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TENANT = "3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d"
CALLER = "0c000000-0000-4000-8000-00000000ca11"
SECRET_TEXT = "hunter2-made-by-entra"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    method: str
    path: str
    body: Any


@dataclass(frozen=True, kw_only=True)
class PreparedAnswer:
    method: str
    path: re.Pattern[str]
    status: int
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass
class DirectoryRecorder:
    """All four endpoints of a cloud in one application; `url` is set once it is served."""

    url: str = ""
    recorded: list[Recorded] = field(default_factory=list)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[PreparedAnswer] = field(default_factory=list)
    token_lifetime_s: int = 3599
    tokens_given: int = 0
    _lock: Any = field(default_factory=threading.Lock)

    def app(self) -> Starlette:
        everything = Route(
            "/{path:path}", self._handle, methods=["GET", "POST", "PATCH", "PUT", "DELETE"]
        )
        return Starlette(routes=[everything])

    def answer_next(
        self, method: str, path: str, status: int, code: str, message: str, **headers: str
    ) -> None:
        """Answer the next request whose path matches the pattern `path` with an error instead."""
        body = {"error": {"code": code, "message": message}}
        self.answers.append(
            PreparedAnswer(
                method=method, path=re.compile(path), status=status, body=body, headers=headers
            )
        )

    def graph_calls(self) -> list[str]:
        """The Graph requests so far as `METHOD path?query`; forgets them."""
        calls = [
            f"{r.method} {r.path}" for r in self.recorded if r.path.startswith(("v1.0/", "beta/"))
        ]
        self.recorded.clear()
        return calls

    def bodies(self, method: str, path: str) -> list[Any]:
        return [r.body for r in self.recorded if (r.method, r.path) == (method, path)]

    async def _handle(self, request: Request) -> Response:
        raw = (await request.body()).decode()
        path = request.url.path.lstrip("/")
        query = f"?{unquote(request.url.query.replace('+', ' '))}" if request.url.query else ""
        is_json = request.headers.get("content-type", "").startswith("application/json")
        body = json.loads(raw) if raw and is_json else parse_qs(raw)
        with self._lock:
            self.recorded.append(Recorded(method=request.method, path=path + query, body=body))
            for prepared in self.answers:
                if prepared.method == request.method and prepared.path.fullmatch(path):
                    self.answers.remove(prepared)
                    return JSONResponse(prepared.body, prepared.status, prepared.headers)
            if path == "metadata/endpoints":
                return JSONResponse(self._metadata())
            if path == f"{TENANT}/oauth2/v2.0/token":
                return self._token()
            _, _, rest = path.partition("/")
            return self._graph(request.method, rest, query, body)

    def _metadata(self) -> dict[str, Any]:
        return {
            "name": "sandbox",
            "resourceManager": f"{self.url}/never-called",
            "microsoftGraphResourceId": f"{self.url}/",
            "authentication": {"loginEndpoint": self.url, "audiences": [self.url]},
        }

    def _token(self) -> Response:
        self.tokens_given += 1
        claims = base64.urlsafe_b64encode(json.dumps({"oid": CALLER}).encode()).decode().rstrip("=")
        return JSONResponse(
            {
                "token_type": "Bearer",
                "expires_in": self.token_lifetime_s,
                "access_token": f"e30.{claims}.x",
            }
        )

    def _graph(self, method: str, path: str, query: str, body: Any) -> Response:
        *parent, last = path.split("/")
        if method == "POST" and last == "addPassword":
            return self._add_password("/".join(parent), body)
        if method == "POST" and last == "removePassword":
            credentials = self.objects["/".join(parent)]["passwordCredentials"]
            credentials[:] = [c for c in credentials if c["keyId"] != body["keyId"]]
            return Response(status_code=204)
        if method == "POST" and last == "$ref":
            linked = body["@odata.id"].rsplit("/", 1)[-1]
            self.objects["/".join([*parent, linked])] = {"id": linked}
            return Response(status_code=204)
        if method == "DELETE" and last == "$ref":
            path = "/".join(parent)
        if method == "POST":
            return self._create(path, body)
        if path in self.objects:
            return self._one(method, path, body)
        if method == "GET" and path.count("/") % 2 == 0 and not path.startswith("policies/"):
            return JSONResponse({"value": self._members(path, query)})
        return JSONResponse(
            {"error": {"code": "Request_ResourceNotFound", "message": f"no {path}"}}, 404
        )

    def _create(self, path: str, body: dict[str, Any]) -> Response:
        owners = [bound.rsplit("/", 1)[-1] for bound in body.get("owners@odata.bind", [])]
        made = {**copy.deepcopy(body), "id": str(uuid4())}
        if path == "applications":
            made["appId"] = str(uuid4())
            made["passwordCredentials"] = []
        self.objects[f"{path}/{made['id']}"] = made
        for owner in owners:
            self.objects[f"{path}/{made['id']}/owners/{owner}"] = {"id": owner}
        return JSONResponse(made, 201)

    def _one(self, method: str, path: str, body: Any) -> Response:
        if method == "GET":
            return JSONResponse(self.objects[path])
        if method == "PATCH":
            _merge(self.objects[path], body)
        else:
            gone = [name for name in self.objects if f"{name}/".startswith(f"{path}/")]
            for name in gone:
                del self.objects[name]
        return Response(status_code=204)

    def _members(self, path: str, query: str) -> list[dict[str, Any]]:
        found = [value for name, value in self.objects.items() if name.rpartition("/")[0] == path]
        if "$filter=" not in query:
            return found
        conditions = query.split("$filter=", 1)[1].split("&", 1)[0].split(" and ")
        pairs = [condition.split(" eq ", 1) for condition in conditions]
        return [
            value
            for value in found
            if all(str(value.get(name)) == wanted.strip("'") for name, wanted in pairs)
        ]

    def _add_password(self, path: str, body: dict[str, Any]) -> Response:
        made = {
            "keyId": str(uuid4()),
            "displayName": None,
            "startDateTime": "2026-01-01T00:00:00Z",
            "endDateTime": "2028-01-01T00:00:00Z",
            **body["passwordCredential"],
        }
        self.objects[path]["passwordCredentials"].append(made)
        return JSONResponse({**made, "secretText": SECRET_TEXT})


def _merge(target: dict[str, Any], changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        if isinstance(value, dict) and isinstance(target.get(name), dict) and value:
            _merge(target[name], value)
        else:
            target[name] = value
