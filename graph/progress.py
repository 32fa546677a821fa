"""How far the writing is, for people who wait for it: one line for all shards of a process."""

from __future__ import annotations

import threading
from collections.abc import Callable

from graph.clock import Clock
from graph.pacing import WritePace

_TELL_EVERY_S = 5.0


class WriteProgress:
    """Counts users to write and users written; tells at most one sentence in a few seconds.

    Shards are counted when their turn comes, so the number to do grows until the last has begun.
    Safe to use from several threads.
    """

    def __init__(self, clock: Clock, pace: WritePace, tell: Callable[[str], None]) -> None:
        self._clock = clock
        self._pace = pace
        self._tell = tell
        self._lock = threading.Lock()
        self._planned = self._done = 0
        self._since: float | None = None
        self._told_at = clock.now()

    def plan(self, users: int) -> None:
        """Count users who are going to be written."""
        with self._lock:
            if self._since is None and users:
                self._since = self._told_at = self._clock.now()
            self._planned += users

    def finish(self, users: int = 1) -> None:
        """Count users who have been written, or refused for good."""
        with self._lock:
            self._done += users
            now = self._clock.now()
            if now - self._told_at < _TELL_EVERY_S:
                return
            self._told_at = now
            sentence = self._sentence(now)
        self._tell(sentence)

    def _sentence(self, now: float) -> str:
        took_s = now - (now if self._since is None else self._since)
        rate = self._done / took_s if took_s > 0 else self._pace.per_s
        left = self._planned - self._done
        left_s = max(self._pace.seconds_for(left), left / max(rate, self._pace.per_s))
        return (
            f"User attributes: {self._done} of {self._planned} users so far, {rate:.0f} a second, "
            f"about {duration(left_s)} left"
        )


def duration(seconds: float) -> str:
    """Return `1 min 05 s` or `42 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
