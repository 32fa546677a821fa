"""Reads a preview of Pulumi and says what it means for people's access.

    review.review(text, settings) -> Report
    review.write(report, "markdown" | "json" | "sarif" | "terminal") -> str

Reading (`reading`) makes a model of it, independent of the form it came in; rules (`rules`) look at
the model; the report joins what they find; `rendering` writes it. It knows nothing of the program
but the types of what it declares, and asks no service anything, unless names are to be resolved.
"""

from __future__ import annotations

from review.names import Names
from review.reading import PreviewNotReadError, read_preview
from review.rendering import FORMATS, Format, write
from review.report import Report, Verdict, report
from review.settings import ReviewSettings, ReviewSettingsError, load_settings

__all__ = [
    "FORMATS",
    "Format",
    "Names",
    "PreviewNotReadError",
    "Report",
    "ReviewSettings",
    "ReviewSettingsError",
    "Verdict",
    "load_settings",
    "read_preview",
    "report",
    "review",
    "write",
]


def review(text: str, settings: ReviewSettings, names: Names | None = None) -> Report:
    """Review what `pulumi preview --json` printed.

    Raises:
        PreviewNotReadError: there is no preview in it.
    """
    return report(read_preview(text), settings, names)
