"""How far a long run is, on the terminal."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self, TextIO

_TTY_EVERY_S: Final = 1.0
_LOG_EVERY_S: Final = 15.0


class Progress:
    """Tells now and then how far `what` is, while its block runs.

    `done` is asked for how much of `total` is done; with no total only time is told. A terminal
    gets one line that is written over, anything else a line every 15 s.
    """

    def __init__(
        self, what: str, total: int, done: Callable[[], int], output: TextIO | None = None
    ) -> None:
        self._what = what
        self._total = total
        self._done = done
        self._output = output or sys.stdout
        self._live = self._output.isatty()
        self._started = time.monotonic()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._tell_along, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()
        if self._live:
            self._output.write("\r\x1b[K")
            self._output.flush()

    def _tell_along(self) -> None:
        while not self._ending.wait(_TTY_EVERY_S if self._live else _LOG_EVERY_S):
            elapsed_s = time.monotonic() - self._started
            line = describe(self._what, self._done(), self._total, elapsed_s)
            self._output.write(f"\r\x1b[K{line}" if self._live else f"{line}\n")
            self._output.flush()


def describe(what: str, done: int, total: int, elapsed_s: float) -> str:
    """Return one line: what, how much of it, how long it has taken and may still take."""
    told = f"{what}: {clock(elapsed_s)}"
    if not done or not total:
        return told
    told += f", {min(done, total):,} of {total:,} users"
    if done >= total:
        return told
    return f"{told}, {clock(elapsed_s * (total - done) / done)} left"


def clock(seconds: float) -> str:
    """Return minutes and seconds, as `4:05`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
