"""Keeping below the directory's quota of writes, instead of being throttled.

Graph counts by token bucket: full at first, filled evenly, emptied by each write. The same is
counted here for all shards, which one process writes one after the other. Whoever else uses the
application's quota shows in the headers of the answers, before anything is refused, and is met by
`Retry-After` at the latest.

Source: https://learn.microsoft.com/graph/throttling-limits#pattern
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from graph.clock import Clock

WRITES_PER_WINDOW = 3000
WINDOW_S = 150.0
"""Per application and tenant: https://learn.microsoft.com/graph/throttling-limits (identity)"""
_RESERVE = 0.02
"""Share of a window that is left for what others write, and for requests that overtake others."""
_ROUNDING = 0.01
"""Graph tells the share that is used in whole hundredths."""
_USED_HEADER = "x-ms-throttle-limit-percentage"


class WritePace:
    """Lets `writes` through at once and then as many in every `window_s` seconds, evenly.

    Safe to use from several threads; who asks first is let through first.
    """

    def __init__(
        self, clock: Clock, *, writes: int = WRITES_PER_WINDOW, window_s: float = WINDOW_S
    ) -> None:
        self._clock = clock
        self._most = max(1, int(writes * (1 - _RESERVE)))
        self._writes = writes
        self._per_s = writes / window_s
        self._left = float(self._most)
        self._since = clock.now()
        self._held_until = self._since
        self._turn = threading.Lock()
        self._state = threading.Lock()

    @property
    def largest(self) -> int:
        """How many writes may be asked for at once."""
        return self._most

    @property
    def per_s(self) -> float:
        """Writes a second that can be kept up."""
        return self._per_s

    def admit(self, writes: int) -> None:
        """Return when `writes` more may be sent.

        Raises:
            ValueError: they never fit into one window.
        """
        if writes > self._most:
            msg = f"{writes} writes never fit into a window of {self._most}"
            raise ValueError(msg)
        with self._turn:
            while (wait_s := self._take(writes)) > 0:
                self._clock.sleep(wait_s)

    def hold(self, seconds: float) -> None:
        """Let nothing through for `seconds`, as the directory asked; the bucket is empty then."""
        with self._state:
            self._refill()
            self._held_until = max(self._held_until, self._clock.now() + seconds)
            self._left = min(self._left, 0.0)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take over how much of the quota is used, from an answer's headers (names in lower case).

        Source: https://learn.microsoft.com/graph/throttling#what-happens-when-throttling-occurs
        """
        try:
            used = float(headers[_USED_HEADER])
        except (KeyError, ValueError):
            return
        with self._state:
            self._refill()
            self._left = min(self._left, max(0.0, 1 - used + _ROUNDING) * self._writes)

    def seconds_for(self, writes: int) -> float:
        """Return how long `writes` will take at the least."""
        with self._state:
            self._refill()
            held_s = max(0.0, self._held_until - self._clock.now())
            return max(held_s, (writes - self._left) / self._per_s, 0.0)

    def _take(self, writes: int) -> float:
        """Take `writes` and return 0, or return how long to wait before asking again."""
        with self._state:
            self._refill()
            wait_s = max(
                self._held_until - self._clock.now(), (writes - self._left) / self._per_s, 0.0
            )
            # Less than a microsecond is the error of counting in floating point.
            if wait_s < 1e-6:
                self._left -= writes
                return 0.0
            return wait_s

    def _refill(self) -> None:
        now = self._clock.now()
        self._left = min(self._most, self._left + (now - self._since) * self._per_s)
        self._since = now
