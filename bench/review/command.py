"""The part `review` from the command line: a preview of all users, in each form and format."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.memory import PeakMemory
from bench.options import Options
from bench.results import read_results
from bench.review.preview import digest, events

RUNS: Final = 5
"""The best of these counts: what is more is the machine's doing."""
FORMATS: Final = ("terminal", "markdown", "json", "sarif")
_ROOT: Final = Path(__file__).parents[2]


class ReviewBenchError(Exception):
    """The reviewer did not do what it was asked to."""


def run_review(options: Options) -> None:
    """Measure the command `python -m review`, show a table, write the results.

    Raises:
        ReviewBenchError: a review ended otherwise than expected.
    """
    measured: dict[str, dict[str, dict[str, float]]] = {}
    for form, text in (("digest", digest(options.users)), ("events", events(options.users))):
        file = options.folder / f"{form}.json"
        file.write_text(text)
        measured[form] = {}
        for number, output in enumerate(FORMATS, 1):
            options.say(f"{form} as {output} ({number} of {len(FORMATS)})")
            measured[form][output] = _measure(file, output)
    meta = {
        "users": options.users,
        "best_of": RUNS,
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }
    file = options.output / "results.json"
    _write(file, measured, meta)
    options.say(f"\n{table(measured)}\n\n{file} written")


def table(measured: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Return the measurements as a table in Markdown."""
    lines = ["| preview | format | seconds | peak MB |", "|---|---|---:|---:|"]
    lines += [
        f"| {form} | {output} | {one['seconds']:.2f} | {one['peak_mb']:.0f} |"
        for form, outputs in measured.items()
        for output, one in outputs.items()
    ]
    return "\n".join(lines)


def _measure(file: Path, output: str) -> dict[str, float]:
    command = [sys.executable, "-m", "review", "--format", output, str(file)]
    best, peak = float("inf"), 0.0
    for _ in range(RUNS):
        with PeakMemory() as memory:
            started = time.monotonic()
            done = subprocess.run(
                command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=300
            )
            best = min(best, time.monotonic() - started)
        peak = max(peak, memory.mb)
        if done.returncode:
            msg = f"python -m review ended with {done.returncode}: {done.stderr.strip()[-500:]}"
            raise ReviewBenchError(msg)
    return {"seconds": round(best, 2), "peak_mb": round(peak, 1)}


def _write(file: Path, measured: Mapping[str, Any], meta: Mapping[str, Any]) -> None:
    """Put the part into `file`; what it holds of other parts stays."""
    results = read_results(file) if file.exists() else {}
    results["review"] = measured
    results["meta"] = {**results.get("meta", {}), "review": dict(meta)}
    being_written = file.with_suffix(".part")
    being_written.write_text(json.dumps(results, indent=2) + "\n")
    being_written.replace(file)
