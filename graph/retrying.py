"""How long a request that failed for a passing reason is tried again.

All of this package's requests may be sent twice: reads, deletes, PATCHes of whole values, and one
creation that falls back to adopting what is already there. So one rule fits all.
"""

from __future__ import annotations

from dataclasses import dataclass

PASSING_STATUSES = frozenset({429, 503, 504})
"""Throttled, unavailable, timed out upstream: https://learn.microsoft.com/graph/errors"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Limits of trying again: by attempts and by total time, whichever comes first."""

    attempts: int = 8
    total_s: float = 300.0
    first_wait_s: float = 1.0
    longest_wait_s: float = 30.0

    def wait_s(
        self, *, failures: int, elapsed_s: float, retry_after_s: float | None = None
    ) -> float | None:
        """Return how many seconds to wait after the `failures`th failure; None to give up.

        The wait doubles each time unless the server says how long (`Retry-After`). A server that
        asks for more time than is left is not waited for in vain.
        """
        if failures >= self.attempts:
            return None
        doubled = min(self.first_wait_s * 2 ** (failures - 1), self.longest_wait_s)
        wait = doubled if retry_after_s is None else retry_after_s
        return wait if elapsed_s + wait <= self.total_s else None
