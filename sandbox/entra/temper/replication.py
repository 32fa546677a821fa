"""Replication lag: reads that do not see a write yet.

https://devblogs.microsoft.com/identity/designing-for-eventual-consistency-for-microsoft-entra/
Writes reach the directory at once, so what is checked there (names that are taken, say) is checked
against the truth. Reads see it as if the writes that have not spread were not made: for the length
of the read they are taken back. A write that speaks of something new meets a server that does not
know it, so for it alone that something is not there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.entra.directory.changes import Change
from sandbox.entra.temper.chance import Chance
from sandbox.entra.temper.model import Replication

_NAMESPACE = "#microsoft.graph."
_WORD = re.compile(r"[\w.@#-]+")


@dataclass(frozen=True, slots=True)
class _Spreading:
    change: Change
    seen_from: datetime


class Replicas:
    """The writes that not everybody sees; the caller holds the directory's lock."""

    def __init__(self, rule: Replication | None, chance: Chance, time_scale: float) -> None:
        self._rule = rule
        self._chance = chance
        self._time_scale = time_scale
        self._spreading: list[_Spreading] = []
        self._now: datetime | None = None

    def observe(self, change: Change) -> None:
        """Take note of a change that was made by the request that is carried out now."""
        lag_s = self._lag_s(change)
        if lag_s and self._now:
            self._spreading.append(_Spreading(change, self._now + timedelta(seconds=lag_s)))

    @contextmanager
    def as_read(self, now: datetime) -> Iterator[None]:
        """Show the directory as reads see it."""
        self._advance(now)
        with _taken_back([entry.change for entry in self._spreading]):
            yield

    @contextmanager
    def as_written(self, now: datetime, path: str, body: Any) -> Iterator[None]:
        """Show the directory as a write with this path and body meets it."""
        self._advance(now)
        new = [entry.change for entry in self._spreading if entry.change.names]
        words = _words(path, body) if new else frozenset()
        with _taken_back([change for change in new if not change.names.isdisjoint(words)]):
            yield

    def _advance(self, now: datetime) -> None:
        self._now = now
        if self._spreading:
            self._spreading = [entry for entry in self._spreading if entry.seen_from > now]

    def _lag_s(self, change: Change) -> float:
        rule = self._rule
        if rule is None or self._chance.of("lags", change.object_id) >= rule.rate:
            return 0
        if rule.kinds and change.kind.removeprefix(_NAMESPACE) not in rule.kinds:
            return 0
        spread = rule.at_most_s - rule.at_least_s
        lag_s = rule.at_least_s + spread * self._chance.of("lag", change.object_id)
        return lag_s / self._time_scale


@contextmanager
def _taken_back(changes: list[Change]) -> Iterator[None]:
    for change in reversed(changes):
        change.undo()
    try:
        yield
    finally:
        for change in changes:
            change.redo()


def _words(path: str, body: Mapping[str, Any] | None) -> frozenset[str]:
    text = path if body is None else f"{path} {json.dumps(body, ensure_ascii=False)}"
    return frozenset(_WORD.findall(text.casefold()))
