"""Which of the errors that Pulumi tells make a preview a failed one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from review.model import Diagnostic

_NOT_ACKNOWLEDGED = re.compile(r"(?:error: )?Detected that .+ exited prematurely\.")
"""What the engine says when it ends a plugin that has not acknowledged that within 5 s, such as on
a busy machine: https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/resource/plugin/plugin.go
(`Plugin.Close`). It is an error of no step, and the command's exit status is 0."""


def weighed(diagnostics: Iterable[Diagnostic], *, ended: bool) -> tuple[Diagnostic, ...]:
    """Return the diagnostics of a preview, with what is no failure of it as a warning.

    `ended` tells whether the engine summed the preview up. A plugin that is said to have exited
    too early has then done all that it was asked: had it not, a step would tell its own error.
    With any other error, or without the summary, it may be why, and everything stays an error.
    """
    told = tuple(diagnostics)
    errors = [entry for entry in told if entry.severity == "error"]
    if not ended or not all(_NOT_ACKNOWLEDGED.match(entry.message) for entry in errors):
        return told
    return tuple(
        replace(entry, severity="warning") if entry.severity == "error" else entry for entry in told
    )
