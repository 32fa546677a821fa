"""Lets this project's waits pass faster, as the directory's quota windows do in a benchmark.

Python imports this file in every process whose PYTHONPATH names its folder; only `ours` does. The
project waits by one clock (`graph.clock`), so that clock is all there is to change: what the
process computes takes the time it takes. The other two methods wait for nothing but a
`Retry-After`, which the directory counts in the seconds of this machine.
"""

import os
import time

from graph.clock import SystemClock

_SCALE = float(os.environ["BENCH_TIME_SCALE"])

SystemClock.now = lambda self: time.monotonic() * _SCALE  # noqa: ARG005
SystemClock.sleep = lambda self, seconds: time.sleep(seconds / _SCALE)  # noqa: ARG005
