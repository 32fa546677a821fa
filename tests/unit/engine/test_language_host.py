"""What the language host gives to the programs it starts."""

from __future__ import annotations

from pathlib import Path

from pulumi.runtime.proto import language_pb2

from sandbox.engine.children import Children
from sandbox.engine.language_host import LanguageHost, activated


def test_configuration_never_comes_on_the_command_line() -> None:
    host = LanguageHost("127.0.0.1:1", Path("/executor"), Path("/python"), Children())
    request = language_pb2.RunRequest(
        project="p",
        stack="s",
        organization="organization",
        pwd="/project",
        dryRun=True,
        parallel=16,
        monitor_address="127.0.0.1:2",
        config={"p:word": "s3cr3t"},
        configSecretKeys=["p:word"],
        info=language_pb2.ProgramInfo(root_directory="/project", entry_point="."),
        args=["one"],
    )

    arguments = host.executor_arguments(request)

    assert arguments == [
        "--monitor", "127.0.0.1:2",
        "--engine", "127.0.0.1:1",
        "--project", "p",
        "--root_directory", "/project",
        "--stack", "s",
        "--organization", "organization",
        "--pwd", "/project",
        "--dry_run", "true",
        "--parallel", "16",
        ".", "one",
    ]  # fmt: skip


def test_a_virtual_environment_is_activated(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").touch()

    environment = activated(
        {"PATH": "/usr/bin", "PYTHONHOME": "/x", "A": "b"}, tmp_path / "bin" / "python"
    )

    assert environment == {
        "PATH": f"{tmp_path}/bin:/usr/bin",
        "VIRTUAL_ENV": str(tmp_path),
        "A": "b",
    }


def test_an_interpreter_outside_a_virtual_environment_is_only_put_first_on_the_path() -> None:
    assert activated({"PATH": "/usr/bin"}, Path("/opt/bin/python")) == {"PATH": "/opt/bin:/usr/bin"}


def test_activating_twice_changes_nothing_more(tmp_path: Path) -> None:
    once = activated({"PATH": "/usr/bin"}, tmp_path / "python")

    assert activated(once, tmp_path / "python") == once
