"""The life of a small stack, on the real engine."""

from __future__ import annotations

import json
import sysconfig
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.engine import PulumiFailedError, Result
from tests.sandbox.engine.conftest import MakeEngine

pytestmark = pytest.mark.engine

WITH_OUTPUTS = """
import pulumi
pulumi.export("plain", "seen")
pulumi.export("hidden", pulumi.Output.secret("not-to-be-seen"))
"""
WITH_A_DYNAMIC_RESOURCE = """
import pulumi
from made_here import Note
pulumi.export("python", Note("note", text="hello").python)
"""
DYNAMIC_PROVIDER = """
import sys
import pulumi
from pulumi import dynamic

class NoteProvider(dynamic.ResourceProvider):
    def create(self, props):
        return dynamic.CreateResult(id_="1", outs={"text": props["text"], "python": sys.executable})

class Note(dynamic.Resource, module="notes", name="Note"):
    python: pulumi.Output[str]
    def __init__(self, name, text):
        super().__init__(NoteProvider(), name, {"text": text, "python": None})
"""


def test_a_stack_lives_from_up_to_destroy(make_engine: MakeEngine) -> None:
    engine = make_engine(WITH_OUTPUTS)

    up = engine.up("dev")
    again = engine.preview("dev", "--expect-no-changes")
    engine.refresh("dev")

    assert "+ 1 created" in up.stdout
    assert "1 unchanged" in again.stdout
    assert engine.outputs("dev") == {"plain": "seen", "hidden": "[secret]"}
    assert engine.outputs("dev", show_secrets=True)["hidden"] == "not-to-be-seen"

    engine.destroy("dev")

    assert engine.export_state("dev")["deployment"].get("resources", []) == []


def test_the_state_and_the_home_hold_no_secret_in_the_clear(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = make_engine(WITH_OUTPUTS, env={"ARM_CLIENT_SECRET": "of-the-deployer"})

    engine.up("dev")

    assert "not-to-be-seen" not in json.dumps(engine.export_state("dev"))
    for file in (tmp_path / "home").rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"not-to-be-seen" not in content, file
            assert b"of-the-deployer" not in content, file


def test_dynamic_providers_run_with_the_program_s_python(
    make_engine: MakeEngine, project: Path
) -> None:
    python = write_virtualenv(project / ".venv")
    (project / "made_here.py").write_text(DYNAMIC_PROVIDER)
    engine = make_engine(WITH_A_DYNAMIC_RESOURCE)

    engine.up("dev")

    assert engine.outputs("dev")["python"] == str(python)


def test_dynamic_providers_run_without_the_virtualenv_too(
    make_engine: MakeEngine, project: Path
) -> None:
    (project / "made_here.py").write_text(DYNAMIC_PROVIDER)
    engine = make_engine(WITH_A_DYNAMIC_RESOURCE)

    engine.up("dev")
    again = engine.preview("dev", "--expect-no-changes")

    assert "2 unchanged" in again.stdout


def test_the_caller_s_environment_does_not_reach_the_program(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "pul-of-somebody")
    engine = make_engine(
        "import os, pulumi\npulumi.export('names', sorted(os.environ))", env={"ARM_TENANT_ID": "t"}
    )

    engine.up("dev")

    names = engine.outputs("dev")["names"]
    assert "ARM_TENANT_ID" in names
    assert {"AWS_PROFILE", "PULUMI_ACCESS_TOKEN", "PYTHONPATH"}.isdisjoint(names)


def test_a_config_file_and_its_secrets_reach_the_program(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = make_engine(
        "import pulumi\n"
        "pulumi.export('word', pulumi.Config().require_secret('word'))\n"
        "pulumi.export('is_secret', pulumi.runtime.is_config_secret('small:word'))"
    )
    config_file = tmp_path / "Pulumi.elsewhere.yaml"
    engine.run("config", "set", "--secret", "word", "open", stack="dev", config_file=config_file)

    engine.up("dev", config_file=config_file)

    assert "open" not in config_file.read_text()
    assert engine.outputs("dev", show_secrets=True) == {"word": "open", "is_secret": True}


def test_a_program_that_fails_is_an_error_with_what_it_said_but_no_secret(
    make_engine: MakeEngine,
) -> None:
    engine = make_engine(
        "import os\nprint(os.environ['ARM_CLIENT_SECRET'])\nraise ValueError('wrong settings')",
        env={"ARM_CLIENT_SECRET": "of-the-deployer"},
    )
    lines: list[str] = []

    with pytest.raises(PulumiFailedError, match="ValueError: wrong settings") as failed:
        engine.preview("dev", on_line=lines.append)

    assert failed.value.returncode != 0
    assert "of-the-deployer" not in str(failed.value) + "".join(lines)
    assert any("[secret]" in line for line in lines), "it was printed, and blotted out"


def test_a_failure_can_be_looked_at_instead(make_engine: MakeEngine) -> None:
    engine = make_engine("raise ValueError('wrong settings')")

    result = engine.preview("dev", check=False)

    assert result.returncode != 0
    assert "wrong settings" in result.stdout + result.stderr


def test_a_program_that_exits_by_itself_fails(make_engine: MakeEngine) -> None:
    engine = make_engine("import os; os._exit(7)")

    with pytest.raises(PulumiFailedError, match="the program ended with exit status 7"):
        engine.preview("dev")


def test_a_command_can_be_traced(make_engine: MakeEngine, tmp_path: Path) -> None:
    """The engine puts flags before the language host's argument when it is traced."""
    engine = make_engine(WITH_OUTPUTS)

    engine.preview("dev", "--otel-traces", (tmp_path / "traces.json").as_uri())

    assert "LanguageRuntime/Run" in (tmp_path / "traces.json").read_text()


def test_results_do_not_show_what_was_printed() -> None:
    result = Result(returncode=0, stdout="secret", stderr="secret", seconds=1.5)

    assert repr(result) == "Result(returncode=0, seconds=1.5)"


def test_engines_work_side_by_side_on_one_project(make_engine: MakeEngine, tmp_path: Path) -> None:
    names = ("one", "two")
    engines = {
        name: make_engine(WITH_OUTPUTS, name=name, stack_folder=tmp_path / f"stack-{name}")
        for name in names
    }
    config_files = {name: tmp_path / f"stack-{name}" / "Pulumi.dev.yaml" for name in names}

    with ThreadPoolExecutor() as threads:
        running = [
            threads.submit(engine.up, "dev", config_file=config_files[name])
            for name, engine in engines.items()
        ]
        results = [up.result() for up in running]

    assert [result.returncode for result in results] == [0, 0]
    assert len({engine.environment["PULUMI_HOME"] for engine in engines.values()}) == len(names)


def test_an_engine_can_be_made_again_on_the_same_home(make_engine: MakeEngine) -> None:
    engine = make_engine(WITH_OUTPUTS)
    engine.up("dev")

    again = make_engine(WITH_OUTPUTS, stack_exists=True)

    assert again.outputs("dev") == {"plain": "seen", "hidden": "[secret]"}


def write_virtualenv(folder: Path) -> Path:
    """Make a virtual environment that has the packages of the one that runs the tests."""
    venv.create(folder, symlinks=True)
    (packages,) = (folder / "lib").glob("python3.*/site-packages")
    (packages / "of_the_tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "python"
