"""Keeping below the directory's quota of writes, instead of being throttled.

Only this process is counted: whoever shares the application's quota is met by `Retry-After`.
"""

from __future__ import annotations

import threading
from collections import deque

from graph.clock import Clock

WRITES_PER_WINDOW = 3000
WINDOW_S = 150.0
"""Per application and tenant: https://learn.microsoft.com/graph/throttling-limits (identity)"""


class WritePace:
    """Lets at most `writes` through in any `window_s` seconds; safe to use from several threads."""

    def __init__(
        self, clock: Clock, *, writes: int = WRITES_PER_WINDOW, window_s: float = WINDOW_S
    ) -> None:
        self._clock = clock
        self._writes = writes
        self._window_s = window_s
        self._admitted: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()

    def admit(self, writes: int) -> None:
        """Return when `writes` more may be sent, which must fit into one window."""
        if writes > self._writes:
            msg = f"{writes} writes never fit into a window of {self._writes}"
            raise ValueError(msg)
        # Waiting with the lock held keeps the order: who asked first is let through first.
        with self._lock:
            while (wait_s := self._wait_s(writes)) > 0:
                self._clock.sleep(wait_s)
            self._admitted.append((self._clock.now(), writes))

    def _wait_s(self, writes: int) -> float:
        now = self._clock.now()
        while self._admitted and self._admitted[0][0] + self._window_s <= now:
            self._admitted.popleft()
        excess = sum(count for _, count in self._admitted) + writes - self._writes
        for admitted_at, count in self._admitted:
            if excess <= 0:
                break
            excess -= count
            if excess <= 0:
                return admitted_at + self._window_s - now
        return 0.0
