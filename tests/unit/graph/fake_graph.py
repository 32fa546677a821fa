"""A directory in memory behind `httpx.MockTransport`, as small as the unit tests allow.

It answers the requests that `graph/` sends and nothing else, fails on order, and records what was
asked. The emulator with Entra's rules is `sandbox/entra`; it is tested in `tests/sandbox/graph`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from graph.client import GraphClient
from graph.retrying import Patience

ENDPOINT = "https://graph.test"
APPLICATION = "0a000000-0000-4000-8000-000000000001"
_IN_FILTER = re.compile(r"(\w+) in \((.*)\)")


class FakeClock:
    """Time that passes only when someone sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.sleeps: list[float] = []

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds


@dataclass
class FakeGraph:
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: list[dict[str, Any]] = field(default_factory=list)
    members: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By group id."""
    definitions: list[dict[str, Any]] = field(default_factory=list)
    unavailable: int = 0
    """How many times new extension properties are not available yet."""
    page_size: int = 100
    faults: defaultdict[str, deque[httpx.Response]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    """Answers to give instead, by `METHOD /path`; items of batches included."""
    ids: Iterator[int] = field(default_factory=count)
    asked: list[str] = field(default_factory=list)
    """`METHOD /path` of every request and batch item."""
    written: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    clock: FakeClock = field(default_factory=FakeClock)

    def client(self, **options: Any) -> GraphClient:
        usual = {
            "patience": Patience(attempts=4, total_s=60),
            "clock": self.clock,
            "transport": httpx.MockTransport(self),
            "workers": 1,  # in this thread and in order, so that time is told exactly
        }
        return GraphClient(ENDPOINT, **(usual | options))

    def add_user(self, name: str, object_id: str, **values: Any) -> str:
        self.users[object_id] = {
            "id": object_id,
            "userPrincipalName": f"{name}@contoso.example",
            "mail": f"{name}@contoso.example",
            "displayName": name.title(),
            "userType": "Member",
        } | values
        return object_id

    def fail(self, request: str, *statuses: int, retry_after: str | None = None) -> None:
        for status in statuses:
            headers = {"Retry-After": retry_after} if retry_after else {}
            self.faults[request].append(refusal(status, f"Code{status}", "No.", headers))

    def writes_to(self, object_id: str) -> int:
        return sum(written == object_id for written, _ in self.written)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        url = urlsplit(str(request.url))
        body = json.loads(request.content) if request.content else {}
        path = url.path.removeprefix("/v1.0")
        return self.answer(request.method, path, parse_qs(url.query), body)

    def answer(
        self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]
    ) -> httpx.Response:
        self.asked.append(f"{method} {path}")
        if faults := self.faults[f"{method} {path}"]:
            return faults.popleft()
        match [method, *path.strip("/").split("/")]:
            case ["POST", "$batch"]:
                return httpx.Response(200, json=self._batch(body["requests"]))
            case ["GET", "users", "$count"]:
                return httpx.Response(200, text=f"\ufeff{len(self.users)}")
            case ["GET", "groups", group_id, "transitiveMembers"]:
                return self._page(path, query, self.members[group_id])
            case ["GET", "users" | "groups" as kind]:
                items = list(self.users.values()) if kind == "users" else self.groups
                return self._page(path, query, _selected(items, query))
            case ["GET", "users", object_id]:
                user = self.users.get(object_id)
                return httpx.Response(200, json=user) if user else not_found(object_id)
            case ["PATCH", "users", object_id]:
                return self._patch(object_id, body)
            case ["GET", "applications", _, "extensionProperties"]:
                return self._page(path, query, self.definitions)
            case ["POST", "applications", _, "extensionProperties"]:
                definition = {"id": f"e{next(self.ids)}", **body}
                definition["name"] = f"extension_0123_{body['name']}"
                self.definitions.append(definition)
                return httpx.Response(201, json=definition)
            case ["DELETE", "applications", _, "extensionProperties", property_id]:
                kept = [item for item in self.definitions if item["id"] != property_id]
                gone = len(kept) < len(self.definitions)
                self.definitions = kept
                return httpx.Response(204) if gone else not_found(property_id)
            case ["POST", "directoryObjects", "getAvailableExtensionProperties"]:
                self.unavailable -= 1
                items = self.definitions if self.unavailable < 0 else []
                return httpx.Response(200, json={"value": items})
        return httpx.Response(501, text=f"the fake does not do {method} {path}")

    def _batch(self, requests: list[dict[str, Any]]) -> dict[str, Any]:
        assert len(requests) <= 20, "Graph takes twenty requests a batch"
        responses = []
        for request in reversed(requests):  # Graph answers in any order
            url = urlsplit(request["url"])
            answer = self.answer(
                request["method"], url.path, parse_qs(url.query), request.get("body", {})
            )
            response = {
                "id": request["id"],
                "status": answer.status_code,
                "headers": {name.title(): value for name, value in answer.headers.items()},
            }
            if answer.content:
                response["body"] = answer.json()
            responses.append(response)
        return {"responses": responses}

    def _patch(self, object_id: str, body: dict[str, Any]) -> httpx.Response:
        if object_id not in self.users:
            return not_found(object_id)
        self.written.append((object_id, body))
        self.users[object_id].update(body)
        return httpx.Response(204)

    def _page(
        self, path: str, query: dict[str, list[str]], items: list[dict[str, Any]]
    ) -> httpx.Response:
        start = int(query.get("$skiptoken", ["0"])[0])
        page: dict[str, Any] = {"value": items[start : start + self.page_size]}
        if start + self.page_size < len(items):
            others = [item for item in query.items() if item[0] != "$skiptoken"]
            kept = "&".join(f"{key}={value[0]}" for key, value in others)
            page["@odata.nextLink"] = (
                f"{ENDPOINT}/v1.0{path}?{kept}&$skiptoken={start + self.page_size}"
            )
        return httpx.Response(200, json=page)


def refusal(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> httpx.Response:
    error = {"code": code, "message": message, "innerError": {"request-id": "r-1"}}
    return httpx.Response(status, json={"error": error}, headers=headers)


def not_found(object_id: str) -> httpx.Response:
    return refusal(404, "Request_ResourceNotFound", f"Resource '{object_id}' does not exist.")


def _selected(items: list[dict[str, Any]], query: dict[str, list[str]]) -> list[dict[str, Any]]:
    if "$filter" not in query:
        return items
    match = _IN_FILTER.fullmatch(query["$filter"][0])
    assert match, query
    names = [name.replace("''", "'") for name in re.findall(r"'((?:[^']|'')*)'", match[2])]
    assert len(names) <= 15, "Graph takes fifteen clauses a filter"
    folded = {name.casefold() for name in names}
    return [item for item in items if (item.get(match[1]) or "").casefold() in folded]
