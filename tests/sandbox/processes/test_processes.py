"""A child process ends when told, ends with its parent, and its early end is explained."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.processes import Process, ProcessError
from sandbox.waiting import wait_until

PROJECT = Path(__file__).parents[3]

SAY_PID_AND_WAIT = """
import os, signal, sys
print(os.getpid(), flush=True)
signal.pause()
"""
REFUSE_TO_END = """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
while True:
    signal.pause()
"""

NewProcess = Callable[..., Process]


@pytest.fixture
def new_process(tmp_path: Path) -> Iterator[NewProcess]:
    with contextlib.ExitStack() as started:

        def new(script: str, *, stop_timeout_s: float = 10, **env: str) -> Process:
            process = Process(
                "the child",
                [sys.executable, "-c", script],
                env=env,
                cwd=tmp_path,
                log_file=tmp_path / "child.log",
                stop_timeout_s=stop_timeout_s,
            )
            started.callback(process.stop)
            process.start()
            return process

        yield new


def _pid(log_file: Path) -> int:
    def said() -> str:
        return log_file.read_text().strip() if log_file.exists() else ""

    return int(wait_until(said, what="the child to say its pid", timeout_s=10))


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_stop_ends_the_child_by_sigterm(new_process: NewProcess) -> None:
    process = new_process(SAY_PID_AND_WAIT)
    pid = _pid(process.log_file)
    process.stop()
    assert not _exists(pid)
    assert not process.running


def test_a_child_that_ignores_sigterm_is_killed(new_process: NewProcess) -> None:
    process = new_process(REFUSE_TO_END, stop_timeout_s=0.2)
    pid = _pid(process.log_file)
    started = time.monotonic()
    process.stop()
    assert time.monotonic() - started >= 0.2
    wait_until(lambda: not _exists(pid), what="the child to be gone", timeout_s=5)


def test_the_child_gets_exactly_the_environment_it_is_given(new_process: NewProcess) -> None:
    process = new_process(
        "import os; print({k: v for k, v in os.environ.items() if k != 'LC_CTYPE'})", ONLY="this"
    )
    wait_until(lambda: not process.running, what="the child to end", timeout_s=10)
    assert process.log_tail() == ["{'ONLY': 'this'}"]


def test_an_early_end_is_reported_with_exit_code_and_the_last_30_lines(
    new_process: NewProcess,
) -> None:
    process = new_process("import sys; [print('line', n) for n in range(40)]; sys.exit(3)")
    with pytest.raises(ProcessError) as caught:
        process.wait_healthy(lambda: False, timeout_s=10)
    last = "\n".join(f"line {n}" for n in range(10, 40))
    assert str(caught.value) == f"the child ended with exit code 3; its last output:\n{last}"


def test_a_death_by_signal_is_reported_as_a_shell_does(new_process: NewProcess) -> None:
    process = new_process("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(ProcessError, match="ended with exit code 137"):
        process.wait_healthy(lambda: False, timeout_s=10)


def test_a_child_that_stays_unhealthy_is_reported_with_its_output(new_process: NewProcess) -> None:
    process = new_process(SAY_PID_AND_WAIT)
    pid = _pid(process.log_file)
    with pytest.raises(ProcessError) as caught:
        process.wait_healthy(lambda: False, timeout_s=0.1)
    assert str(caught.value) == (
        f"waited 0.1 s for the child to be healthy; its last output:\n{pid}"
    )


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    process = Process(
        "etcd", [tmp_path / "etcd"], env={}, cwd=tmp_path, log_file=tmp_path / "etcd.log"
    )
    process.start()
    with pytest.raises(ProcessError, match=r"etcd: No such file or directory$"):
        process.wait_healthy(lambda: False, timeout_s=10)
    process.stop()


def test_a_process_that_was_not_started_is_not_healthy(tmp_path: Path) -> None:
    process = Process("etcd", ["etcd"], env={}, cwd=tmp_path, log_file=tmp_path / "etcd.log")
    with pytest.raises(ProcessError, match=r"^etcd is not started$"):
        process.wait_healthy(lambda: True, timeout_s=1)


def test_the_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    log_file = tmp_path / "child.log"
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"""
import signal, sys
from pathlib import Path
from sandbox.processes import Process
Process("child", [sys.executable, "-c", {SAY_PID_AND_WAIT!r}], env={{}}, cwd=Path("/"),
        log_file=Path({str(log_file)!r})).start()
signal.pause()
""",
        ],
        cwd=PROJECT,
    )
    try:
        pid = _pid(log_file)
        assert _exists(pid)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)
    wait_until(lambda: not _exists(pid), what="the child to end with its parent", timeout_s=10)
