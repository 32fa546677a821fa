"""A preview that never was: Pulumi ended before it wrote one."""

from __future__ import annotations

from review.model import Diagnostic, Preview
from review.values import masked_text


def preview_that_failed(said: str, stack: str = "") -> Preview:
    """Return a failed preview of `stack` with what Pulumi said instead."""
    return Preview(
        form="digest",
        stack=stack,
        diagnostics=(Diagnostic(severity="error", message=masked_text(said.strip())),),
        failed=True,
    )
