"""Which Python runs a program, and which plugins its packages ask for."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine.interpreter import (
    InterpreterError,
    RequiredPlugin,
    interpreter_for,
    required_plugins,
    site_packages,
)

FALLBACK = Path("/fallback/bin/python")


def make_virtualenv(folder: Path) -> Path:
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    return python


def make_package(folder: Path, package: str, **said: Any) -> None:
    file = folder / package / "pulumi-plugin.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(said))


def test_the_virtualenv_option_is_relative_to_the_project(tmp_path: Path) -> None:
    python = make_virtualenv(tmp_path / ".venv")

    assert interpreter_for(tmp_path, {"virtualenv": ".venv"}, FALLBACK) == python


def test_the_virtualenv_option_may_be_absolute(tmp_path: Path) -> None:
    python = make_virtualenv(tmp_path / "elsewhere")

    options = {"virtualenv": str(tmp_path / "elsewhere")}

    assert interpreter_for(tmp_path / "project", options, FALLBACK) == python


@pytest.mark.parametrize("options", [{}, {"virtualenv": ""}, {"virtualenv": ".venv"}])
def test_without_a_virtualenv_the_engine_s_own_python_runs(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    assert interpreter_for(tmp_path, options, FALLBACK) == FALLBACK


def test_a_folder_that_is_no_virtualenv_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()

    message = (
        f"the 'virtualenv' option names {tmp_path / '.venv'}, which is not a virtual environment: "
        "it has no bin/python. Remove it and make it anew with: make setup"
    )
    with pytest.raises(InterpreterError, match=f"^{re.escape(message)}$"):
        interpreter_for(tmp_path, {"virtualenv": ".venv"}, FALLBACK)


def test_packages_say_which_plugin_they_need(tmp_path: Path) -> None:
    make_package(tmp_path, "pulumi_zoo", resource=True, name="zoo", version="v2.0.1")
    make_package(tmp_path, "pulumi_ark", resource=True, version="1.2.3", server="https://ark")
    make_package(tmp_path, "pulumi_policy", resource=False)
    (tmp_path / "httpx").mkdir()

    assert required_plugins([tmp_path]) == [
        RequiredPlugin(name="ark", version="1.2.3", server="https://ark"),
        RequiredPlugin(name="zoo", version="2.0.1"),
    ]


def test_the_package_that_is_imported_counts(tmp_path: Path) -> None:
    make_package(tmp_path / "first", "pulumi_zoo", resource=True, version="2.0.0")
    make_package(tmp_path / "second", "pulumi_zoo", resource=True, version="1.0.0")

    folders = [tmp_path / "first", tmp_path / "second"]

    assert [plugin.version for plugin in required_plugins(folders)] == ["2.0.0"]


def test_this_interpreter_has_the_three_providers_installed() -> None:
    plugins = {plugin.name for plugin in required_plugins(site_packages(Path(sys.executable)))}

    assert {"aws", "azuread", "kubernetes"} <= plugins


def test_another_virtualenv_is_asked_without_running_it(tmp_path: Path) -> None:
    python = make_virtualenv(tmp_path)
    packages = tmp_path / "lib" / "python3.12" / "site-packages"
    make_package(packages, "pulumi_zoo", resource=True, version="2.0.0")

    assert site_packages(python) == [packages]
