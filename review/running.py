"""Runs `pulumi preview` for who wants its review at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from review.reading import PreviewNotReadError, read_preview

_EVERY_S = 10.0


class CannotRunError(Exception):
    """Pulumi cannot be run here."""


def preview_text(
    stack: str | None,
    *,
    config_file: Path | None = None,
    refresh: bool,
    policy_pack: Path | None,
    policy_pack_config: Path | None,
    progress: Callable[[str], object],
) -> tuple[str, str]:
    """Return what `pulumi preview` printed to standard output and error.

    Unchanged resources are shown too, for names and for the picture. With a policy pack the events
    are asked for, because the digest drops what policies say. Nothing is printed or kept.
    A preview that looks well although Pulumi ended with an error is left out, and the second text
    says so: whoever reads both takes it for the failed one that it is.

    Raises:
        CannotRunError: there is no `pulumi`.
    """
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        msg = "pulumi is not on the PATH; see https://www.pulumi.com/docs/iac/download-install/"
        raise CannotRunError(msg)
    command = [pulumi, "preview", "--json", "--show-sames", "--non-interactive", "--color", "never"]
    command += ["--stack", stack] if stack else []
    command += ["--config-file", str(config_file)] if config_file else []
    command += ["--refresh"] if refresh else []
    environment = dict(os.environ)
    if policy_pack is not None:
        command += ["--policy-pack", str(policy_pack)]
        environment["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"] = "true"
        if policy_pack_config is not None:
            command += ["--policy-pack-config", str(policy_pack_config)]
    started = time.monotonic()
    progress(f"pulumi preview of {stack or 'the selected stack'}")
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        while True:
            try:
                printed, said = process.communicate(timeout=_EVERY_S)
            except subprocess.TimeoutExpired:
                progress(f"  still previewing, {time.monotonic() - started:.0f} s")
            else:
                break
    progress(f"previewed in {time.monotonic() - started:.0f} s")
    if process.returncode and not _tells_why(printed):
        said = f"error: pulumi preview ended with status {process.returncode}.\n{said}"
        return "", said
    return printed, said


def _tells_why(printed: str) -> bool:
    try:
        preview = read_preview(printed)
    except PreviewNotReadError:
        return True  # there is no preview, and so none that looks well
    stops = any(result.level == "mandatory" for result in preview.policy_results)
    return preview.failed or stops


__all__ = ["CannotRunError", "preview_text"]
