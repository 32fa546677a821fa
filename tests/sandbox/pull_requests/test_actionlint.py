"""actionlint finds nothing in the workflows, and would if there were something."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from sandbox.tools.recipe import ACTIONLINT
from sandbox.tools.release import ReleaseHosts
from sandbox.tools.resolver import Resolver

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def actionlint() -> Path:
    return Resolver(os.environ, ReleaseHosts(), print).executable(ACTIONLINT)


def test_the_workflows_are_in_order(actionlint: Path) -> None:
    found = subprocess.run([actionlint], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (found.stdout + found.stderr, found.returncode) == ("", 0)


def test_a_mistake_is_found(actionlint: Path, tmp_path: Path) -> None:
    wrong = (ROOT / ".github" / "workflows" / "preview.yaml").read_text()
    file = tmp_path / "wrong.yaml"
    file.write_text(wrong.replace("needs.stacks.outputs.stacks", "needs.stack.outputs.stacks"))

    found = subprocess.run([actionlint, file], capture_output=True, text=True, check=False)

    assert found.returncode == 1
    assert 'property "stack" is not defined' in found.stdout
