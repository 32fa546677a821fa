"""Engines with a project each, on the tools that the sandbox has."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sandbox.engine import Engine
from sandbox.tools.resolver import Tools, resolve

MakeEngine = Callable[..., Engine]

PROJECT = """\
name: small
runtime:
  name: python
  options:
    virtualenv: .venv
"""


@pytest.fixture(scope="session")
def tools() -> Tools:
    return resolve(print)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A program that declares nothing; its virtual environment does not exist."""
    return write_project(tmp_path / "project", "")


def write_project(folder: Path, program: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text(PROJECT)
    (folder / "__main__.py").write_text(program)
    return folder


@pytest.fixture
def make_engine(tools: Tools, tmp_path: Path, project: Path) -> MakeEngine:
    """Make an engine with a new stack `dev` for a program."""

    def make(
        program: str = "",
        *,
        name: str = "home",
        env: Mapping[str, str] | None = None,
        stack_folder: Path = project,
        stack_exists: bool = False,
    ) -> Engine:
        write_project(project, program)
        home = tmp_path / name
        engine = Engine(tools, home=home, project=project, python=Path(sys.executable), env=env)
        if not stack_exists:
            # It writes Pulumi.dev.yaml beside the Pulumi.yaml of the folder it is run in.
            write_project(stack_folder, program)
            engine.run("stack", "init", "dev", "--cwd", str(stack_folder))
        return engine

    return make
