"""A report, written for people or for machines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

from review.rendering.json import render_json
from review.rendering.markdown import render_markdown
from review.rendering.sarif import render_sarif
from review.rendering.terminal import render_terminal
from review.report import Report

Format = Literal["terminal", "markdown", "json", "sarif"]
FORMATS: tuple[Format, ...] = get_args(Format)

_WRITERS: dict[str, Callable[[Report], str]] = {
    "markdown": render_markdown,
    "json": render_json,
    "sarif": render_sarif,
}


def write(report: Report, form: Format, *, colour: bool = False) -> str:
    """Return the report in a format, ending in a line break; `colour` is for terminals."""
    if form == "terminal":
        return render_terminal(report, colour=colour)
    return _WRITERS[form](report)


__all__ = [
    "FORMATS",
    "Format",
    "render_json",
    "render_markdown",
    "render_sarif",
    "render_terminal",
    "write",
]
