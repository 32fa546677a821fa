"""The directory's temper as data and arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from sandbox.entra.temper import (
    WRITES,
    Connections,
    Fault,
    SlowAnswers,
    Temper,
    TemperState,
    Throttling,
    Unavailable,
)
from sandbox.entra.temper.chance import Chance
from sandbox.entra.temper.costs import Cost, cost_of
from sandbox.entra.temper.quotas import Quotas

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
WRITE = Cost(1, 1)


def state(temper: Temper) -> TemperState:
    return TemperState(temper, tenant_id="t", users=5)


def receive(
    at: TemperState, method: str = "GET", path: str = "/users", *, in_batch: bool = False
) -> Any:
    return at.receive(method, path, {}, app_id="a", in_batch=in_batch, now=NOON)


@pytest.mark.parametrize(
    ("method", "path", "query", "cost"),
    [
        ("GET", "/users", {}, Cost(2, 0)),
        ("GET", "/users", {"$select": "id"}, Cost(1, 0)),
        ("GET", "/users", {"$select": "id", "$top": "5"}, Cost(1, 0)),
        ("GET", "/users/x", {"$expand": "manager"}, Cost(2, 0)),
        ("GET", "/users/x", {}, Cost(1, 0)),
        ("GET", "/users/x/memberOf", {}, Cost(2, 0)),
        ("GET", "/groups/x/members", {}, Cost(3, 0)),
        ("GET", "/groups/x/members", {"$top": "999"}, Cost(3, 0)),
        ("GET", "/groups/x/transitiveMembers/microsoft.graph.user", {}, Cost(5, 0)),
        ("GET", "/applications/x/extensionProperties", {}, Cost(2, 0)),
        ("POST", "/directoryObjects/getByIds", {}, Cost(5, 0)),
        ("POST", "/users/x/checkMemberGroups", {}, Cost(4, 0)),
        ("PATCH", "/users/x", {}, Cost(1, 1)),
        ("DELETE", "/groups/x/members/y/$ref", {}, Cost(1, 1)),
        ("POST", "/$batch", {}, Cost(0, 0)),
    ],
)
def test_requests_cost_what_the_documentation_says(
    method: str, path: str, query: Mapping[str, str], cost: Cost
) -> None:
    assert cost_of(method, path, query) == cost


def test_three_thousand_writes_pass_and_the_next_one_waits() -> None:
    quotas = Quotas(Throttling(), "t", users=600)
    assert all(quotas.charge("a", WRITE, now=0).retry_after_s is None for _ in range(3000))
    refused = quotas.charge("a", WRITE, now=0)
    assert refused.retry_after_s == 1
    assert refused.headers["x-ms-throttle-scope"] == "Tenant_Application/Write/a/t"
    assert refused.headers["x-ms-throttle-information"] == "WriteLimitExceeded"
    assert quotas.charge("b", WRITE, now=0).retry_after_s is None


def test_the_write_quota_comes_back_at_twenty_a_second() -> None:
    quotas = Quotas(Throttling(), "t", users=600)
    for _ in range(3000):
        quotas.charge("a", WRITE, now=0)
    granted = sum(quotas.charge("a", WRITE, now=10).retry_after_s is None for _ in range(250))
    assert granted == 200


def test_a_client_that_waits_as_told_is_not_refused_twice() -> None:
    quotas = Quotas(Throttling(writes=100), "t", users=600)
    for _ in range(100):
        quotas.charge("a", WRITE, now=0)
    now = 0
    for _ in range(50):
        told = quotas.charge("a", WRITE, now).retry_after_s
        assert told
        now += told
        assert quotas.charge("a", WRITE, now).retry_after_s is None


def test_a_client_that_does_not_wait_is_charged_for_it() -> None:
    """https://learn.microsoft.com/graph/throttling: usage is logged while a client is throttled."""
    quotas = Quotas(Throttling(writes=10), "t", users=600)
    for _ in range(10):
        quotas.charge("a", WRITE, now=0)
    assert [quotas.charge("a", WRITE, now=0).retry_after_s for _ in range(3)] == [15] * 3
    impatient = [quotas.charge("a", WRITE, now=6 + n / 100) for n in range(30)]
    assert impatient[0].retry_after_s == 24
    assert impatient[-1].retry_after_s == 135
    assert impatient[-1].headers["x-ms-throttle-limit-percentage"] == "1.80"


def test_time_scale_shortens_windows() -> None:
    quotas = Quotas(Throttling(), "t", users=600, time_scale=10)
    for _ in range(3000):
        quotas.charge("a", WRITE, now=0)
    granted = sum(quotas.charge("a", WRITE, now=1).retry_after_s is None for _ in range(250))
    assert granted == 200


