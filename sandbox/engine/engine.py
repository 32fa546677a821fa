"""The engine of one sandbox: commands, with everything they leave behind in one folder.

Several engines work side by side: nothing is shared but the executables. It runs pulumi and knows
nothing of what the program declares.

Trap: Pulumi finds credentials, plugins and its state by environment variables, so every command
gets an environment made for it (`environment.py`) and none of the caller's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sandbox.engine.command import Command, OnLine, Result
from sandbox.engine.environment import base_environment, internet_environment, secrets_in
from sandbox.engine.home import EngineHome
from sandbox.engine.official import STAND_IN, PluginChoice

if TYPE_CHECKING:
    from sandbox.tools.resolver import Tools

DEFAULT_TIMEOUT_S: Final = 900.0


class Engine:
    """Runs pulumi for the program in `project`; its files are in `home`, which it creates.

    `python` runs the program when the folder of its `virtualenv` option does not exist, and the
    stand-ins always. `env` is added to the environment of every command; if it does not bring a
    PULUMI_CONFIG_PASSPHRASE, a random one is kept in `home`.

    Raises:
        PluginInstallError: a plugin could not be installed.
    """

    def __init__(
        self,
        tools: Tools,
        *,
        home: Path,
        project: Path,
        python: Path,
        plugins: PluginChoice = STAND_IN,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.pulumi: Path = tools.pulumi_bin_dir / "pulumi"
        self._project = project.resolve()
        home = home.resolve()
        base = base_environment(home, tools.pulumi_bin_dir, os.environ)
        given = dict(env or {})
        if "PULUMI_CONFIG_PASSPHRASE" in given:
            del base["PULUMI_CONFIG_PASSPHRASE_FILE"]
        self.environment: Mapping[str, str] = base | given
        self._secrets = secrets_in(self.environment)
        prepared = EngineHome(home, self.pulumi, python)
        prepared.prepare()
        installing = base | internet_environment(os.environ)
        prepared.install_plugins(plugins, installing)

    def run(
        self,
        *arguments: str,
        stack: str | None = None,
        config_file: Path | None = None,
        on_line: OnLine | None = None,
        check: bool = True,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> Result:
        """Run `pulumi <arguments>` in the project's folder.

        `on_line` is called with each line of output as it comes, secrets of the environment
        blotted out. Other threads may run commands of other stacks at the same time.

        Raises:
            PulumiFailedError: it ended with another status than 0, and `check` is set.
            PulumiTimeoutError: it took longer than `timeout_s`; nothing of it is left running.
        """
        line = [str(self.pulumi), *arguments, "--non-interactive", "--color", "never"]
        if stack is not None:
            line += ["--stack", stack]
        if config_file is not None:
            line += ["--config-file", str(config_file)]
        command = Command(
            arguments=line, env=self.environment, cwd=self._project, secrets=self._secrets
        )
        return command.run(timeout_s=timeout_s, on_line=on_line, check=check)

    def preview(self, stack: str, *arguments: str, **options: Any) -> Result:
        """Run `pulumi preview`; `options` are those of `run`."""
        return self.run("preview", *arguments, stack=stack, **options)

    def up(self, stack: str, *arguments: str, **options: Any) -> Result:
        """Run `pulumi up` without a preview and without asking; `options` are those of `run`."""
        return self.run("up", *_UNASKED, *arguments, stack=stack, **options)

    def refresh(self, stack: str, *arguments: str, **options: Any) -> Result:
        """Run `pulumi refresh` without asking; `options` are those of `run`."""
        return self.run("refresh", *_UNASKED, *arguments, stack=stack, **options)

    def destroy(self, stack: str, *arguments: str, **options: Any) -> Result:
        """Run `pulumi destroy` without asking; `options` are those of `run`."""
        return self.run("destroy", *_UNASKED, *arguments, stack=stack, **options)

    def outputs(self, stack: str, *, show_secrets: bool = False) -> dict[str, Any]:
        """Return the stack's outputs; secret ones are `[secret]` unless asked for."""
        shown = ["--show-secrets"] if show_secrets else []
        return json.loads(self.run("stack", "output", "--json", *shown, stack=stack).stdout)

    def export_state(self, stack: str) -> dict[str, Any]:
        """Return the stack's state as it is stored: secrets encrypted."""
        return json.loads(self.run("stack", "export", stack=stack).stdout)


_UNASKED: Final = ("--yes", "--skip-preview")
