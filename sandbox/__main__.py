"""`python -m sandbox up | down | serve`: what `make sandbox` and `make sandbox-down` call."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sandbox.engine import PluginChoice, official_names
from sandbox.rehearsal import FOLDER, Rehearsal
from sandbox.sandbox import COMPANY
from sandbox.supervisor import end, serve

_PLUGINS = "stand-in, official, or names of those that are to be official, with commas"


def _plugin_choice(text: str) -> PluginChoice:
    try:
        official_names(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def main() -> int:
    """Run one command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m sandbox")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="rehearse, and leave the sandbox running")
    up.add_argument("--stack", default="sandbox", choices=("sandbox", "guide"))
    up.add_argument("--plugins", default="stand-in", type=_plugin_choice, help=_PLUGINS)
    down = commands.add_parser("down", help="end the sandbox and remove all it made")
    hold = commands.add_parser("serve", help="hold a sandbox until told to end")
    for command in (up, hold):
        command.add_argument("--scenario", type=Path, default=COMPANY)
    for command in (up, down, hold):
        command.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    if arguments.command == "serve":
        serve(folder, arguments.scenario)
    elif arguments.command == "down":
        sys.stdout.write("sandbox ended\n" if end(folder) else "no sandbox is running\n")
    else:
        scenario = arguments.scenario.resolve()
        return Rehearsal(folder, arguments.stack, arguments.plugins, scenario).run()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted; what is running ends with: make sandbox-down\n")
        sys.exit(130)
