"""The first way: a tool that is already on this machine."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from sandbox.tools.errors import WayClosedError
from sandbox.tools.recipe import Recipe, dotted, parse_version

VERSION_TIMEOUT_S: Final = 20.0


def find(recipe: Recipe, env: Mapping[str, str]) -> Path:
    """Return the first good enough executable, in KUBEBUILDER_ASSETS and then on the PATH.

    KUBEBUILDER_ASSETS is where `setup-envtest` says it has put etcd and kube-apiserver.
    https://book.kubebuilder.io/reference/envtest.html

    Raises:
        WayClosedError: there is none; the message says what was found and why it will not do.
    """
    refused: list[str] = []
    for executable in _candidates(recipe.name, env):
        reason = _why_not(recipe, executable)
        if reason is None:
            return executable
        refused.append(f"{executable} {reason}")
    if refused:
        raise WayClosedError("; ".join(refused))
    in_assets = "in KUBEBUILDER_ASSETS or " if env.get("KUBEBUILDER_ASSETS") else ""
    msg = f"not {in_assets}on the PATH"
    raise WayClosedError(msg)


def _candidates(name: str, env: Mapping[str, str]) -> Iterator[Path]:
    folders = [env.get("KUBEBUILDER_ASSETS", ""), *env.get("PATH", "").split(os.pathsep)]
    for folder in dict.fromkeys(folders):
        executable = Path(folder) / name
        if folder and executable.is_file() and os.access(executable, os.X_OK):
            yield executable.absolute()


def _why_not(recipe: Recipe, executable: Path) -> str | None:
    try:
        version = parse_version(_ask_version(recipe, executable), f"what {executable} says")
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        return f"does not say its version ({error})"
    if not recipe.good_enough(version, recipe.version):
        return f"is {dotted(version)}, not {recipe.accepted} ({dotted(recipe.version)} is pinned)"
    missing = [name for name in recipe.beside if not (executable.resolve().parent / name).exists()]
    return f"has no {missing[0]} beside it" if missing else None


def _ask_version(recipe: Recipe, executable: Path) -> str:
    # A home of its own: some tools write there whatever they are asked.
    with tempfile.TemporaryDirectory() as home:
        answer = subprocess.run(
            [executable, *recipe.version_arguments],
            env={"PATH": os.defpath, "HOME": home, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            capture_output=True,
            check=True,
            text=True,
            timeout=VERSION_TIMEOUT_S,
        )
    return answer.stdout
