"""One stack of this program in one sandbox: its configuration file and the engine that runs it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.endpoints import Endpoints
from sandbox.engine import Engine, OnLine, PluginChoice, Result
from sandbox.stack_config import render, settings_of
from sandbox.tools.resolver import Tools
from settings.model import Settings

PROJECT_FOLDER = Path(__file__).parent.parent


class RehearsedStack:
    """The stack `name` (of `Pulumi.<name>.yaml`), with state, plugins and settings in `folder`.

    `project` is the folder of the program, by default this one.
    `identity` holds variables of the environment that name another identity than the sandbox's
    deployer.
    """

    def __init__(
        self,
        name: str,
        endpoints: Endpoints,
        tools: Tools,
        folder: Path,
        plugins: PluginChoice = "stand-in",
        project: Path = PROJECT_FOLDER,
        identity: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.endpoints = endpoints
        self.config_file = folder / f"Pulumi.{name}.yaml"
        self.engine = Engine(
            tools,
            home=folder / "pulumi",
            project=project,
            python=Path(sys.executable),
            plugins=plugins,
            env=endpoints.program_environment() | _bytecode_elsewhere() | dict(identity or {}),
        )

    def configure(self, changes: Mapping[str, Any] | None = None) -> None:
        """Write the stack's configuration, with `changes` on top of what is committed."""
        source = PROJECT_FOLDER / f"Pulumi.{self.name}.yaml"
        rendered = render(source, self.endpoints, changes)
        if self.config_file.exists():
            rendered += _encryption_salt(self.config_file)
        being_written = self.config_file.with_suffix(".part")
        being_written.write_text(rendered)
        being_written.replace(self.config_file)

    def init(self, changes: Mapping[str, Any] | None = None) -> None:
        """Create the stack in its backend, configured as by `configure`.

        `pulumi stack init` always writes to the stack's file of the project it is run in; it is
        run beside our copy of that file, so that what is committed stays as it is.
        """
        self.configure(changes)
        folder = self.config_file.parent
        shutil.copyfile(PROJECT_FOLDER / "Pulumi.yaml", folder / "Pulumi.yaml")
        self.engine.run("stack", "init", self.name, "--cwd", str(folder))

    def settings(self) -> Settings:
        """Return the stack's settings as the program reads them."""
        return Settings.model_validate_json(json.dumps(settings_of(self.config_file)))

    def preview(self, *arguments: str, check: bool = True) -> Result:
        """Run `pulumi preview`."""
        return self.engine.preview(self.name, *arguments, config_file=self.config_file, check=check)

    def up(self, *arguments: str, on_line: OnLine | None = None, check: bool = True) -> Result:
        """Run `pulumi up` without asking."""
        return self.engine.up(
            self.name, *arguments, config_file=self.config_file, on_line=on_line, check=check
        )

    def refresh(self, *arguments: str, check: bool = True) -> Result:
        """Run `pulumi refresh` without asking."""
        return self.engine.refresh(self.name, *arguments, config_file=self.config_file, check=check)

    def destroy(self) -> Result:
        """Run `pulumi destroy` without asking."""
        return self.engine.destroy(self.name, config_file=self.config_file)

    def output(self, name: str) -> Any:
        """Return one output of the stack, secrets in the clear."""
        return self.engine.outputs(self.name, show_secrets=True)[name]

    def state(self) -> dict[str, Any]:
        """Return the stack's state, secrets encrypted, as it is stored."""
        return self.engine.export_state(self.name)

    def resource_count(self) -> int:
        """Return how many resources the state has; the stack itself and providers count."""
        return len(self.state()["deployment"].get("resources", ()))


def _bytecode_elsewhere() -> dict[str, str]:
    """Where `make` has Python put its bytecode, the program and its providers put theirs."""
    return {"PYTHONPYCACHEPREFIX": sys.pycache_prefix} if sys.pycache_prefix else {}


def _encryption_salt(config_file: Path) -> str:
    """The engine keeps the salt of the stack's passphrase in the file; it has to stay."""
    lines = config_file.read_text().splitlines()
    return "".join(f"{line}\n" for line in lines if line.startswith("encryptionsalt:"))
