"""The programs that the language host has started and has to end.

Each is the leader of a process group of its own, so that it and whatever it starts can be ended
together and without the SIGINT that the engine sends to the language host's group.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

GRACE_S: Final = 3.0
"""How long a program may take after SIGTERM; the engine gives the language host itself 5 s."""


class Children:
    """Starts programs, and ends all that still run when it is told to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended = False

    @contextlib.contextmanager
    def run(
        self, command: Sequence[str], env: Mapping[str, str], cwd: Path, *, piped: bool
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start `command`; at the end of the block it has ended.

        With `piped`, its standard output and error can be read; without, they are ours.

        Raises:
            OSError: the program or the folder does not exist, or `end_all` has been called.
        """
        stream = subprocess.PIPE if piped else None
        with self._lock:
            if self._ended:
                msg = "the language host is ending"
                raise ProcessLookupError(msg)
            process = subprocess.Popen(
                command,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                process_group=0,
            )
            self._running.add(process)
        with process:  # closes its pipes, and waits: so end it before
            try:
                yield process
            finally:
                self.end(process)
                with self._lock:
                    self._running.discard(process)

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """End `process` and its group: SIGTERM, then SIGKILL after `GRACE_S`. Again is harmless."""
        _signal_group(process, signal.SIGTERM)
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            _signal_group(process, signal.SIGKILL)
            process.wait()

    def end_all(self) -> None:
        """End everything that runs and start nothing more."""
        with self._lock:
            self._ended = True
            running = list(self._running)
        for process in running:
            _signal_group(process, signal.SIGTERM)
        for process in running:
            self.end(process)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # Once the leader has been waited for, its number may belong to somebody else.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
