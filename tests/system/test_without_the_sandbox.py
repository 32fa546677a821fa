"""The program needs nothing of the sandbox: it runs where there is none."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.sandbox import Sandbox
from sandbox.stack import PROJECT_FOLDER, RehearsedStack
from sandbox.tools.resolver import Tools

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

LEFT_OUT = ("bench/", "sandbox/", "tests/", "verify/")
NO_SANDBOX = """\
import importlib.util

assert importlib.util.find_spec("sandbox") is None, "the program could import the sandbox"
assert importlib.util.find_spec("tests") is None, "the program could import the tests"
"""


def copy_of_the_program(folder: Path) -> Path:
    """Everything that is committed but the sandbox and what proves the program."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if name.startswith(LEFT_OUT) or not (PROJECT_FOLDER / name).is_file():
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT_FOLDER / name, target)
    main = folder / "__main__.py"
    text = main.read_text()
    first = "import pulumi\n"
    assert first in text
    main.write_text(text.replace(first, NO_SANDBOX + first, 1))
    return folder


def test_a_copy_without_the_sandbox_previews_against_one(
    sandbox: Sandbox, tools: Tools, tmp_path: Path
) -> None:
    program = copy_of_the_program(tmp_path / "program")
    stack = RehearsedStack("sandbox", sandbox.endpoints, tools, tmp_path / "stack", project=program)
    stack.init()

    steps = json.loads(stack.preview("--json").stdout)["steps"]

    created = {step["urn"].split("::")[2].split("$")[-1] for step in steps}
    assert {step["op"] for step in steps} <= {"create", "read", "same"}
    assert "azuread:index/application:Application" in created
    assert "aws:eks/identityProviderConfig:IdentityProviderConfig" in created
    assert any(name.startswith("pulumi-python:dynamic") for name in created)
    assert not (program / "sandbox").exists()
