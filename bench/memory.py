"""Peak memory of everything that a method starts.

It is sampled: the resident sets of all descendants of this process, added up. Pages that processes
share are counted once for each, so the sum is an upper bound; what lives shorter than the time
between two samples may be missed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

SAMPLED_EVERY_S: Final = 0.1
_MB: Final = 1_000_000


class PeakMemory:
    """Samples while its block runs; `but` are descendants that are not the method's."""

    def __init__(self, *but: int) -> None:
        self._but = frozenset(but)
        self._peak_bytes = 0
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="peak memory", daemon=True)

    @property
    def mb(self) -> float:
        """The largest sum seen, in MB (10^6 bytes)."""
        return self._peak_bytes / _MB

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

    def _sample(self) -> None:
        while not self._ending.wait(SAMPLED_EVERY_S):
            self._peak_bytes = max(self._peak_bytes, descendants_bytes(os.getpid(), self._but))


def descendants_bytes(ancestor: int, but: frozenset[int]) -> int:
    """Return the resident bytes of all descendants of a process, those below `but` left out."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    resident: dict[int, int] = {}
    for pid, parent, size in _processes():
        children[parent].append(pid)
        resident[pid] = size
    total = 0
    below = children[ancestor]
    while below:
        pid = below.pop()
        if pid not in but:
            total += resident[pid]
            below += children[pid]
    return total


def _processes() -> Iterator[tuple[int, int, int]]:
    """Yield (process, parent, resident bytes) of everything that runs."""
    if not Path("/proc/self/stat").exists():
        listing = subprocess.run(
            ["ps", "-A", "-o", "pid=,ppid=,rss="],  # noqa: S607 - where POSIX says it is
            capture_output=True,
            text=True,
            check=True,
        )
        for line in listing.stdout.splitlines():
            pid, parent, kilobytes = map(int, line.split())
            yield pid, parent, kilobytes * 1024
        return
    page_bytes = os.sysconf("SC_PAGESIZE")
    for name in os.listdir("/proc"):  # noqa: PTH208 - ten times a second, so no Path a process
        if name.isdecimal():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                # The name is in parentheses and may hold anything. After it come the fields from
                # the third on: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
                fields = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
                yield int(name), int(fields[1]), int(fields[21]) * page_bytes
