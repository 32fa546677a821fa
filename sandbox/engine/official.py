"""Which plugins are to be official ones, and where such a one may be already.

An official plugin is taken from Pulumi's plugin cache, else from the PATH if it says that it has
exactly the version that the installed SDK asks for; else the engine downloads it.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.engine.interpreter import RequiredPlugin
from sandbox.plugins.install import DISTRIBUTIONS

PluginChoice = str
"""`stand-in`, `official`, or the names of those that are to be official, with commas."""
STAND_IN: Final = "stand-in"
OFFICIAL: Final = "official"

_ANSWER_S: Final = 20.0
_NO_ENGINE: Final = "127.0.0.1:1"
"""A plugin wants an engine's address; it does not call it to say its version."""


def official_names(choice: PluginChoice) -> frozenset[str]:
    """Return the names of the plugins that are to be official ones.

    Raises:
        ValueError: the choice is none; the message says which there are.
    """
    if choice == STAND_IN:
        return frozenset()
    if choice == OFFICIAL:
        return frozenset(DISTRIBUTIONS)
    names = frozenset(name.strip() for name in choice.split(","))
    if unknown := sorted(names - DISTRIBUTIONS.keys()):
        allowed = ", ".join(sorted(DISTRIBUTIONS))
        msg = (
            f"{choice!r} is no choice of plugins ({', '.join(unknown)!r} is unknown): "
            f"give {STAND_IN}, {OFFICIAL}, or some of {allowed} with commas"
        )
        raise ValueError(msg)
    return names


def find_official(
    wanted: RequiredPlugin, ambient: Mapping[str, str], not_in: Collection[Path] = ()
) -> tuple[Path | None, list[str]]:
    """Return the executable of the wanted plugin, or None and where it was looked for.

    `ambient` is the environment to look in; what is in one of the folders `not_in` does not count.
    """
    name = f"pulumi-resource-{wanted.name}"
    looked: list[str] = []
    home = ambient.get("PULUMI_HOME") or str(
        Path(ambient.get("HOME", "~")).expanduser() / ".pulumi"
    )
    cached = Path(home) / "plugins" / f"resource-{wanted.name}-v{wanted.version}" / name
    if cached.is_file() and cached.parent not in not_in:
        return cached, looked
    looked.append(f"not in the plugin cache ({cached.parent})")
    for folder in ambient.get("PATH", "").split(os.pathsep):
        executable = Path(folder) / name
        if not (folder and executable.is_file() and os.access(executable, os.X_OK)):
            continue
        version = ask_version(executable)
        if version == wanted.version:
            return executable.absolute(), looked
        looked.append(f"{executable} is {version or 'of no version that it says'}")
    if len(looked) == 1:
        looked.append("not on the PATH")
    return None, looked


def ask_version(executable: Path) -> str | None:
    """Start a plugin as the engine does, ask which version it is, and end it again."""
    with subprocess.Popen(
        [executable, _NO_ENGINE],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as process:
        ending = threading.Timer(_ANSWER_S, process.kill)
        ending.start()
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            return _version_at(port) if port.isdecimal() else None
        finally:
            ending.cancel()
            process.kill()


def _version_at(port: str) -> str | None:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        try:
            said = stub.GetPluginInfo(empty_pb2.Empty(), timeout=_ANSWER_S)
        except grpc.RpcError:
            return None
    return said.version.removeprefix("v") or None
