"""Microsoft Graph as an ASGI application: HTTP in, HTTP out, no rules.

Requests are carried out one at a time, under the directory's lock; what makes them slow or loses
their connection happens outside it, so hundreds may be under way.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as AsgiRoute

from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.graph.call import GraphAnswer, GraphVersion
from sandbox.entra.graph.caller import identify
from sandbox.entra.graph.dispatcher import GraphDispatcher, GraphRequest
from sandbox.entra.graph.errors import GraphError, bad_request, not_implemented, unauthenticated
from sandbox.entra.identifiers import Identifiers
from sandbox.entra.login.routes import USERINFO
from sandbox.entra.login.signing_keys import SigningKeys
from sandbox.entra.login.userinfo import UserInfoError, user_info
from sandbox.entra.request_log import RecordedRequest, RequestLog
from sandbox.entra.temper import ConnectionLost, TemperState
from sandbox.serving import ResetConnection

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_VERSIONS = frozenset({"v1.0", "beta"})
_JSON = (
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;"
    "charset=utf-8"
)

Sleep = Callable[[float], Awaitable[object]]
"""Waits for so many seconds."""


class GraphHost:
    """Microsoft Graph of one tenant; `lock` guards the directory."""

    def __init__(
        self,
        tenant: Tenant,
        endpoints: EntraEndpoints,
        keys: SigningKeys,
        ids: Identifiers,
        now: Callable[[], datetime],
        lock: threading.RLock,
        log: RequestLog,
        temper: TemperState,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._tenant = tenant
        self._endpoints = endpoints
        self._keys = keys
        self._now = now
        self._lock = lock
        self._log = log
        self._sleep = sleep
        self._ids = ids
        self._dispatcher = GraphDispatcher(tenant, endpoints.graph, ids, log, temper)
        self.app = Starlette(routes=[AsgiRoute("/{path:path}", self._answer, methods=_METHODS)])

    def switch(self, temper: TemperState) -> None:
        """Let another temper count from now on; the caller holds the lock."""
        self._dispatcher.temper = temper

    async def _answer(self, request: Request) -> Response:
        raw = await request.body()
        moment = self._now()
        if request.scope["path"] == USERINFO.template and request.method in {"GET", "POST"}:
            return self._user_info(request, moment)
        with self._lock:
            try:
                answer = self._dispatcher.answer(self._read(request, raw, moment))
            except GraphError as error:
                answer = self._refused(request, error, moment)
            except ConnectionLost as lost:
                answer = lost
        if answer.delay_s:
            await self._sleep(answer.delay_s)
        if isinstance(answer, ConnectionLost):
            return ResetConnection()
        return _response(answer, request.headers, self._ids.guid())

    def _read(self, request: Request, raw: bytes, moment: datetime) -> GraphRequest:
        """Read the request.

        Raises:
            GraphError: 401, 400 or 501; nothing has been recorded.
        """
        path: str = request.scope["path"]
        version, _, rest = path.removeprefix("/").partition("/")
        if version not in _VERSIONS:
            msg = f"{request.method} {path}"
            raise not_implemented(msg)
        caller = identify(
            request.headers.get("authorization"),
            self._keys,
            self._endpoints,
            self._tenant,
            moment,
            self._dispatcher.temper.temper.tokens_refused_after_s,
        )
        query = request.scope["query_string"].decode("ascii")
        return GraphRequest(
            method=request.method,
            version=cast(GraphVersion, version),
            path=f"/{rest.rstrip('/')}",
            query=dict(parse_qsl(query, keep_blank_values=True)),
            body=_json(raw),
            caller=caller,
            client_request_id=request.headers.get("client-request-id"),
            moment=moment,
            consistency_level=request.headers.get("consistencylevel"),
        )

    def _user_info(self, request: Request, moment: datetime) -> Response:
        """Answer for the login service, whose UserInfo endpoint is on this host."""
        with self._lock:
            try:
                answer = GraphAnswer(
                    status=200,
                    body=user_info(
                        request.headers.get("authorization"),
                        self._tenant,
                        self._endpoints,
                        self._keys,
                        moment.timestamp(),
                    ),
                )
            except UserInfoError as error:
                answer = self._dispatcher.refusal(
                    unauthenticated(str(error)), request.headers.get("client-request-id"), moment
                )
            self._log.entries.append(
                RecordedRequest(
                    service="graph",
                    method=request.method,
                    path=USERINFO.template,
                    status=answer.status,
                    operation=USERINFO.name,
                )
            )
        return _response(answer, request.headers, self._ids.guid())

    def _refused(self, request: Request, error: GraphError, moment: datetime) -> GraphAnswer:
        self._log.entries.append(
            RecordedRequest(
                service="graph",
                method=request.method,
                path=request.scope["path"],
                status=error.status,
            )
        )
        return self._dispatcher.refusal(error, request.headers.get("client-request-id"), moment)


def _json(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError as error:
        msg = "Unable to read JSON request payload."
        raise bad_request(msg) from error


def _response(answer: GraphAnswer, asked: Mapping[str, str], request_id: str) -> Response:
    headers = {
        "OData-Version": "4.0",
        "Cache-Control": "no-cache",
        # https://learn.microsoft.com/graph/best-practices-concept#reliability-and-support
        "request-id": request_id,
        "client-request-id": asked.get("client-request-id") or request_id,
        **answer.headers,
    }
    if answer.text is not None:
        return Response(answer.text, answer.status, headers, "text/plain")
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    error = answer.body.get("error")
    if isinstance(error, dict) and "innerError" in error:
        headers["request-id"] = error["innerError"]["request-id"]
        headers["client-request-id"] = error["innerError"]["client-request-id"]
    content = json.dumps(answer.body, ensure_ascii=False).encode()
    return Response(content, answer.status, {**headers, "Content-Type": _JSON})
