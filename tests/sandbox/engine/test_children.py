"""The programs of the language host end when they have to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox.engine import children
from sandbox.engine.children import Children

ENV = {"PATH": os.defpath}


def test_a_program_that_ends_in_time_is_not_disturbed(tmp_path: Path) -> None:
    with Children().run(["sh", "-c", "echo done"], ENV, tmp_path, piped=True) as process:
        assert process.stdout is not None
        assert process.stdout.read() == b"done\n"
        assert process.wait() == 0


def test_a_program_that_ignores_sigterm_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "GRACE_S", 0.2)
    stubborn = "trap '' TERM; echo ready; while :; do sleep 0.1; done"
    with Children().run(["sh", "-c", stubborn], ENV, tmp_path, piped=True) as process:
        assert process.stdout is not None
        process.stdout.readline()

    assert process.returncode == -9


def test_all_end_together_and_none_is_started_after_that(tmp_path: Path) -> None:
    host = Children()
    with host.run(["sleep", "600"], ENV, tmp_path, piped=False) as process:
        host.end_all()

        assert process.returncode == -15
        with (
            pytest.raises(ProcessLookupError, match="the language host is ending"),
            host.run(["true"], ENV, tmp_path, piped=False),
        ):
            pass


def test_a_program_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(FileNotFoundError),
        Children().run([str(tmp_path / "none")], ENV, tmp_path, piped=False),
    ):
        pass


def test_a_program_gets_a_group_of_its_own(tmp_path: Path) -> None:
    with Children().run(["sleep", "600"], ENV, tmp_path, piped=False) as process:
        assert os.getpgid(process.pid) == process.pid
        assert os.getsid(process.pid) == os.getsid(0)
