"""`python -m bench`: what `make bench` calls."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bench.directory import DirectoryError
from bench.options import COMMITTED, Options
from bench.review.command import ReviewBenchError, run_review
from bench.users.command import run_users
from bench.users.guide import GuideError
from bench.users.page import PageError
from bench.users.part import WrongOutcomeError
from sandbox.engine import EngineError
from sandbox.tools.errors import ToolsError

PARTS: Final[Mapping[str, Callable[[Options], None]]] = {
    "review": run_review,
    "users": run_users,
}
"""What can be measured; a part writes its own key of `results.json`."""
_EXPLAINED = (
    DirectoryError,
    EngineError,
    GuideError,
    PageError,
    ReviewBenchError,
    ToolsError,
    WrongOutcomeError,
)
"""What can go wrong and says itself what and why; anything else is a bug and shows its trace."""


def main() -> int:
    """Measure; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--part", choices=sorted(PARTS), default="users", help="what to measure")
    parser.add_argument("--users", type=_positive(int), default=10_000, help="users of the tenant")
    parser.add_argument(
        "--time-scale",
        type=_positive(float),
        default=2.0,
        help="makes latency and quota window that many times shorter; 1 is real time",
    )
    parser.add_argument(
        "--output", type=Path, default=COMMITTED, help="folder of results and picture"
    )
    arguments = parser.parse_args()
    # Ended from outside, it ends what it has started, as after a Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        options = Options(
            users=arguments.users,
            time_scale=arguments.time_scale,
            output=arguments.output.resolve(),
            folder=Path(folder),
            say=_say,
        )
        try:
            PARTS[arguments.part](options)
        except _EXPLAINED as error:
            sys.stderr.write(f"\nThe benchmark failed, and nothing was written:\n{error}\n")
            return 1
    return 0


def _positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    def positive(text: str) -> float:
        number = kind(text)
        if number <= 0:
            msg = f"{text} is not above 0"
            raise argparse.ArgumentTypeError(msg)
        return number

    return positive


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; nothing was written and nothing is left running\n")
        sys.exit(130)
