"""Runs one command, and ends it when the process that asked for it says so or is gone.

Started by `sandbox.processes` as a file of its own (standard library only, no imports of ours), so
that it is up in some ten milliseconds: `python lifeline.py STOP_TIMEOUT_S COMMAND...`. Its standard
input is a pipe whose other end the asking process holds; that end closes however that process ends,
also by SIGKILL. PR_SET_PDEATHSIG would do so on Linux only, and by the *thread* that started the
child: a cluster started from a pool's thread would die with that thread.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

_CANNOT_START = 127
_KILLED_BY_SIGNAL = 128


def main(stop_timeout_s: float, command: list[str]) -> int:
    """Run `command` and return its exit code (128 + n when signal n ended it, 127: not started).

    When the pipe closes it gets SIGTERM, and SIGKILL if it still runs `stop_timeout_s` later.
    """
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    except OSError as err:
        sys.stderr.write(f"cannot start {command[0]}: {err.strerror}\n")
        return _CANNOT_START

    def end_with_the_pipe() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        child.terminate()
        try:
            child.wait(stop_timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()

    threading.Thread(target=end_with_the_pipe, daemon=True).start()
    # Whoever ends this process by hand means the command.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: child.send_signal(received))
    code = child.wait()
    return code if code >= 0 else _KILLED_BY_SIGNAL - code


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
