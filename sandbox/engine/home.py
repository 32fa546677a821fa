"""PULUMI_HOME of one engine, and the plugins in it.

Where the engine looks for a plugin: `PULUMI_HOME/plugins/<kind>-<name>-v<version>/`.
https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/workspace/plugins.go (GetPluginPath)

The language host and the launcher of dynamic providers belong to the official distribution, beside
its `pulumi`. Only where they are missing are ours put into PULUMI_HOME. They are written there and
not installed, because `pulumi plugin install` refuses names of bundled plugins, and not put on the
PATH, because the engine warns of plugins that it finds there.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from sandbox.engine.command import Command
from sandbox.engine.errors import PluginInstallError, PulumiFailedError, PulumiTimeoutError
from sandbox.engine.interpreter import RequiredPlugin, required_plugins, site_packages
from sandbox.engine.official import OFFICIAL, PluginChoice, find_official, official_names
from sandbox.plugins.install import DISTRIBUTIONS, write_plugin

PROJECT_ROOT: Final = Path(__file__).resolve().parents[2]
EXECUTOR: Final = "pulumi-language-python-exec"
LANGUAGE_HOST: Final = "pulumi-language-python"
DYNAMIC_PROVIDER: Final = "pulumi-resource-pulumi-python"
INSTALL_TIMEOUT_S: Final = 600.0

_RUN_LANGUAGE_HOST: Final = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from sandbox.engine.language_host import main; main(sys.argv[1:])"
)


class EngineHome:
    """The folder of one engine; preparing it again changes nothing that is there."""

    def __init__(self, folder: Path, pulumi: Path, python: Path) -> None:
        self._folder = folder
        self._pulumi = pulumi
        self._python = python.absolute()
        self._plugins = folder / ".pulumi" / "plugins"

    def prepare(self) -> None:
        """Make the folders, the passphrase and, where it is missing, the language host."""
        for name in ("user", "state", ".pulumi/plugins"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        passphrase = self._folder / "passphrase"
        if not passphrase.exists():
            passphrase.touch(mode=0o600)
            passphrase.write_text(secrets.token_urlsafe(24), encoding="utf-8")
        if not (self._pulumi.resolve().parent / LANGUAGE_HOST).exists():
            self._write_language_host()

    def install_plugins(self, choice: PluginChoice, env: Mapping[str, str]) -> None:
        """Install azuread, aws and kubernetes: the sandbox's own, or the official ones.

        Raises:
            PluginInstallError: an official one could be had in no way.
            ValueError: `choice` is none.
        """
        official = official_names(choice)
        for name in sorted(DISTRIBUTIONS.keys() - official):
            self._install_stand_in(name, env)
        for wanted in required_plugins(site_packages(self._python)):
            others = choice == OFFICIAL and wanted.name not in DISTRIBUTIONS
            if wanted.name in official or others:
                self._install_official(wanted, env)

    def _install_stand_in(self, name: str, env: Mapping[str, str]) -> None:
        version = metadata.version(DISTRIBUTIONS[name])
        folder = self._folder / "stand-ins" / name
        executable = write_plugin(name, version, folder, self._python, PROJECT_ROOT)
        installed = self._plugins / f"resource-{name}-v{version}" / executable.name
        if installed.is_file() and installed.read_bytes() == executable.read_bytes():
            return
        wanted = RequiredPlugin(name=name, version=version)
        self._install(wanted, env, "--file", str(folder), "--reinstall")

    def _install_official(self, wanted: RequiredPlugin, env: Mapping[str, str]) -> None:
        installed = self._plugins / f"resource-{wanted.name}-v{wanted.version}"
        stand_in = self._folder / "stand-ins" / wanted.name
        if installed.exists() and not stand_in.exists():
            return
        found, looked = find_official(wanted, os.environ, not_in=[installed])
        if found is not None:
            self._install(wanted, env, "--file", str(found), "--reinstall")
        else:
            server = ["--server", wanted.server] if wanted.server else []
            self._install(wanted, env, "--reinstall", *server, looked=looked)
        shutil.rmtree(stand_in, ignore_errors=True)

    def _install(
        self,
        wanted: RequiredPlugin,
        env: Mapping[str, str],
        *how: str,
        looked: Sequence[str] = (),
    ) -> None:
        arguments = [str(self._pulumi), "plugin", "install", "resource"]
        command = Command(
            arguments=[*arguments, wanted.name, f"v{wanted.version}", *how, "--non-interactive"],
            env=env,
            cwd=self._folder,
        )
        try:
            command.run(timeout_s=INSTALL_TIMEOUT_S, on_line=None, check=True)
        except (PulumiFailedError, PulumiTimeoutError) as error:
            places = "".join(f"\n  {place}" for place in looked)
            msg = (
                f"the {wanted.name} plugin v{wanted.version} could not be installed: "
                f"{_reason(error.last_lines)}{places}\nOfficial plugins are downloaded from the "
                "internet; without it, put that version on the PATH or use the sandbox's "
                "stand-ins: make sandbox PLUGINS=stand-in"
            )
            raise PluginInstallError(msg) from error

    def _write_language_host(self) -> None:
        version = metadata.version("pulumi")
        python, root = shlex.quote(str(self._python)), shlex.quote(str(PROJECT_ROOT))
        executor = shlex.quote(str(self._pulumi.resolve().parent / EXECUTOR))
        _write_script(
            self._plugins / f"language-python-v{version}" / LANGUAGE_HOST,
            # -P: neither the working directory nor this folder may shadow a module.
            f"exec {python} -P -c {shlex.quote(_RUN_LANGUAGE_HOST)} {root}"
            f' --executor {executor} "$@"\n',
        )
        _write_script(
            self._plugins / f"resource-pulumi-python-v{version}" / DYNAMIC_PROVIDER,
            # The engine passes the program's `virtualenv` option on; as in interpreter_for, it
            # counts if it exists. The provider imports the program's modules from the folder it
            # is started in.
            f"python={python}\n"
            "venv=${PULUMI_RUNTIME_VIRTUALENV:-}\n"
            'case $venv in ""|/*) ;; *) venv=$PWD/$venv ;; esac\n'
            'if [ -n "$venv" ] && [ -x "$venv/bin/python" ]; then python=$venv/bin/python; fi\n'
            'exec "$python" -u -m pulumi.dynamic "$@"\n',
        )


def _reason(last_lines: str) -> str:
    """Return why a plugin was not installed; the engine tries five times and says it each time."""
    lines = last_lines.splitlines() or ["pulumi did not say why"]
    failed = "warning: Error downloading plugin: "
    return next(
        (line.removeprefix(failed) for line in reversed(lines) if line.startswith(failed)),
        lines[-1].removeprefix("error: "),
    )


def _write_script(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    being_written = file.with_suffix(".part")
    being_written.write_text(f"#!/bin/sh\n{text}", encoding="utf-8")
    being_written.chmod(0o755)
    being_written.replace(file)
