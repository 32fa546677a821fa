"""Batches: each item has its own answer, its own wait and its own end."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.batch import BatchAnswer, BatchItem, run_batch
from graph.clock import SystemClock
from graph.errors import GraphError, GraphRequestError
from graph.pacing import WritePace
from tests.unit.graph.fake_graph import FakeClock, FakeGraph, refusal


def patches(count: int) -> list[BatchItem]:
    return [
        BatchItem(key=f"k{n}", method="PATCH", url=f"/users/{n}", body={"v": str(n)})
        for n in range(count)
    ]


def directory(count: int) -> FakeGraph:
    return FakeGraph(users={str(n): {"id": str(n)} for n in range(count)})


def run(graph: FakeGraph, items: list[BatchItem], **options: object) -> dict[str, BatchAnswer]:
    with graph.client() as client:
        answers = list(run_batch(client, items, **options))  # pyright: ignore[reportArgumentType]
    assert len({answer.key for answer in answers}) == len(answers) == len(items)
    return {answer.key: answer for answer in answers}


@given(st.integers(0, 65))
def test_every_item_is_sent_once_in_as_few_batches_as_possible(count: int) -> None:
    graph = directory(count)

    answers = run(graph, patches(count))

    assert all(answer.fault is None for answer in answers.values())
    assert {key: dict(body) for key, body in graph.written} == {
        str(n): {"v": str(n)} for n in range(count)
    }
    assert graph.asked.count("POST /$batch") == -(-count // 20)


def test_an_item_waits_as_long_as_it_was_told_while_the_others_go_on() -> None:
    graph = directory(45)
    graph.fail("PATCH /users/3", 429, retry_after="9")

    answers = run(graph, patches(45))

    assert all(answer.fault is None for answer in answers.values())
    assert graph.clock.sleeps == [9.0]
    assert list(answers)[-1] == "k3", "the throttled one is the last"
    assert graph.writes_to("3") == 1


def test_an_item_that_stays_throttled_ends_with_its_own_fault() -> None:
    graph = directory(2)
    graph.fail("PATCH /users/0", *[429] * 20)

    answers = run(graph, patches(2))

    fault = answers["k0"].fault
    assert fault is not None
    assert fault.status == 429
    assert answers["k1"].fault is None


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refused_item_is_not_tried_again_and_stops_nobody(status: int) -> None:
    graph = directory(3)
    graph.fail("PATCH /users/1", status)

    answers = run(graph, patches(3))

    fault = answers["k1"].fault
    assert fault is not None
    assert (fault.status, fault.request_id) == (status, "r-1")
    assert [key for key, _ in graph.written] == ["2", "0"]
    assert graph.clock.sleeps == []


def test_a_throttled_batch_is_sent_again_as_a_whole() -> None:
    graph = directory(3)
    graph.fail("POST /$batch", 429, retry_after="5")

    run(graph, patches(3))

    assert graph.clock.sleeps == [5.0]
    assert len(graph.written) == 3


def test_a_batch_refused_as_a_whole_is_an_error() -> None:
    graph = directory(3)
    graph.fail("POST /$batch", 403)

    with pytest.raises(GraphRequestError, match=r"POST /\$batch: 403"):
        run(graph, patches(3))


def test_an_item_left_unanswered_is_an_error() -> None:
    graph = directory(1)
    graph.faults["POST /$batch"].append(httpx.Response(200, json={"responses": []}))

    with pytest.raises(GraphError, match="left 1 requests of a batch unanswered: /users/0"):
        run(graph, patches(1))


def test_several_batches_are_under_way_at_once() -> None:
    """Round trips of 200 ms would otherwise decide the speed, not the quota."""
    graph = directory(80)
    met = threading.Barrier(4)
    answer = graph.answer

    def when_all_have_come(method: str, path: str, query: Any, body: Any) -> httpx.Response:
        if path == "/$batch":
            met.wait(timeout=10)
        return answer(method, path, query, body)

    graph.answer = when_all_have_come
    with graph.client(workers=4, clock=SystemClock()) as client:
        answers = list(run_batch(client, patches(80)))

    assert len(answers) == 80
    assert all(answer.fault is None for answer in answers)


def test_what_was_under_way_when_a_batch_failed_is_still_answered() -> None:
    """Otherwise nobody would know that it was written."""
    graph = directory(80)
    answer = graph.answer
    written = threading.Event()

    def second_is_refused(method: str, path: str, query: Any, body: Any) -> httpx.Response:
        if path == "/$batch" and body["requests"][0]["url"] == "/users/20":
            written.wait(timeout=10)
            return refusal(403, "Authorization_RequestDenied", "No.")
        try:
            return answer(method, path, query, body)
        finally:
            if path == "/$batch":
                written.set()

    graph.answer = second_is_refused
    answers = []
    with graph.client(workers=2, clock=SystemClock()) as client:  # noqa: SIM117
        with pytest.raises(GraphRequestError):
            answers.extend(iter(run_batch(client, patches(80))))
    given = {answer.key for answer in answers}
    assert {f"k{key}" for key, _ in graph.written} == given


def test_a_token_refused_inside_a_batch_is_renewed_and_the_item_sent_again() -> None:
    graph = directory(2)
    graph.fail("PATCH /users/0", 401)

    answers = run(graph, patches(2))

    assert all(answer.fault is None for answer in answers.values())
    assert graph.writes_to("0") == 1


def test_writes_are_paced_and_reads_are_not() -> None:
    graph = directory(60)
    pace = WritePace(graph.clock, writes=20, window_s=10)
    reads = [BatchItem(key=f"k{n}", method="GET", url=f"/users/{n}") for n in range(60)]

    run(graph, reads, pace=pace)
    assert graph.clock.sleeps == []
    run(graph, patches(60), pace=pace)
    assert sum(graph.clock.sleeps) == pytest.approx((60 - 19) / 2)


def test_a_throttled_write_slows_the_others() -> None:
    graph = directory(60)
    pace = WritePace(graph.clock)
    graph.fail("PATCH /users/3", 429, retry_after="9")

    run(graph, patches(60), pace=pace)

    started = graph.clock.now() - sum(graph.clock.sleeps)
    assert graph.clock.now() - started >= 9
    assert graph.asked.count("PATCH /users/3") == 2
    assert graph.clock.sleeps[0] == 9.0, "the second batch waits as well"


def test_the_share_of_the_quota_that_others_have_used_is_learned_before_it_is_exceeded() -> None:
    clock = FakeClock()
    pace = WritePace(clock, writes=1000, window_s=100)

    pace.admit(20)
    pace.learn({"x-ms-throttle-limit-percentage": "0.95"})

    pace.admit(60)
    assert clock.sleeps == []
    pace.admit(60)
    assert sum(clock.sleeps) == pytest.approx(6.0)


@given(
    st.lists(st.tuples(st.integers(1, 5), st.floats(0, 4, allow_nan=False)), max_size=30),
)
def test_the_directorys_bucket_is_never_empty(steps: list[tuple[int, float]]) -> None:
    """Counted as Graph counts: full at first, filled evenly."""
    clock = FakeClock()
    pace = WritePace(clock, writes=7, window_s=3)
    spent, since = 0.0, clock.now()
    for writes, pause_s in steps:
        pace.admit(writes)
        spent = max(0.0, spent - (clock.now() - since) * 7 / 3) + writes
        since = clock.now()
        assert spent < 7 + 1e-6
        clock.seconds += pause_s


def test_more_writes_than_a_window_holds_are_refused_instead_of_waiting_for_ever() -> None:
    with pytest.raises(ValueError, match="7 writes never fit into a window of 6"):
        WritePace(FakeClock(), writes=7, window_s=3).admit(7)