@pytest.mark.parametrize(("users", "units"), [(49, 3500), (50, 5000), (500, 5000), (501, 8000)])
def test_resource_units_follow_the_size_of_the_tenant(users: int, units: int) -> None:
    quotas = Quotas(Throttling(), "t", users)
    read = Cost(1, 0)
    assert all(quotas.charge("a", read, now=0).retry_after_s is None for _ in range(units))
    refused = quotas.charge("a", read, now=0)
    assert refused.retry_after_s
    assert refused.headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"


def test_all_applications_share_the_tenants_writes() -> None:
    quotas = Quotas(Throttling(tenant_writes=20), "t", users=5)
    granted = [quotas.charge(f"app-{n % 4}", WRITE, now=0).retry_after_s for n in range(21)]
    assert granted[:20] == [None] * 20
    assert granted[20]


def test_usage_is_told_from_eighty_per_cent_on() -> None:
    quotas = Quotas(Throttling(writes=10), "t", users=5)
    told = [
        quotas.charge("a", WRITE, now=0).headers.get("x-ms-throttle-limit-percentage")
        for _ in range(10)
    ]
    assert told == [None] * 8 + ["0.90", "1.00"]


def test_the_same_seed_decides_the_same_whatever_the_order_of_others() -> None:
    one, other = Chance(7), Chance(7)
    other.next_of("slow", "GET", "/groups")
    assert one.next_of("slow", "GET", "/users") == other.next_of("slow", "GET", "/users")
    assert one.next_of("slow", "GET", "/users") != one.next_of("slow", "GET", "/users")
    assert Chance(7).of("x") != Chance(8).of("x")


def test_draws_are_spread_evenly() -> None:
    chance = Chance(1)
    drawn = [chance.next_of("x") for _ in range(2000)]
    assert 0.08 < sum(value < 0.1 for value in drawn) / len(drawn) < 0.12


def test_a_fault_lets_some_pass_and_then_strikes_so_many_times() -> None:
    at = state(
        Temper(faults=(Fault(methods=("PATCH",), path="/users/*", skip=1, times=2, status=403),))
    )
    receive(at, "GET", "/users/x")
    refused = [receive(at, "PATCH", "/Users/X").refused for _ in range(4)]
    assert [error.code if error else None for error in refused] == [
        None, "Authorization_RequestDenied", "Authorization_RequestDenied", None,
    ]  # fmt: skip


def test_a_fault_without_number_lasts() -> None:
    at = state(Temper(faults=(Fault(methods=WRITES, skip=3, times=None, lose_connection=True),)))
    lost = [receive(at, "PATCH", f"/users/{n}").lost_before for n in range(6)]
    assert lost == [False] * 3 + [True] * 3
    assert not receive(at, "GET", "/users").lost_before


def test_a_batch_is_struck_only_by_its_own_name() -> None:
    any_path = state(Temper(faults=(Fault(status=503),)))
    assert receive(any_path, "POST", "/$batch").refused is None
    by_name = state(Temper(faults=(Fault(path="/$batch", status=503),)))
    assert receive(by_name, "POST", "/$batch").refused.status == 503


def test_a_default_temper_disturbs_nobody() -> None:
    at = state(Temper())
    reception = receive(at)
    assert (reception.refused, reception.delay_s, dict(reception.headers)) == (None, 0, {})


def test_delays_are_scaled_and_items_of_a_batch_have_none() -> None:
    temper = Temper(
        latency_s=0.2,
        slow_answers=SlowAnswers(rate=1, seconds=2),
        time_scale=10,
        faults=(Fault(path="/me", delay_s=5),),
    )
    assert receive(state(temper)).delay_s == pytest.approx(0.22)
    assert receive(state(temper), path="/me").delay_s == pytest.approx(0.72)
    assert receive(state(temper), in_batch=True).delay_s == 0


def test_a_503_does_nothing_and_a_504_hides_what_was_done() -> None:
    unavailable = receive(state(Temper(unavailable=Unavailable(rate=1, statuses=(503,)))))
    assert unavailable.refused.status == 503
    timeout = receive(
        state(Temper(unavailable=Unavailable(item_rate=1, statuses=(504,)))), in_batch=True
    )
    assert timeout.refused is None
    assert timeout.answered_instead.status == 504


def test_connections_are_lost_whole() -> None:
    temper = Temper(connections=Connections(lost_before_rate=1))
    assert receive(state(temper)).lost_before
    assert not receive(state(temper), in_batch=True).lost_before
    assert receive(state(Temper(connections=Connections(lost_after_rate=1)))).lost_after


@pytest.mark.parametrize(
    "wrong",
    [
        {"latency": 1},
        {"time_scale": 0},
        {"slow_answers": {"rate": 2, "seconds": 1}},
        {"replication": {"at_least_s": 3, "at_most_s": 1}},
        {"faults": [{"path": "/users"}]},
        {"faults": [{"status": 503, "lose_connection": True}]},
        {"unavailable": {"statuses": [500]}},
    ],
)
def test_a_temper_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Temper.model_validate(wrong)
