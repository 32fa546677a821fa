"""The memory of everything that a method has started."""

from __future__ import annotations

import os
import subprocess
import sys

from bench.memory import PeakMemory, descendants_bytes
from sandbox.waiting import wait_until

HOLD_MB = 60
# A child that starts a grandchild, which holds the memory until its input closes.
HOLDER = f"import sys; held = b'x' * {HOLD_MB}_000_000; print('held', flush=True); sys.stdin.read()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDER!r}])"


def test_grandchildren_count_and_those_left_out_do_not() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            assert child.stdout.readline() == "held\n"
            with PeakMemory() as memory:
                wait_until(lambda: memory.mb > HOLD_MB, what="a sample", timeout_s=20)
            with_it = descendants_bytes(os.getpid(), frozenset())
            without = descendants_bytes(os.getpid(), frozenset({child.pid}))
        finally:
            child.stdin.close()

    assert with_it - without > HOLD_MB * 1_000_000
    assert memory.mb < 50 * HOLD_MB
