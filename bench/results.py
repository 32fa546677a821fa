"""`results.json`: what the last complete run of each part has measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One method in one case; times are seconds of the real service."""

    seconds: float
    requests: int
    """HTTP requests to Microsoft Graph; a batch is one."""
    writes: int
    """Users written, items of batches one by one."""
    throttled: int
    """Answers 429, items of batches included."""
    peak_mb: float
    """Sampled peak of the resident sets of all processes of the method."""
    state_bytes: int
    """What the method remembers, when the case is over."""
    ratio_to_limit: float
    """Seconds by the least that the directory's speed limit allows."""
    directory_cpu_seconds: float
    """CPU time of the stand-in's process, in seconds of this machine."""

    def as_json(self) -> dict[str, float]:
        """Return it with no more digits than mean something."""
        rounded = {"seconds": 2, "peak_mb": 1, "ratio_to_limit": 3, "directory_cpu_seconds": 2}
        return {
            name: round(value, rounded[name]) if name in rounded else value
            for name, value in asdict(self).items()
        }


def write_results(
    file: Path,
    part: str,
    measured: Mapping[str, Mapping[Any, Measurement]],
    meta: Mapping[str, Any],
) -> None:
    """Put a part's measurements and the conditions they were made in into `file`.

    What it holds of other parts stays.
    """
    results = read_results(file) if file.exists() else {}
    results[part] = {
        method: {case: measurement.as_json() for case, measurement in cases.items()}
        for method, cases in measured.items()
    }
    results["meta"] = {**results.get("meta", {}), part: dict(meta)}
    being_written = file.with_suffix(".part")
    being_written.write_text(json.dumps(results, indent=2) + "\n")
    being_written.replace(file)


def read_results(file: Path) -> dict[str, Any]:
    """Return what `write_results` wrote."""
    return json.loads(file.read_text())
