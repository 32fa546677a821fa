"""The directory's speed limit, worked out by hand."""

from __future__ import annotations

import pytest

from bench.users.limit import limit_s


@pytest.mark.parametrize(
    ("users", "writes", "expected"),
    [
        pytest.param(999, 0, 0.1, id="one page"),
        pytest.param(1000, 0, 0.2, id="and one user more"),
        pytest.param(10_000, 0, 1.1, id="eleven pages"),
        pytest.param(10_000, 100, 1.2, id="a burst is one round trip"),
        pytest.param(3000, 3000, 0.5, id="a full bucket is a burst"),
        pytest.param(10_000, 10_000, 351.2, id="7,000 writes at 20 a second"),
    ],
)
def test_pages_one_round_trip_and_what_the_quota_lets_through(
    users: int, writes: int, expected: float
) -> None:
    assert limit_s(users=users, writes=writes, latency_s=0.1) == pytest.approx(expected)
