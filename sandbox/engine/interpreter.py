"""Which Python a program or a policy pack runs with, and which plugins that Python's packages need.

Standard library only: the language host is started for every engine command, so what it imports is
paid each time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PLUGIN_FILE: Final = "pulumi-plugin.json"


class InterpreterError(RuntimeError):
    """The `virtualenv` option names something that is not a virtual environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredPlugin:
    """A provider plugin that an installed package talks to; `version` has no leading `v`."""

    name: str
    version: str
    server: str = ""
    """Where the plugin is downloaded from when it is not one of Pulumi's own."""


def interpreter_for(root: Path, options: dict[str, Any], fallback: Path) -> Path:
    """Return the interpreter of the runtime's `virtualenv` option, taken relative to `root`.

    Without the option, or when its folder does not exist (a checkout that is tested from another
    environment), it is `fallback`. The official language host would create the folder instead; the
    sandbox must not install anything behind anyone's back.

    Raises:
        InterpreterError: the folder exists and has no `bin/python`.
    """
    virtualenv = options.get("virtualenv")
    if not virtualenv:
        return fallback
    folder = root / str(virtualenv)
    python = folder / "bin" / "python"
    if python.is_file():
        return python
    if folder.exists():
        msg = (
            f"the 'virtualenv' option names {folder}, which is not a virtual environment: "
            f"it has no bin/python. Remove it and make it anew with: make setup"
        )
        raise InterpreterError(msg)
    return fallback


def site_packages(python: Path) -> list[Path]:
    """Return the folders that `python` imports installed packages from."""
    if python.absolute() == Path(sys.executable):
        return [Path(entry) for entry in sys.path if entry]
    return sorted((python.parent.parent / "lib").glob("python3.*/site-packages"))


def required_plugins(folders: Iterable[Path]) -> list[RequiredPlugin]:
    """Return what the `pulumi-plugin.json` of each package in `folders` asks for, sorted by name.

    A package that says `"resource": false` has no plugin.
    https://www.pulumi.com/docs/iac/packages-and-automation/pulumi-packages/schema/
    """
    found: dict[str, RequiredPlugin] = {}
    for folder in folders:
        for file in sorted(folder.glob(f"*/{PLUGIN_FILE}")):
            said = json.loads(file.read_text(encoding="utf-8"))
            if not said.get("resource"):
                continue
            name = said.get("name") or file.parent.name.removeprefix("pulumi_")
            if name in found or not said.get("version"):
                continue
            found[name] = RequiredPlugin(
                name=name,
                version=said["version"].removeprefix("v"),
                server=said.get("server", ""),
            )
    return [found[name] for name in sorted(found)]
