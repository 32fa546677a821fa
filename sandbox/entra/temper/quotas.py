"""Token buckets: https://learn.microsoft.com/graph/throttling-limits#pattern

"Throttling is based on a token bucket algorithm, which works by adding individual costs of
requests." A bucket is full at first and fills evenly. Who comes back before it was told to is
charged for that too, because Graph "continues to log resource usage while a client is being
throttled"; usage is told up to 1.8 of the limit. https://learn.microsoft.com/graph/throttling
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.entra.temper.costs import Cost
from sandbox.entra.temper.model import Throttling

_UNITS_BY_SIZE = {"S": 3500, "M": 5000, "L": 8000}
_MEDIUM_USERS, _LARGE_USERS = 50, 500
_UNITS_WINDOW_S = 10
_WRITES_WINDOW_S = 150
_TENANT_WINDOW_S = 300
_TOLD_FROM = 0.8
_MOST_USED = 1.8
_UNDER_WAY_S = 5
"""Requests sent before the first refusal was read are no impatience."""


@dataclass(slots=True)
class Bucket:
    """What may be spent; `used` is the share of the limit that is gone, above 1 when refused."""

    limit: int
    window_s: float
    since: float
    spent: float = 0
    _told_at: float = -math.inf
    _told_until: float = -math.inf

    def refill(self, now: float) -> None:
        """Give back what time has earned."""
        self.spent = max(0.0, self.spent - (now - self.since) * self.limit / self.window_s)
        self.since = now

    def spend(self, cost: int, under_way_s: float) -> float:
        """Charge `cost`, or return for how many seconds it is not there yet.

        A refused request is charged when it comes before the time that an earlier one was told,
        unless it was under way then.
        """
        missing = self.spent + cost - self.limit
        if missing <= 0:
            self.spent += cost
            return 0
        now = self.since
        if self._told_at + under_way_s < now < self._told_until:
            self.spent = min(self.spent + cost, self.limit * _MOST_USED)
            missing = self.spent + cost - self.limit
        else:
            self._told_at = now
        wait_s = missing * self.window_s / self.limit
        self._told_until = now + wait_s
        return wait_s

    @property
    def used(self) -> float:
        """The share of the limit that is spent."""
        return self.spent / self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a request costs the caller: headers for its answer, and whether it is refused."""

    headers: Mapping[str, str]
    retry_after_s: int | None = None
    """Set when a limit is exceeded."""


@dataclass(slots=True)
class Quotas:
    """The buckets of one tenant; times are seconds of any clock that goes forward."""

    throttling: Throttling
    tenant_id: str
    users: int
    time_scale: float = 1
    _units: dict[str, Bucket] = field(default_factory=dict)
    _writes: dict[str, Bucket] = field(default_factory=dict)
    _tenant: Bucket | None = None

    def charge(self, app_id: str, cost: Cost, now: float) -> Charge:
        """Charge an application's request to every limit that it counts against."""
        headers = {"x-ms-resource-unit": str(max(1, cost.units))}
        used = 0.0
        for scope, reason, bucket, spent in self._limits(app_id, cost, now):
            bucket.refill(now)
            if early_s := bucket.spend(spent, _UNDER_WAY_S / self.time_scale):
                headers |= {
                    "x-ms-throttle-scope": scope,
                    "x-ms-throttle-information": reason,
                    "x-ms-throttle-limit-percentage": f"{bucket.used:.2f}",
                }
                return Charge(headers=headers, retry_after_s=max(1, math.ceil(early_s)))
            used = max(used, bucket.used)
        if used > _TOLD_FROM:
            headers["x-ms-throttle-limit-percentage"] = f"{used:.2f}"
        return Charge(headers=headers)

    def _limits(self, app_id: str, cost: Cost, now: float) -> list[tuple[str, str, Bucket, int]]:
        own, ids = "Tenant_Application", f"{app_id}/{self.tenant_id}"
        units = self._bucket(self._units, app_id, self._unit_limit(), _UNITS_WINDOW_S, now)
        limits = [(f"{own}/ReadWrite/{ids}", "ResourceUnitLimitExceeded", units, cost.units)]
        if cost.writes:
            rule = self.throttling
            writes = self._bucket(self._writes, app_id, rule.writes, _WRITES_WINDOW_S, now)
            if self._tenant is None:
                window_s = _TENANT_WINDOW_S / self.time_scale
                self._tenant = Bucket(rule.tenant_writes, window_s, now)
            reason = "WriteLimitExceeded"
            limits += [
                (f"{own}/Write/{ids}", reason, writes, cost.writes),
                (f"Tenant/Write/{ids}", reason, self._tenant, cost.writes),
            ]
        return limits

    def _bucket(
        self, buckets: dict[str, Bucket], app_id: str, limit: int, window_s: float, now: float
    ) -> Bucket:
        return buckets.setdefault(app_id, Bucket(limit, window_s / self.time_scale, now))

    def _unit_limit(self) -> int:
        if self.throttling.resource_units:
            return self.throttling.resource_units
        if self.throttling.tenant_size:
            return _UNITS_BY_SIZE[self.throttling.tenant_size]
        small = self.users < _MEDIUM_USERS
        return _UNITS_BY_SIZE["S" if small else "M" if self.users <= _LARGE_USERS else "L"]
