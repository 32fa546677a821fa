"""How far the writing is, for people who wait for it: one line for all shards of a process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from graph.clock import Clock
from graph.pacing import WritePace
from graph.shards import SHARDS

_TELL_EVERY_S = 5.0
_RATE_OVER = 6
"""The rate is that of as many sentences: what the quota lets through at first says little."""


class WriteProgress:
    """Counts users to write and users written; tells at most one sentence in a few seconds.

    The engine asks for some shards while it does not know the others yet. Those that nobody has
    seen are taken to be as large as the others until they show, and the sentence says "about".
    Safe to use from several threads.
    """

    def __init__(self, clock: Clock, pace: WritePace, tell: Callable[[str], None]) -> None:
        self._clock = clock
        self._pace = pace
        self._tell = tell
        self._lock = threading.Lock()
        self._expected: dict[int, int] = {}
        """Users by shard whose turn has not come; 0 once it has."""
        self._planned = self._done = 0
        self._points: deque[tuple[float, int]] = deque(maxlen=_RATE_OVER)
        """When, and how many were written then: the beginning or a sentence."""

    def expect(self, shard: int, users: int) -> None:
        """Count users of a shard who will perhaps have to be written when its turn comes."""
        with self._lock:
            self._expected.setdefault(shard, users)

    def begin(self, shard: int) -> None:
        """A shard's turn has come: from now on only what is planned of it counts."""
        with self._lock:
            self._expected[shard] = 0

    def plan(self, users: int) -> None:
        """Count users who are going to be written."""
        with self._lock:
            if not self._points and users:
                self._points.append((self._clock.now(), 0))
            self._planned += users

    def finish(self, users: int = 1) -> None:
        """Count users who have been written, or refused for good."""
        with self._lock:
            self._done += users
            now = self._clock.now()
            if now - self._points[-1][0] < _TELL_EVERY_S:
                return
            sentence = self._sentence(now)
            self._points.append((now, self._done))
        self._tell(sentence)

    def give_up(self, users: int) -> None:
        """Take planned users out of the count, who were not answered and are not asked again."""
        with self._lock:
            self._planned -= users

    def _sentence(self, now: float) -> str:
        since, done_then = self._points[0]
        rate = (self._done - done_then) / (now - since)
        total = self._planned + sum(self._expected.values())
        about = ""
        if 0 < len(self._expected) < SHARDS:
            about = "about "
            total = round(total * SHARDS / len(self._expected))
        left = total - self._done
        left_s = max(self._pace.seconds_for(left), left / rate)
        return (
            f"User attributes: {self._done} of {about}{total} users so far, {rate:.0f} a second, "
            f"about {duration(left_s)} left"
        )


def duration(seconds: float) -> str:
    """Return `1 min 05 s` or `42 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
