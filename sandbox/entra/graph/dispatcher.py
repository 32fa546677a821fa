"""From a request to the operation that answers it, batches included.

The directory's temper comes first; then permissions are checked, before the operation sees
anything. Every request is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.graph.batch import BatchItem, answer_items, batch_items
from sandbox.entra.graph.call import GraphAnswer, GraphCall, GraphVersion
from sandbox.entra.graph.caller import Caller
from sandbox.entra.graph.delegated import Decision, decide_for_user, own_path
from sandbox.entra.graph.errors import GraphError, denied, not_implemented
from sandbox.entra.graph.routes import GRAPH_ROUTES, GraphRoute
from sandbox.entra.identifiers import Identifiers
from sandbox.entra.request_log import NO_ANSWER, RecordedRequest, RequestLog
from sandbox.entra.routing import Match, RouteTable
from sandbox.entra.temper import ConnectionLost, TemperState
from sandbox.entra.temper.costs import cost_of

_BATCH = "/$batch"
_BATCHING = "json-batching"


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
    in_batch: bool = False

    @property
    def is_batch(self) -> bool:
        """Whether it is a batch, which must not be inside another."""
        return self.path == _BATCH and self.method == "POST" and not self.in_batch


class GraphDispatcher:
    """Answers requests; the caller of `answer` holds the directory's lock."""

    def __init__(
        self,
        tenant: Tenant,
        graph_url: str,
        ids: Identifiers,
        log: RequestLog,
        temper: TemperState,
    ) -> None:
        self._tenant = tenant
        self._graph_url = graph_url
        self._ids = ids
        self._log = log
        self._table = RouteTable[GraphRoute](GRAPH_ROUTES)
        self.temper = temper

    def answer(self, request: GraphRequest) -> GraphAnswer:
        """Answer one request as the directory's temper lets it; refusals are answers too.

        Raises:
            ConnectionLost: the client gets no answer.
        """
        reception = self.temper.receive(
            request.method,
            request.path,
            request.query,
            app_id=request.caller.app_id,
            in_batch=request.in_batch,
            now=request.moment,
        )
        place = len(self._log.entries)
        match = None if request.is_batch else self._match(request)
        operation = _BATCHING if request.is_batch else match.route.name if match else None
        status = NO_ANSWER
        try:
            if reception.lost_before:
                raise ConnectionLost(reception.delay_s)
            answer = self._tempered(request, match, reception.refused, reception.answered_instead)
            if reception.lost_after:
                raise ConnectionLost(reception.delay_s)
            status = answer.status
        finally:
            self._log.entries.insert(place, _record(request, operation, status))
        return replace(
            answer,
            headers={**reception.headers, **answer.headers},
            delay_s=max(answer.delay_s, reception.delay_s),
        )

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

    def _tempered(
        self,
        request: GraphRequest,
        match: Match[GraphRoute] | None,
        refused: GraphError | None,
        answered_instead: GraphError | None,
    ) -> GraphAnswer:
        try:
            if refused:
                raise refused
            answer = self._carried_out(request, match)
            if answered_instead:
                raise answered_instead
        except GraphError as error:
            return self.refusal(error, request.client_request_id, request.moment)
        return answer

    def _carried_out(self, request: GraphRequest, match: Match[GraphRoute] | None) -> GraphAnswer:
        if request.is_batch:
            items = batch_items(request.body)
            return answer_items(items, lambda item: self.answer(_item_request(request, item)))
        if match is None:
            msg = f"{request.method} /{request.version}{request.path}"
            raise not_implemented(msg)
        call, replicas = self._call(request, match), self.temper.replicas
        if cost_of(request.method, request.path, request.query).writes:
            seen = replicas.as_written(request.moment, request.path, request.body)
        else:
            seen = replicas.as_read(request.moment)
        with seen:
            return match.route.handler(call)

    def _match(self, request: GraphRequest) -> Match[GraphRoute] | None:
        try:
            path = own_path(request.path, request.caller.user)
        except GraphError:
            path = request.path.replace("/me", "/users/me", 1)
        return self._table.match(request.method, path)

    def _decision(self, request: GraphRequest, match: Match[GraphRoute]) -> Decision:
        own_path(request.path, request.caller.user)
        user, route = request.caller.user, match.route
        if user is None:
            return route.permissions.decide(request.caller.roles)
        return decide_for_user(
            user,
            request.caller.roles,
            route.permissions,
            template=route.template,
            parameters=match.parameters,
            writes=cost_of(request.method, request.path, request.query).writes > 0,
        )

    def _call(self, request: GraphRequest, match: Match[GraphRoute]) -> GraphCall:
        decision = self._decision(request, match)
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
            page_token_lifetime_s=self.temper.temper.page_tokens_expire_after_s,
        )


def _item_request(batch: GraphRequest, item: BatchItem) -> GraphRequest:
    return replace(
        batch,
        method=item.method,
        path=item.path,
        query=item.query,
        body=item.body,
        consistency_level=item.consistency_level,
        in_batch=True,
    )


def _record(request: GraphRequest, operation: str | None, status: int) -> RecordedRequest:
    return RecordedRequest(
        service="graph",
        method=request.method,
        path=f"/{request.version}{request.path}",
        status=status,
        operation=operation,
        query="&".join(f"{name}={value}" for name, value in request.query.items()),
        caller_app_id=request.caller.app_id,
        in_batch=request.in_batch,
    )
