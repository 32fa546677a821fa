"""The measurements as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bench.users.method import CASES

TITLES: Final = {
    "first": "first assignment",
    "one_percent": "1 % change",
    "no_change": "no change",
    "refresh": "refresh",
}
_LEFT_ALIGNED: Final = 2


def columns(cell: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the numbers of one method in one case as people read them; None: what they are."""
    if cell is None:
        return ("seconds", "x limit", "requests", "writes", "429", "peak MB", "state kB")
    return (
        f"{cell['seconds']:,.1f}",
        f"{cell['ratio_to_limit']:,.2f}",
        f"{cell['requests']:,}",
        f"{cell['writes']:,}",
        f"{cell['throttled']:,}",
        f"{cell['peak_mb']:,.0f}",
        f"{cell['state_bytes'] / 1000:,.0f}",
    )


def table(measured: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    """Return the part's results as lines, a method a line, grouped by case."""
    rows: list[tuple[str, ...]] = [("case", "method", *columns(None))]
    for case in CASES:
        for number, (method, cases) in enumerate(measured.items()):
            title = TITLES[case] if number == 0 else ""
            rows.append((title, method, *columns(cases[case])))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < _LEFT_ALIGNED else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
