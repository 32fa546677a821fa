"""Writing a stand-in as the plugin executable that the engine looks for.

It only writes the file; putting it into `PULUMI_HOME` is the engine's own
`pulumi plugin install resource <name> v<version> --file <folder>`.
"""

from __future__ import annotations

import shlex
from importlib import metadata
from pathlib import Path
from typing import Final

DISTRIBUTIONS: Final = {
    "azuread": "pulumi-azuread",
    "aws": "pulumi-aws",
    "kubernetes": "pulumi-kubernetes",
}


class UnknownPluginError(ValueError):
    """There is no stand-in of that name or version."""


def write_plugin(name: str, version: str, folder: Path, python: Path, project_root: Path) -> Path:
    """Write `pulumi-resource-<name>` to `folder`: it runs the stand-in with `python`.

    `version` (without `v`) must be the installed SDK's: the stand-in checks inputs against exactly
    that one. `project_root` is the folder that holds the `sandbox` package.

    Raises:
        UnknownPluginError: there is no such stand-in, or the SDK has another version.
    """
    if name not in DISTRIBUTIONS:
        msg = f"there is no stand-in for {name!r}; there are {', '.join(sorted(DISTRIBUTIONS))}"
        raise UnknownPluginError(msg)
    installed = metadata.version(DISTRIBUTIONS[name])
    if version != installed:
        msg = (
            f"the stand-in for {name} is made for version {installed} of the installed SDK, "
            f"not {version}; install {DISTRIBUTIONS[name]}=={version} or ask for {installed}"
        )
        raise UnknownPluginError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    executable = folder / f"pulumi-resource-{name}"
    # -P: the engine starts plugins in the program's folder, whose modules must not come first.
    # exec: the engine ends its plugins with a signal, which a shell in between would swallow.
    executable.write_text(
        "#!/bin/sh\n"
        f"PYTHONPATH={shlex.quote(str(project_root))} "
        f'exec {shlex.quote(str(python))} -P -m sandbox.plugins.{name} "$@"\n',
        encoding="utf-8",
    )
    executable.chmod(0o755)
    return executable
