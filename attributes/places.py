"""Where a value is declared, and what is wrong there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_SHOWN = 50
"""A file of 100,000 rows can be wrong in each of them; nobody reads more than these at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """A setting by its path, or a line of a file."""

    source: str
    line: int | None = None

    def __str__(self) -> str:
        return self.source if self.line is None else f"{self.source}:{self.line}"


@dataclass(frozen=True, slots=True)
class PlacedProblem:
    """What is wrong at a place, in the words of the person who has to mend it."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def listed(problems: Sequence[object], *, indent: str = "  ", most: int = MOST_SHOWN) -> str:
    """Return a line a problem, the first `most` of them, and how many more there are."""
    lines = [f"{indent}{problem}" for problem in problems[:most]]
    if len(problems) > most:
        lines.append(f"{indent}… and {len(problems) - most:,} more.")
    return "\n".join(lines)


def named(names: Sequence[str], *, most: int = 5) -> str:
    """Return names in one line, the first `most` of them, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
