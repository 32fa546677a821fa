"""What one temper remembers, and what it does to each request.

A request is *received* before it is carried out: the reception says whether it is refused, whether
its answer gets lost, and how long the answer waits. The caller holds the directory's lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.entra.graph.errors import GraphError
from sandbox.entra.temper.chance import Chance
from sandbox.entra.temper.costs import cost_of
from sandbox.entra.temper.faults import Script
from sandbox.entra.temper.model import Fault, Temper
from sandbox.entra.temper.quotas import Quotas
from sandbox.entra.temper.refusals import refusal, throttled
from sandbox.entra.temper.replication import Replicas

_GATEWAY_TIMEOUT = 504


class ConnectionLost(Exception):
    """The connection is reset instead of an answer, after `delay_s` seconds."""

    def __init__(self, delay_s: float) -> None:
        super().__init__("the connection is reset")
        self.delay_s = delay_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What happens to one request."""

    refused: GraphError | None = None
    """Answered instead of carrying the request out."""
    answered_instead: GraphError | None = None
    """Answered after the request has been carried out."""
    lost_before: bool = False
    lost_after: bool = False
    delay_s: float = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    """For the answer, whatever it is."""


class TemperState:
    """One temper at work in one tenant."""

    def __init__(self, temper: Temper, *, tenant_id: str, users: int) -> None:
        self.temper = temper
        self.chance = Chance(temper.seed)
        self.replicas = Replicas(temper.replication, self.chance, temper.time_scale)
        self._script = Script(temper.faults)
        self._quotas = (
            Quotas(temper.throttling, tenant_id, users, temper.time_scale)
            if temper.throttling
            else None
        )

    def scaled(self, seconds: float) -> float:
        """Return how long something of the real service takes here."""
        return seconds / self.temper.time_scale

    def receive(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        *,
        app_id: str,
        in_batch: bool,
        now: datetime,
    ) -> Reception:
        """Decide what happens to a request. `path` is decoded and has no version."""
        delay_s = self.scaled(self._delay_s(method, path, in_batch=in_batch))
        if fault := self._script.strike(method, path):
            return self._scripted(fault, path, delay_s)
        if self._happens(self._lost_before_rate(in_batch=in_batch), "lost before", method, path):
            return Reception(lost_before=True, delay_s=delay_s)
        headers: Mapping[str, str] = {}
        if self._quotas:
            charge = self._quotas.charge(app_id, cost_of(method, path, query), now.timestamp())
            headers = charge.headers
            if charge.retry_after_s:
                return Reception(
                    refused=throttled(charge.retry_after_s), headers=headers, delay_s=delay_s
                )
        if busy := self._busy(method, path, in_batch=in_batch):
            return Reception(refused=busy, headers=headers, delay_s=delay_s)
        lost = self._happens(self._lost_after_rate(in_batch=in_batch), "lost after", method, path)
        status = self._unavailable(method, path, in_batch=in_batch)
        error = self._unavailable_error(status) if status else None
        return Reception(
            refused=error if status != _GATEWAY_TIMEOUT else None,
            answered_instead=error if status == _GATEWAY_TIMEOUT else None,
            lost_after=lost,
            headers=headers,
            delay_s=delay_s,
        )

    def _scripted(self, fault: Fault, path: str, delay_s: float) -> Reception:
        error = refusal(fault, path) if fault.status else None
        return Reception(
            refused=None if fault.applied else error,
            answered_instead=error if fault.applied else None,
            lost_before=fault.lose_connection and not fault.applied,
            lost_after=fault.lose_connection and fault.applied,
            delay_s=delay_s + self.scaled(fault.delay_s),
        )

    def _delay_s(self, method: str, path: str, *, in_batch: bool) -> float:
        if in_batch:
            return 0
        slow = self.temper.slow_answers
        late = slow and self._happens(slow.rate, "slow", method, path)
        return self.temper.latency_s + (slow.seconds if slow and late else 0)

    def _lost_before_rate(self, *, in_batch: bool) -> float:
        connections = self.temper.connections
        return 0 if in_batch or connections is None else connections.lost_before_rate

    def _lost_after_rate(self, *, in_batch: bool) -> float:
        connections = self.temper.connections
        return 0 if in_batch or connections is None else connections.lost_after_rate

    def _busy(self, method: str, path: str, *, in_batch: bool) -> GraphError | None:
        rule = self.temper.throttling
        if rule is None or not self._happens(rule.rate, "busy", method, path, in_batch):
            return None
        return throttled(rule.retry_after_s)

    def _unavailable(self, method: str, path: str, *, in_batch: bool) -> int | None:
        rule = self.temper.unavailable
        if rule is None:
            return None
        rate = rule.item_rate if in_batch else rule.rate
        if not self._happens(rate, "unavailable", method, path, in_batch):
            return None
        drawn = self.chance.next_of("status", method, path)
        return rule.statuses[int(drawn * len(rule.statuses))]

    def _unavailable_error(self, status: int) -> GraphError:
        rule = self.temper.unavailable
        fault = Fault(status=status, retry_after_s=rule.retry_after_s if rule else None)
        return refusal(fault, "")

    def _happens(self, rate: float, what: str, *where: object) -> bool:
        return rate > 0 and self.chance.next_of(what, *map(str, where)) < rate
