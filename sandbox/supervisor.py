"""A sandbox in the background: one process that holds it, and the file that says it is ready.

`launch` starts the process and waits until the sandbox answers; `end` ends it and everything it
started. The process writes `endpoints.json` last, so that whoever finds that file finds a sandbox.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

from sandbox.endpoints import Endpoints
from sandbox.sandbox import Sandbox
from sandbox.tools.resolver import resolve
from sandbox.waiting import wait_until

ENDPOINTS_FILE = "endpoints.json"
_PID_FILE = "supervisor.pid"
_LOG_FILE = "supervisor.log"
_START_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 30


class SupervisorError(Exception):
    """The sandbox did not come up; the message has the end of its log."""


def launch(folder: Path, project: Path, scenario: Path) -> Endpoints:
    """Start a sandbox in `folder` and return where it is.

    Raises:
        SupervisorError: it ended before it was ready.
    """
    folder.mkdir(parents=True, mode=0o700)
    log = folder / _LOG_FILE
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "sandbox", "serve"),
                *("--folder", str(folder), "--scenario", str(scenario)),
            ],
            cwd=project,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (folder / _PID_FILE).write_text(str(process.pid))

    def ready() -> bool:
        if process.poll() is not None:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
            msg = f"the sandbox ended with exit code {process.returncode}; its last output:\n{tail}"
            raise SupervisorError(msg)
        return (folder / ENDPOINTS_FILE).exists()

    try:
        wait_until(ready, what="the sandbox to answer", timeout_s=_START_TIMEOUT_S)
    except BaseException:
        process.terminate()
        process.wait(_STOP_TIMEOUT_S)
        raise
    # It outlives this process on purpose; without this, Popen warns that it is still running.
    process.returncode = 0
    return Endpoints.read(folder / ENDPOINTS_FILE)


def serve(folder: Path, scenario: Path) -> None:
    """Hold a sandbox in `folder` until this process is told to end."""
    told_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_end.set())
    with Sandbox(folder, resolve(print), scenario=scenario) as sandbox:
        sandbox.endpoints.write(folder / ENDPOINTS_FILE)
        told_to_end.wait()


def end(folder: Path) -> bool:
    """End the sandbox in `folder` and remove the folder; say whether there was one.

    Raises:
        WaitedTooLongError: its process did not end.
    """
    if not folder.exists():
        return False
    pid_file = folder / _PID_FILE
    if pid_file.exists():
        pid = int(pid_file.read_text())
        if _is_supervisor(pid):
            os.kill(pid, signal.SIGTERM)
            wait_until(
                lambda: not _is_supervisor(pid),
                what=f"the sandbox (process {pid}) to end",
                timeout_s=_STOP_TIMEOUT_S,
            )
    shutil.rmtree(folder)
    return True


def _is_supervisor(pid: int) -> bool:
    """A pid may belong to somebody else by now: it counts only with our command line."""
    with contextlib.suppress(OSError, ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    command = subprocess.run(  # the same on Linux and macOS, unlike /proc
        ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return "sandbox serve" in command and not command.startswith("Z")
