"""The part `users` from the command line: measure, show a table, write results and picture."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import time
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from bench.options import COMMITTED, Options
from bench.progress import clock
from bench.results import read_results, write_results
from bench.users.guide import GuideError
from bench.users.page import PAGE, split_page, update_page
from bench.users.part import UsersBench
from bench.users.picture import draw
from bench.users.table import table
from sandbox.tools.resolver import Tools, resolve

RESULTS = "results.json"
PICTURE = "users.svg"
_CHECKPOINT_SIZES = (50, 20)
"""Parts of all users that `per_user` is also measured with the engine's checkpoints for."""


def run_users(options: Options) -> None:
    """Measure all methods and write what was found.

    Raises:
        GuideError: curl or jq is not installed.
        PageError: there is no place for the numbers in the documentation.
        WrongOutcomeError: a method did not do what it was asked to.
    """
    missing = [tool for tool in ("bash", "curl", "jq") if shutil.which(tool) is None]
    if missing:
        msg = f"the guide's loop needs {' and '.join(missing)}; install and run again"
        raise GuideError(msg)
    if options.output == COMMITTED:
        split_page(PAGE.read_text())  # before an hour is spent on numbers that have no place
    started = time.monotonic()
    tools = resolve(options.say)
    bench = UsersBench(
        users=options.users,
        time_scale=options.time_scale,
        tools=tools,
        folder=options.folder,
        say=options.say,
    )
    measured = bench.run()
    sizes = sorted({max(10, options.users // share) for share in _CHECKPOINT_SIZES})
    checkpoints = bench.run_with_checkpoints(sizes)
    meta = bench.conditions() | {
        "per_user_first_seconds_with_checkpoints": {
            str(users): round(seconds, 2) for users, seconds in checkpoints.items()
        },
        "date": datetime.now(UTC).date().isoformat(),
        "took_s": round(time.monotonic() - started),
        "versions": _versions(tools),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    }
    file = options.output / RESULTS
    write_results(file, "users", measured, meta)
    results = read_results(file)
    (options.output / PICTURE).write_text(draw(results["users"], results["meta"]["users"]))
    if options.output == COMMITTED:
        PAGE.write_text(update_page(PAGE.read_text(), results["users"], results["meta"]["users"]))
    options.say(f"\n{table(results['users'])}\n")
    for users, seconds in checkpoints.items():
        options.say(f"per_user with the engine's checkpoints, {users} users: first {seconds:.1f} s")
    options.say(f"{file} and {PICTURE} written after {clock(time.monotonic() - started)}")


def _versions(tools: Tools) -> dict[str, Any]:
    return {
        "pulumi": _first_line(str(tools.pulumi_bin_dir / "pulumi"), "version"),
        "pulumi-sdk": metadata.version("pulumi"),
        "python": platform.python_version(),
        "curl": _first_line("curl", "--version").split()[1],
    }


def _first_line(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[0]
