"""Many small requests in few round trips: Graph's JSON batches of twenty.

A batch saves round trips, not quota: every item is throttled, refused and retried on its own, and
one item's failure is an answer like any other.

Source: https://learn.microsoft.com/graph/json-batching
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.client import GraphClient
from graph.errors import GraphError, GraphFault
from graph.pacing import WritePace
from graph.retrying import PASSING_STATUSES, Patience

MAX_ITEMS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """One request; `key` finds its answer, `url` is relative to the version and encoded."""

    key: str
    method: str
    url: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAnswer:
    """The final answer to one item: a body, or the fault that it failed with."""

    key: str
    body: Mapping[str, Any] = field(default_factory=dict)
    fault: GraphFault | None = None


IsPassing = Callable[[str, GraphFault], bool]
"""Whether the item of this key may succeed in a moment, after this fault."""


def is_throttled_or_busy(_key: str, fault: GraphFault) -> bool:
    """Whether the directory asks to be left alone for a moment."""
    return fault.status in PASSING_STATUSES


@dataclass(slots=True)
class _Waiting:
    item: BatchItem
    since: float
    failures: int = 0
    not_before: float = 0.0


def run_batch(
    client: GraphClient,
    items: Iterable[BatchItem],
    *,
    pace: WritePace | None = None,
    is_passing: IsPassing = is_throttled_or_busy,
    patience: Patience | None = None,
) -> Iterator[BatchAnswer]:
    """Send `items`, twenty at a time, and give each one's answer when it is final.

    An item that fails for a passing reason is sent again after its own `Retry-After`, while the
    others go on; after `patience` (the client's by default) its last fault is its answer.
    `pace` is asked before writes; reads are not counted.

    Raises:
        GraphRequestError, GraphUnreachableError: for a batch refused as a whole. Answers given
            before that stand.
    """
    patience = patience or client.patience
    clock = client.clock
    due = deque(_Waiting(item=item, since=clock.now()) for item in items)
    delayed: list[_Waiting] = []
    while due or delayed:
        now = clock.now()
        due.extendleft(entry for entry in delayed if entry.not_before <= now)
        delayed = [entry for entry in delayed if entry.not_before > now]
        if not due:
            soonest_s = min(entry.not_before for entry in delayed) - now
            client.tell_wait(
                f"Microsoft Graph lets {len(delayed)} requests wait; going on in {soonest_s:.0f} s."
            )
            clock.sleep(soonest_s)
            continue
        sent = [due.popleft() for _ in range(min(MAX_ITEMS, len(due)))]
        if pace and (writes := sum(entry.item.method != "GET" for entry in sent)):
            pace.admit(writes)
        answers = _send(client, [entry.item for entry in sent])
        for entry in sent:
            answer = answers[entry.item.key]
            if answer.fault and is_passing(entry.item.key, answer.fault):
                entry.failures += 1
                wait_s = patience.wait_s(
                    failures=entry.failures,
                    elapsed_s=clock.now() - entry.since,
                    retry_after_s=answer.fault.retry_after_s,
                )
                if wait_s is not None:
                    entry.not_before = clock.now() + wait_s
                    delayed.append(entry)
                    continue
            yield answer


def _send(client: GraphClient, items: list[BatchItem]) -> dict[str, BatchAnswer]:
    requests = [_wire(number, item) for number, item in enumerate(items)]
    responses = client.post("/$batch", {"requests": requests}).get("responses", [])
    by_number = {response.get("id"): response for response in responses}
    missing = [item.url for number, item in enumerate(items) if str(number) not in by_number]
    if missing:
        msg = f"Microsoft Graph left {len(missing)} requests of a batch unanswered: {missing[0]} …"
        raise GraphError(msg)
    return {
        item.key: _answer(item.key, by_number[str(number)]) for number, item in enumerate(items)
    }


def _wire(number: int, item: BatchItem) -> dict[str, Any]:
    request: dict[str, Any] = {"id": str(number), "method": item.method, "url": item.url}
    if item.body is not None:
        request["body"] = dict(item.body)
        request["headers"] = {"Content-Type": "application/json"}
    return request


def _answer(key: str, response: Mapping[str, Any]) -> BatchAnswer:
    status, body = int(response["status"]), response.get("body")
    if 200 <= status < 300:
        return BatchAnswer(key=key, body=body if isinstance(body, Mapping) else {})
    fault = GraphFault.parse(status, response.get("headers") or {}, body)
    return BatchAnswer(key=key, fault=fault)
