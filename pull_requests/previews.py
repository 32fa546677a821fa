"""A preview as files in a folder, which one job writes and others read.

    preview.json   what `pulumi preview --json` printed
    preview.log    what it said beside it
    report.md      the review, for people

Whoever opens a pull request decides what is in such a folder that comes from its workflow: files
are read up to a limit, and only what is in `preview.json` counts.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import review
from pull_requests.comparison import fingerprint, steps_of
from pull_requests.errors import PreviewNotReadableError
from review.reading.failed import preview_that_failed
from review.running import preview_text

MAX_BYTES = 200 * 1024 * 1024
"""A preview of 100,000 users has some 40 MB."""
_JSON, _LOG, _REPORT = "preview.json", "preview.log", "report.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A preview and what it means."""

    markdown: str
    failed: bool
    changes: bool
    """Whether something would be done, or has been changed outside."""
    fingerprint: str
    """Empty when the preview failed."""


def preview(
    stack: str,
    folder: Path,
    *,
    say: Callable[[str], object],
    policy_pack: Path | None = None,
) -> Reviewed:
    """Preview a stack, with what has been changed outside, and write the files into `folder`.

    Raises:
        CannotRunError: there is no `pulumi`.
    """
    text, log = preview_text(
        stack, refresh=True, policy_pack=policy_pack, policy_pack_config=None, progress=say
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _JSON).write_text(text, encoding="utf-8")
    (folder / _LOG).write_text(log, encoding="utf-8")
    found = reviewed(stack, folder)
    (folder / _REPORT).write_text(found.markdown, encoding="utf-8")
    return found


def reviewed(stack: str, folder: Path) -> Reviewed:
    """Return what the preview in `folder` means; one that is not there has failed.

    Raises:
        PreviewNotReadableError: a file is larger than any preview.
    """
    text, log = _read(folder / _JSON), _read(folder / _LOG)
    try:
        found = review.read_preview(text)
    except review.PreviewNotReadError as error:
        found = preview_that_failed(f"{text}\n{log}".strip() or str(error), stack)
    settings_file = Path("review.yaml")
    settings = review.load_settings(settings_file if settings_file.exists() else None)
    report = review.report(found, settings.for_stack(stack, datetime.now(UTC).date()))
    steps = steps_of(found)
    return Reviewed(
        markdown=review.write(report, "markdown"),
        failed=report.failed,
        changes=bool(steps),
        fingerprint="" if report.failed else fingerprint(steps),
    )


def preview_json(folder: Path) -> str:
    """Return what `pulumi preview --json` printed.

    Raises:
        PreviewNotReadableError: there is no such file, or it is larger than any preview.
    """
    if not (folder / _JSON).is_file():
        msg = f"There is no preview in {folder}: {_JSON} is missing."
        raise PreviewNotReadableError(msg)
    return _read(folder / _JSON)


def deploy(stack: str) -> int:
    """Apply the stack as it is declared and return Pulumi's exit status.

    It asks nobody and previews nothing: that has been done.
    """
    command = ["pulumi", "up", "--yes", "--skip-preview", "--refresh", "--non-interactive"]
    sys.stdout.flush()
    return subprocess.run([*command, "--stack", stack], check=False).returncode


def _read(file: Path) -> str:
    if not file.is_file():
        return ""
    if file.stat().st_size > MAX_BYTES:
        msg = f"{file} is larger than {MAX_BYTES // 1024**2} MB, which no preview is"
        raise PreviewNotReadableError(msg)
    return file.read_text(encoding="utf-8", errors="replace")
