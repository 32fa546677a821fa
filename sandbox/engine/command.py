"""Running one pulumi command to its end, or ending it with everything it has started.

The engine starts its plugins in process groups of their own, which a signal to the engine's group
does not reach; but all of them stay in the engine's session. So each command is the leader of a
new session, and when it is over, whoever is still in that session is ended.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from sandbox.engine.environment import blot_out
from sandbox.engine.errors import PulumiFailedError, PulumiTimeoutError
from sandbox.waiting import WaitedTooLongError, wait_until

OnLine = Callable[[str], None]

GRACE_S: Final = 10.0
"""How long an interrupted command may take to end its plugins and save the state."""
LAST_LINES: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a command ended; what it printed may hold secrets and is kept out of the repr."""

    returncode: int
    stdout: str = field(repr=False)
    stderr: str = field(repr=False)
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A pulumi command line; `secrets` are blotted out of all that is shown or raised."""

    arguments: Sequence[str]
    env: Mapping[str, str] = field(repr=False)
    cwd: Path
    secrets: Sequence[str] = field(default=(), repr=False)

    @property
    def title(self) -> str:
        """The command as a person would type it."""
        return blot_out(" ".join(["pulumi", *self.arguments[1:]]), self.secrets)

    def run(self, *, timeout_s: float, on_line: OnLine | None, check: bool) -> Result:
        """Run it; `on_line` is called with each line of output as it comes.

        Raises:
            PulumiFailedError: it ended with another status than 0, and `check` is set.
            PulumiTimeoutError: it took longer than `timeout_s`.
        """
        started = time.monotonic()
        output = _Output(self.secrets, on_line)
        with subprocess.Popen(
            self.arguments,
            env=dict(self.env),
            cwd=self.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process:
            # Nothing before this: an interrupt there would leave the plugins running.
            try:
                output.read_from(process)
                output.follow(until=started + timeout_s)
                process.wait(max(0.0, started + timeout_s - time.monotonic()))
            except (queue.Empty, subprocess.TimeoutExpired) as error:
                raise PulumiTimeoutError(self.title, timeout_s, output.last_lines) from error
            finally:
                end_session(process)
                output.wait_for_end()
        seconds = time.monotonic() - started
        if check and process.returncode:
            raise PulumiFailedError(self.title, process.returncode, seconds, output.last_lines)
        return Result(
            returncode=process.returncode,
            stdout=output.text_of("stdout"),
            stderr=output.text_of("stderr"),
            seconds=seconds,
        )


class _Output:
    """What a process prints; a thread a stream reads it, so that neither stream blocks it."""

    def __init__(self, secrets: Sequence[str], on_line: OnLine | None) -> None:
        self._secrets = secrets
        self._on_line = on_line
        self._arriving: queue.SimpleQueue[tuple[str, str | None]] = queue.SimpleQueue()
        self._lines: dict[str, list[str]] = {"stdout": [], "stderr": []}
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._readers: list[threading.Thread] = []

    def read_from(self, process: subprocess.Popen[str]) -> None:
        """Begin to read."""
        for name, stream in (("stdout", process.stdout), ("stderr", process.stderr)):
            reader = threading.Thread(target=self._read, args=(name, stream), name=f"pulumi {name}")
            self._readers.append(reader)
            reader.start()

    def follow(self, until: float) -> None:
        """Take what arrives until both streams end.

        Raises:
            queue.Empty: they had not ended by the monotonic time `until`.
        """
        open_streams = len(self._lines)
        while open_streams:
            name, line = self._arriving.get(timeout=max(0.0, until - time.monotonic()))
            if line is None:
                open_streams -= 1
                continue
            self._lines[name].append(line)
            shown = blot_out(line.rstrip("\n"), self._secrets)
            if shown.strip():
                self._last.append(shown)
            if self._on_line:
                self._on_line(shown)

    def wait_for_end(self) -> None:
        """Return when the process has closed both streams."""
        for reader in self._readers:
            reader.join()

    @property
    def last_lines(self) -> str:
        """The last lines of both streams, secrets blotted out."""
        return "\n".join(self._last)

    def text_of(self, stream: str) -> str:
        """All of one stream, as it was printed."""
        return "".join(self._lines[stream])

    def _read(self, name: str, stream: IO[str]) -> None:
        for line in stream:
            self._arriving.put((name, line))
        self._arriving.put((name, None))


def end_session(leader: subprocess.Popen[str]) -> None:
    """End `leader` and everything else in its session, kindly at first.

    One SIGINT makes the engine cancel what it is doing, save the state and end its plugins; what
    has not ended after `GRACE_S` is killed.
    """
    if leader.poll() is None:
        leader.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            leader.wait(GRACE_S)
    for pid in members_of_session(leader.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    leader.wait()
    with contextlib.suppress(WaitedTooLongError):
        wait_until(lambda: not members_of_session(leader.pid), what="plugins", timeout_s=GRACE_S)


def members_of_session(session: int) -> list[int]:
    """Return the processes of a session that are alive; those that only wait to be reaped are not.

    It looks at every process of the machine, which takes a few milliseconds.
    """
    found: list[int] = []
    for pid, state in _processes():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if state not in _DEAD and os.getsid(pid) == session:
                found.append(pid)
    return sorted(found)


_DEAD: Final = ("Z", "X")


def _processes() -> Iterator[tuple[int, str]]:
    """Yield (process id, one-letter state) of everything that runs."""
    if not Path("/proc/self/stat").exists():
        listing = subprocess.run(
            ["ps", "-A", "-o", "pid=,stat="],  # noqa: S607 - where POSIX says it is
            capture_output=True,
            text=True,
            check=True,
        )
        for line in listing.stdout.splitlines():
            pid, state = line.split()[:2]
            yield int(pid), state[0]
        return
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                # The name is in parentheses and may hold anything; the state comes after it.
                yield int(folder.name), (folder / "stat").read_text().rpartition(")")[2].split()[0]
