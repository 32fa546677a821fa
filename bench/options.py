"""What a run of the benchmark is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

COMMITTED: Final = Path(__file__).parent
"""Where the results are that are committed, and told of in the documentation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One run. `time_scale` makes latency and quota windows that many times shorter."""

    users: int
    time_scale: float
    output: Path
    """Folder of `results.json` and of the pictures made of it."""
    folder: Path
    """For everything that is only needed while it runs."""
    say: Callable[[str], None]
    """Shows a line."""
