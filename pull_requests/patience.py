"""How long a request that GitHub put off is tried again.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_UNAVAILABLE = frozenset({500, 502, 503, 504})
_LIMITED = frozenset({403, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Limits of trying again: by attempts and by total time, whichever comes first.

    The longest wait that GitHub asks for is that for its primary limit, up to an hour.
    """

    attempts: int = 6
    total_s: float = 900.0
    first_wait_s: float = 1.0
    secondary_wait_s: float = 60.0

    def wait_s(
        self,
        status: int | None,
        headers: Mapping[str, str],
        message: str,
        *,
        failures: int,
        elapsed_s: float,
        now: float,
    ) -> float | None:
        """Return how many seconds to wait after the `failures`th failure; None to give up.

        `status` is None when no answer came, `now` the time as seconds since the epoch, and the
        names in `headers` are in lower case.
        """
        asked = self._asked_for(status, headers, message, failures=failures, now=now)
        if asked is None or failures >= self.attempts or elapsed_s + asked > self.total_s:
            return None
        return asked

    def _asked_for(
        self,
        status: int | None,
        headers: Mapping[str, str],
        message: str,
        *,
        failures: int,
        now: float,
    ) -> float | None:
        doubled = 2.0 ** (failures - 1)
        if status is None or status in _UNAVAILABLE:
            return _seconds(headers.get("retry-after")) or self.first_wait_s * doubled
        if status not in _LIMITED:
            return None
        if (wait := _seconds(headers.get("retry-after"))) is not None:
            return wait
        if headers.get("x-ratelimit-remaining") == "0":
            reset = _seconds(headers.get("x-ratelimit-reset"))
            # One second more: the limit is reset in the course of that second.
            return self.secondary_wait_s if reset is None else max(0.0, reset - now) + 1
        # A 403 without any of these is a missing permission, unless the message says otherwise.
        if status == 429 or "rate limit" in message.lower():
            return self.secondary_wait_s * doubled
        return None


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.strip().isdigit() else None
