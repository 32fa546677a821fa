"""Pulumi's exit status counts, whatever the preview looks like."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from review.running import preview_text
from tests.unit.review.previews import create, digest
from tests.unit.review.resources import binding

WELL = digest(create(binding()))
BROKEN = digest(diagnostics=[{"severity": "error", "message": "error: no such group"}])


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a `pulumi` that prints `printed` and ends with the status in `status`."""
    command = tmp_path / "pulumi"
    command.write_text(
        f"#!/bin/sh\ncat {tmp_path}/printed\necho said >&2\nexit $(cat {tmp_path}/status)\n"
    )
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


@pytest.mark.parametrize(
    ("printed", "status", "kept"),
    [(WELL, 0, True), (BROKEN, 1, True), ("error: no stack", 1, True), (WELL, 1, False)],
)
def test_only_a_preview_that_looks_well_and_did_not_end_so_is_left_out(
    pulumi: Path, printed: str, status: int, kept: bool
) -> None:
    (pulumi / "printed").write_text(printed)
    (pulumi / "status").write_text(str(status))

    text, log = preview_text(
        "dev",
        refresh=False,
        policy_pack=None,
        policy_pack_config=None,
        progress=lambda _line: None,
    )

    if kept:
        assert (text, log) == (printed, "said\n")
    else:
        assert (text, log) == ("", "error: pulumi preview ended with status 1.\nsaid\n")
