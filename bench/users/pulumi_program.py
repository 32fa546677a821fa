"""Both methods on the real engine: a program of a few lines each, its stack and its state."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from bench.directory import Directory
from bench.users.declared import DeclaredUser, write_csv
from sandbox.engine import Engine
from sandbox.tools.resolver import Tools

ROOT: Final = Path(__file__).parents[2]
_STACK: Final = "bench"
_TIMEOUT_S: Final = 4 * 3600.0


class PulumiProgram:
    """The program in `project`, run by an engine of its own in `folder`.

    `config` is its configuration beside `users`, the file that `write_users` writes.
    """

    def __init__(
        self,
        project: Path,
        folder: Path,
        tools: Tools,
        *,
        config: Mapping[str, Any],
        env: Mapping[str, str],
        write_users: Callable[[Path, Sequence[DeclaredUser]], None],
    ) -> None:
        folder.mkdir()
        self._folder = folder
        self._users_file = folder / "users.csv"
        self._write_users = write_users
        self._config_file = folder / f"Pulumi.{_STACK}.yaml"
        self._engine = Engine(
            tools, home=folder / "pulumi", project=project, python=Path(sys.executable), env=env
        )
        name = yaml.safe_load((project / "Pulumi.yaml").read_text())["name"]
        settings = {**config, "users": str(self._users_file)}
        self._config_file.write_text(
            yaml.safe_dump({"config": {f"{name}:{key}": value for key, value in settings.items()}})
        )
        # `stack init` writes to the stack's file of the project it is run in: so beside the copy.
        shutil.copyfile(project / "Pulumi.yaml", folder / "Pulumi.yaml")
        self._engine.run("stack", "init", _STACK, "--cwd", str(folder))

    def first(self, users: Sequence[DeclaredUser]) -> None:
        """`pulumi up` of a stack with nothing in it."""
        self._write_users(self._users_file, users)
        self._run(self._engine.up)

    def one_percent(self, users: Sequence[DeclaredUser], moved: Sequence[DeclaredUser]) -> None:
        """`pulumi up` with the new list."""
        del moved
        self.first(users)

    def no_change(self, users: Sequence[DeclaredUser]) -> None:
        """`pulumi preview --expect-no-changes`."""
        del users
        self._run(self._engine.preview, "--expect-no-changes")

    def refresh(self, users: Sequence[DeclaredUser]) -> None:
        """`pulumi refresh --expect-no-changes`."""
        del users
        self._run(self._engine.refresh, "--expect-no-changes")

    def state_bytes(self) -> int:
        """Return the size of the stack's state as the file backend keeps it."""
        stacks = self._folder / "pulumi" / "state" / ".pulumi" / "stacks"
        (state,) = stacks.rglob(f"{_STACK}.json")
        return state.stat().st_size

    def _run(self, command: Callable[..., object], *arguments: str) -> None:
        command(_STACK, *arguments, config_file=self._config_file, timeout_s=_TIMEOUT_S)


def per_user(
    directory: Directory, folder: Path, tools: Tools, *, checkpoints: bool
) -> PulumiProgram:
    """Return the method `per_user`: one dynamic resource a user.

    Without `checkpoints` the engine saves the state once instead of after every resource; see
    docs/bench.md.
    """
    address, names = directory.address, directory.extension_names
    env = address.environment()
    if not checkpoints:
        env |= {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
    return PulumiProgram(
        Path(__file__).parent / "per_user",
        folder,
        tools,
        config={
            "loginUrl": address.login_url,
            "graphUrl": address.graph_url,
            "tenantId": address.tenant_id,
            "names": f"{names['default_namespace']},{names['picture']}",
        },
        env=env,
        write_users=lambda file, users: write_csv(file, users, object_ids=True),
    )


def ours(directory: Directory, folder: Path, tools: Tools, *, time_scale: float) -> PulumiProgram:
    """Return the method `ours`: this project's user attributes."""
    address = directory.address
    paths = [str(ROOT)]
    env = address.environment()
    if time_scale != 1:
        paths.insert(0, str(ROOT / "bench" / "scaled_time"))
        env |= {"BENCH_TIME_SCALE": str(time_scale)}
    return PulumiProgram(
        Path(__file__).parent / "ours",
        folder,
        tools,
        config={
            "tenantId": address.tenant_id,
            "cloud": address.cloud_setting,
            "extensionNames": dict(directory.extension_names),
        },
        env=env | {"PYTHONPATH": ":".join(paths)},
        write_users=lambda file, users: write_csv(file, users, object_ids=False),
    )
