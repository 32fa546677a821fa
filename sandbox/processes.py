"""A child process: started, watched until it is healthy, ended for certain.

It knows nothing of what it runs. The traps it guards: a child that has already ended must not look
like a slow one (the error has its exit code and last output), and no child may outlive this process
however that ends (see `sandbox.lifeline`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from sandbox import lifeline
from sandbox.waiting import WaitedTooLongError, wait_until

_TAIL_LINES = 30
_KILL_TIMEOUT_S = 5


class ProcessError(Exception):
    """A child process ended, did not start or did not become healthy; with its last output."""


class Process:
    """One run of `command` in `cwd` with exactly the variables of `env`.

    Both of its output streams go to `log_file`. `name` is used in errors. Secrets do not belong in
    `command`: every user of the machine can read it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log_file: Path,
        stop_timeout_s: float = 10,
    ) -> None:
        self.name = name
        self.log_file = log_file
        self._command = [str(part) for part in command]
        self._env = dict(env)
        self._cwd = cwd
        self._stop_timeout_s = stop_timeout_s
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, which is not yet to say that it is healthy; a second start is a new run."""
        self.stop()
        with self.log_file.open("wb") as log:
            self._running = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S", lifeline.__file__, str(self._stop_timeout_s)),
                    *self._command,
                ],
                env=self._env,
                cwd=self._cwd,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A Ctrl-C in the terminal is for us to handle: we end our children in order.
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        """Whether it is running now."""
        return self._running is not None and self._running.poll() is None

    def ensure_running(self) -> None:
        """Do nothing while it runs.

        Raises:
            ProcessError: it has ended (with exit code and last output) or was not started.
        """
        if self._running is None:
            msg = f"{self.name} is not started"
            raise ProcessError(msg)
        if (code := self._running.poll()) is not None:
            raise ProcessError(self._with_tail(f"{self.name} ended with exit code {code}"))

    def wait_healthy(self, check: Callable[[], bool], timeout_s: float) -> None:
        """Wait until `check` says so.

        Raises:
            ProcessError: it ended, or `check` was still false after `timeout_s` seconds.
        """

        def healthy() -> bool:
            self.ensure_running()
            return check()

        try:
            wait_until(healthy, what=f"{self.name} to be healthy", timeout_s=timeout_s)
        except WaitedTooLongError as err:
            raise ProcessError(self._with_tail(str(err))) from err

    def stop(self) -> None:
        """End it: SIGTERM, and SIGKILL when it has not ended in time. Harmless when it has ended.

        A process that must be killed is not an error here: there is nothing left to do about it.
        """
        if (running := self._running) is None:
            return
        self._running = None
        with running:
            if running.stdin is not None:
                running.stdin.close()
            try:
                running.wait(self._stop_timeout_s + _KILL_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(running.pid, signal.SIGKILL)

    def log_tail(self) -> list[str]:
        """Return the last 30 lines of its output."""
        if not self.log_file.exists():
            return []
        return self.log_file.read_text(errors="replace").splitlines()[-_TAIL_LINES:]

    def _with_tail(self, problem: str) -> str:
        tail = "\n".join(self.log_tail()) or "(none)"
        return f"{problem}; its last output:\n{tail}"
