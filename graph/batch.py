"""Many small requests in few round trips: Graph's JSON batches of twenty.

A batch saves round trips, not quota: every item is throttled, refused and retried on its own, and
one item's failure is an answer like any other.

Source: https://learn.microsoft.com/graph/json-batching
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Any

from graph.client import GraphClient
from graph.errors import GraphError, GraphFault
from graph.pacing import WritePace
from graph.retrying import PASSING_STATUSES, Patience

MAX_ITEMS = 20
UNAUTHORIZED, TOO_MANY_REQUESTS = 401, 429


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

    As many batches as the client has workers are under way at once.
    An item that fails for a passing reason is sent again after its own `Retry-After`, while the
    others go on; after `patience` (the client's by default) its last fault is its answer.
    `pace` is asked before writes and told when the directory throttles one; reads are not counted.

    Raises:
        GraphRequestError, GraphUnreachableError: for a batch refused as a whole; nothing more is
            sent then. Answers given before that stand, and those of batches under way are given.
    """
    patience = patience or client.patience
    clock = client.clock
    largest = min(MAX_ITEMS, pace.largest) if pace else MAX_ITEMS
    due = deque(_Waiting(item=item, since=clock.now()) for item in items)
    delayed: list[_Waiting] = []
    under_way: dict[Future[dict[str, BatchAnswer]], list[_Waiting]] = {}
    failure: GraphError | None = None
    try:
        while due or delayed or under_way:
            now = clock.now()
            due.extendleft(entry for entry in delayed if entry.not_before <= now)
            delayed = [entry for entry in delayed if entry.not_before > now]
            while due and len(under_way) < client.workers:
                sent = [due.popleft() for _ in range(min(largest, len(due)))]
                under_way[client.submit(_send, client, pace, [e.item for e in sent])] = sent
            if not under_way:
                until_next_s = min(e.not_before for e in delayed) - now
                client.tell_wait(
                    f"Microsoft Graph lets {len(delayed)} requests wait; going on in "
                    f"{until_next_s:.0f} s."
                )
                clock.sleep(until_next_s)
                continue
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                sent = under_way.pop(future)
                try:
                    answers = future.result()
                except GraphError as error:
                    failure = failure or error
                    due.clear()
                    delayed.clear()
                    continue
                for entry in sent:
                    answer = answers[entry.item.key]
                    wait_s = _wait_s(client, entry, answer, is_passing, patience)
                    if wait_s is None or failure:
                        yield answer
                        continue
                    entry.not_before = clock.now() + wait_s
                    delayed.append(entry)
    finally:
        for future in under_way:
            future.cancel()
        wait(under_way)
    if failure:
        raise failure


def _wait_s(
    client: GraphClient,
    entry: _Waiting,
    answer: BatchAnswer,
    is_passing: IsPassing,
    patience: Patience,
) -> float | None:
    """Return how long to wait before the item is sent again; None when its answer is final."""
    if answer.fault is None:
        return None
    rejected = answer.fault.status == UNAUTHORIZED
    if not rejected and not is_passing(entry.item.key, answer.fault):
        return None
    entry.failures += 1
    wait_s = patience.wait_s(
        failures=entry.failures,
        elapsed_s=client.clock.now() - entry.since,
        retry_after_s=answer.fault.retry_after_s,
    )
    if rejected and wait_s is not None:
        client.renew_sign_in()
    return wait_s


def _send(
    client: GraphClient, pace: WritePace | None, items: list[BatchItem]
) -> dict[str, BatchAnswer]:
    if pace and (writes := sum(item.method != "GET" for item in items)):
        pace.admit(writes)
    requests = [_wire(number, item) for number, item in enumerate(items)]
    responses = client.post("/$batch", {"requests": requests}).get("responses", [])
    by_number = {response.get("id"): response for response in responses}
    missing = [item.url for number, item in enumerate(items) if str(number) not in by_number]
    if missing:
        msg = f"Microsoft Graph left {len(missing)} requests of a batch unanswered: {missing[0]} …"
        raise GraphError(msg)
    answers = {
        item.key: _answer(item.key, by_number[str(number)]) for number, item in enumerate(items)
    }
    if pace:
        for response in responses:
            headers = response.get("headers") or {}
            pace.learn({name.lower(): value for name, value in headers.items()})
        faults = [answer.fault for answer in answers.values() if answer.fault]
        if throttled_s := [f.retry_after_s or 1 for f in faults if f.status == TOO_MANY_REQUESTS]:
            pace.hold(max(throttled_s))
    return answers


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
