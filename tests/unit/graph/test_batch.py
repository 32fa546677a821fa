"""Batches: each item has its own answer, its own wait and its own end."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.batch import BatchAnswer, BatchItem, run_batch
from graph.errors import GraphError, GraphRequestError
from graph.pacing import WritePace
from tests.unit.graph.fake_graph import FakeClock, FakeGraph


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


def test_writes_are_paced_and_reads_are_not() -> None:
    graph = directory(60)
    pace = WritePace(graph.clock, writes=20, window_s=10)
    reads = [BatchItem(key=f"k{n}", method="GET", url=f"/users/{n}") for n in range(60)]

    run(graph, reads, pace=pace)
    assert graph.clock.sleeps == []
    run(graph, patches(60), pace=pace)
    assert graph.clock.sleeps == [10.0, 10.0]


@given(
    st.lists(st.tuples(st.integers(1, 5), st.floats(0, 4, allow_nan=False)), max_size=30),
)
def test_no_window_ever_holds_more_writes_than_allowed(
    steps: list[tuple[int, float]],
) -> None:
    clock = FakeClock()
    pace = WritePace(clock, writes=7, window_s=3)
    sent: list[tuple[float, int]] = []
    for writes, pause_s in steps:
        pace.admit(writes)
        sent.append((clock.now(), writes))
        clock.seconds += pause_s

    for start, _ in sent:
        # Open at its end by a hair, for the clock counts in floating point.
        in_window = sum(count for at, count in sent if start <= at < start + 3 - 1e-6)
        assert in_window <= 7


def test_more_writes_than_a_window_holds_are_refused_instead_of_waiting_for_ever() -> None:
    with pytest.raises(ValueError, match="8 writes never fit into a window of 7"):
        WritePace(FakeClock(), writes=7, window_s=3).admit(8)
