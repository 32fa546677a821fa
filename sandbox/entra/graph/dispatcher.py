"""From a request to the operation that answers it, batches included.

Permissions are checked here, before the operation sees anything, and every request is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.graph.batch import BatchItem, answer_batch
from sandbox.entra.graph.call import GraphAnswer, GraphCall, GraphVersion
from sandbox.entra.graph.caller import Caller
from sandbox.entra.graph.errors import GraphError, denied, not_implemented
from sandbox.entra.graph.routes import GRAPH_ROUTES, GraphRoute
from sandbox.entra.identifiers import Identifiers
from sandbox.entra.request_log import RecordedRequest, RequestLog
from sandbox.entra.routing import Match, RouteTable

_BATCH = "/$batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRequest:
    """A request whose caller is known."""

    method: str
    version: GraphVersion
    path: str
    """Decoded, without the version."""
    query: Mapping[str, str]
    body: Any = field(repr=False)
    caller: Caller
    client_request_id: str | None
    moment: datetime
    consistency_level: str | None = None


class GraphDispatcher:
    """Answers requests; the caller of `answer` holds the directory's lock."""

    def __init__(self, tenant: Tenant, graph_url: str, ids: Identifiers, log: RequestLog) -> None:
        self._tenant = tenant
        self._graph_url = graph_url
        self._ids = ids
        self._log = log
        self._table = RouteTable[GraphRoute](GRAPH_ROUTES)

    def answer(self, request: GraphRequest, *, in_batch: bool = False) -> GraphAnswer:
        """Answer one request; refusals are answers too."""
        operation: str | None = None
        try:
            if request.path == _BATCH and request.method == "POST" and not in_batch:
                operation = "json-batching"
                self._record(request, operation, 200, in_batch=False)
                return answer_batch(request.body, lambda item: self._item(request, item))
            match = self._table.match(request.method, request.path)
            if match is None:
                msg = f"{request.method} /{request.version}{request.path}"
                raise not_implemented(msg)
            operation = match.route.name
            answer = match.route.handler(self._call(request, match))
        except GraphError as error:
            answer = self.refusal(error, request.client_request_id, request.moment)
        self._record(request, operation, answer.status, in_batch=in_batch)
        return answer

    def refusal(
        self, error: GraphError, client_request_id: str | None, moment: datetime
    ) -> GraphAnswer:
        """Return the answer that says why a request was refused."""
        request_id = self._ids.guid()
        body = error.body(
            request_id=request_id,
            client_request_id=client_request_id or request_id,
            moment=moment,
        )
        return GraphAnswer(status=error.status, body=body, headers=error.headers)

    def _item(self, batch: GraphRequest, item: BatchItem) -> GraphAnswer:
        request = GraphRequest(
            method=item.method,
            version=batch.version,
            path=item.path,
            query=item.query,
            body=item.body,
            caller=batch.caller,
            client_request_id=batch.client_request_id,
            moment=batch.moment,
            consistency_level=item.consistency_level,
        )
        return self.answer(request, in_batch=True)

    def _call(self, request: GraphRequest, match: Match[GraphRoute]) -> GraphCall:
        decision = match.route.permissions.decide(request.caller.roles)
        if decision == "denied":
            raise denied()
        return GraphCall(
            tenant=self._tenant,
            ids=self._ids,
            now=request.moment,
            caller=request.caller,
            graph_url=self._graph_url,
            version=request.version,
            path=request.path,
            parameters=match.parameters,
            query=request.query,
            body=request.body,
            only_owned=decision == "owned only",
            advanced=(request.consistency_level or "").casefold() == "eventual",
        )

    def _record(
        self, request: GraphRequest, operation: str | None, status: int, *, in_batch: bool
    ) -> None:
        self._log.entries.append(
            RecordedRequest(
                service="graph",
                method=request.method,
                path=f"/{request.version}{request.path}",
                status=status,
                operation=operation,
                query="&".join(f"{name}={value}" for name, value in request.query.items()),
                caller_app_id=request.caller.app_id,
                in_batch=in_batch,
            )
        )
