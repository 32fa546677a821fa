"""Waiting for a condition instead of sleeping for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class WaitedTooLongError(TimeoutError):
    """The condition did not come true in time."""


def wait_until(
    condition: Callable[[], T | None], *, what: str, timeout_s: float, poll_s: float = 0.05
) -> T:
    """Ask `condition` again and again and return its first truthy answer.

    What `condition` raises goes straight to the caller: a condition that cannot come true any more
    (a child process that ended, say) says so by raising.

    Raises:
        WaitedTooLongError: no truthy answer within `timeout_s` seconds; the message names `what`.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        if answer := condition():
            return answer
        if time.monotonic() >= deadline:
            msg = f"waited {timeout_s:g} s for {what}"
            raise WaitedTooLongError(msg)
        time.sleep(poll_s)
