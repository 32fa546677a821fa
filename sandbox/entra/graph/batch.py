"""JSON batches: https://learn.microsoft.com/graph/json-batching

Each item is answered on its own, with its own permissions and errors; the batch itself is a 200.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from sandbox.entra.graph.call import GraphAnswer, ok
from sandbox.entra.graph.errors import GraphError, bad_request

_MOST_ITEMS = 20
_FIRST_ERROR = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """One request of a batch."""

    item_id: str
    method: str
    path: str
    query: Mapping[str, str]
    body: Any = field(repr=False)
    depends_on: tuple[str, ...]
    consistency_level: str | None = None


def answer_items(
    items: Sequence[BatchItem], answer: Callable[[BatchItem], GraphAnswer]
) -> GraphAnswer:
    """Answer every item in order; the batch waits for the slowest."""
    statuses: dict[str, int] = {}
    responses: list[dict[str, Any]] = []
    delay_s = 0.0
    for item in items:
        failed = [needed for needed in item.depends_on if statuses.get(needed, 0) >= _FIRST_ERROR]
        result = _failed_dependency() if failed else answer(item)
        statuses[item.item_id] = result.status
        delay_s = max(delay_s, result.delay_s)
        responses.append(_response(item, result))
    return replace(ok({"responses": responses}), delay_s=delay_s)


def batch_items(body: object) -> list[BatchItem]:
    """Read the items of a batch.

    Raises:
        GraphError: 400, the batch itself is malformed.
    """
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not requests:
        msg = "Invalid batch payload format."
        raise bad_request(msg)
    if len(requests) > _MOST_ITEMS:
        msg = f"Number of batch request steps exceeds the maximum value of {_MOST_ITEMS}."
        raise bad_request(msg)
    items: list[BatchItem] = []
    for request in requests:
        item = _item(request)
        if any(item.item_id == other.item_id for other in items):
            msg = f"Duplicate request id '{item.item_id}' in the batch."
            raise bad_request(msg)
        if unknown := set(item.depends_on) - {other.item_id for other in items}:
            msg = f"dependsOn names requests that do not come before: {unknown}."
            raise bad_request(msg)
        items.append(item)
    return items


def _item(request: object) -> BatchItem:
    if not isinstance(request, dict):
        msg = "Invalid batch payload format."
        raise bad_request(msg)
    item_id, method, url = (request.get(name) for name in ("id", "method", "url"))
    if not (isinstance(item_id, str) and isinstance(method, str) and isinstance(url, str)):
        msg = "Every request of a batch needs an id, a method and a url."
        raise bad_request(msg)
    path, _, query = url.partition("?")
    body = request.get("body")
    headers = {str(name).casefold(): v for name, v in (request.get("headers") or {}).items()}
    if body is not None and "content-type" not in headers:
        msg = f"Request '{item_id}' has a body, so it needs a Content-Type header."
        raise bad_request(msg)
    return BatchItem(
        item_id=item_id,
        method=method.upper(),
        path="/" + unquote(path).lstrip("/"),
        query=dict(parse_qsl(query, keep_blank_values=True)),
        body=body,
        depends_on=tuple(request.get("dependsOn") or ()),
        consistency_level=headers.get("consistencylevel"),
    )


def _response(item: BatchItem, result: GraphAnswer) -> dict[str, Any]:
    response: dict[str, Any] = {"id": item.item_id, "status": result.status}
    headers = dict(result.headers)
    if result.text is not None:
        headers["Content-Type"] = "text/plain"
        response["body"] = result.text
    elif result.body is not None:
        headers["Content-Type"] = "application/json"
        response["body"] = result.body
    return response | {"headers": headers}


def _failed_dependency() -> GraphAnswer:
    error = GraphError(424, "FailedDependency", "A request that this one depends on failed.")
    return GraphAnswer(
        status=error.status, body={"error": {"code": error.code, "message": error.message}}
    )
