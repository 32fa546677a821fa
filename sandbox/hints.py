"""How to look around in a running sandbox."""

from __future__ import annotations

import shlex
from pathlib import Path

from sandbox.endpoints import Endpoints
from sandbox.stack import PROJECT_FOLDER, RehearsedStack

_TAKE_A_CONFIG_FILE = "preview|up|refresh|destroy|config|import|watch"
PULUMI_COMMAND = "bin/pulumi"


def write_pulumi_command(folder: Path, stack: RehearsedStack) -> None:
    """Write `bin/pulumi` in `folder`: Pulumi with this sandbox's state, plugins and settings.

    It holds the deployer's secret, so only its owner may read it.
    """
    command = folder / PULUMI_COMMAND
    command.parent.mkdir(exist_ok=True)
    command.touch(mode=0o700)
    exports = "\n".join(
        f"export {name}={shlex.quote(value)}"
        for name, value in sorted(stack.engine.environment.items())
    )
    config_file = shlex.quote(str(stack.config_file))
    command.write_text(
        f"""#!/bin/sh
# Pulumi as the sandbox runs it; gone with the sandbox.
{exports}
cd {shlex.quote(str(PROJECT_FOLDER))} || exit
case "$1" in
  {_TAKE_A_CONFIG_FILE}) set -- "$@" --stack {stack.name} --config-file {config_file} ;;
  stack) set -- "$@" --stack {stack.name} ;;
esac
exec {shlex.quote(str(stack.engine.pulumi))} "$@"
"""
    )


def hints(folder: Path, endpoints: Endpoints) -> str:
    """Return what a person can do next."""
    here = folder.name
    person = endpoints.people[0]
    return (
        "\nThe sandbox goes on running. Have a look around:\n"
        f"  kubectl --kubeconfig {endpoints.kubeconfig} get clusterrolebindings\n"
        f"  {here}/{PULUMI_COMMAND} preview\n"
        f"  {endpoints.portal_url}  the portal; sign in as {person.user_principal_name}, password\n"
        f"    and certificate authority as in {here}/endpoints.json\n"
        "  make sandbox-down  ends it and removes all of it"
    )
