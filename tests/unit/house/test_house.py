"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from settings.model import CustomCloud, NamespaceAccess, Settings
from settings.problems import property_path
from settings.workload_identity import GitHub

ROOT = Path(__file__).parents[3]
PACKAGES = (
    *("attributes", "bench", "components", "graph", "policy", "pull_requests", "review", "sandbox"),
    *("settings", "tests", "verify"),
)
MAX_LINES = 400
CLOUD_SDKS = {"pulumi_aws", "pulumi_azuread", "pulumi_kubernetes"}

MAY_IMPORT = {
    "attributes": {"attributes", "graph"},
    "bench": {"attributes", "bench", "components", "graph", "sandbox"},
    "settings": {"attributes", "settings"},
    "graph": {"graph"},
    "components": {"attributes", "components", "graph", "settings"},
    "policy": {"policy", "review"},
    "pull_requests": {"pull_requests", "review"},
    "review": {"graph", "review"},
    "verify": {"verify"},
    "sandbox": {"attributes", "sandbox", "settings", "verify"},
}
"""The program never knows that it runs in a sandbox; arrows point one way."""


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_packages_import_only_what_is_below_them(package: str) -> None:
    wrong = [
        f"{file.relative_to(ROOT)} imports {name}"
        for file in tracked(f"{package}/*.py")
        for name in imported(file)
        if name in PACKAGES and name not in MAY_IMPORT[package]
    ]

    assert wrong == []


def test_the_program_itself_does_not_know_the_sandbox() -> None:
    assert {"sandbox", "tests", "verify"}.isdisjoint(imported(ROOT / "__main__.py"))


def test_the_dynamic_providers_package_imports_no_cloud_sdk() -> None:
    """Their process starts anew with every engine command."""
    for file in tracked("graph/*.py"):
        assert CLOUD_SDKS.isdisjoint(imported(file)), file


def test_deciding_user_attributes_needs_neither_pulumi_nor_the_network() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, attributes.files, attributes.resolution; print(*sys.modules)",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"pulumi", "httpx"}.isdisjoint(loaded.stdout.split())


def test_no_file_has_grown_too_long() -> None:
    long = [
        f"{file.relative_to(ROOT)}: {lines}"
        for file in tracked("*.py")
        if (lines := len(file.read_text().splitlines())) > MAX_LINES
    ]

    assert long == []


def test_pytest_collects_every_file_with_tests() -> None:
    missed = [
        str(file.relative_to(ROOT))
        for file in tracked("tests/*.py")
        if re.search(r"^def test_|^    def test_", file.read_text(), re.MULTILINE)
        and not file.name.startswith("test_")
    ]

    assert missed == []


def leaves(model: type[BaseModel], prefix: tuple[str, ...] = ()) -> Iterator[str]:
    for name, field in model.model_fields.items():
        keys = (*prefix, field.alias or name)
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from leaves(annotation, keys)
        else:
            yield property_path(keys)


def test_the_readme_lists_every_setting_and_no_other() -> None:
    readme = (ROOT / "README.md").read_text()
    section = readme.partition("\n## Settings\n")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)

    assert listed == list(leaves(Settings))
    for model in (CustomCloud, GitHub, NamespaceAccess):
        for alias in (field.alias for field in model.model_fields.values()):
            assert f"`{alias}`" in section
