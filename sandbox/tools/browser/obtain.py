"""The ways to a browser, in their order; the first that works is taken, and it says why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from sandbox.tools.browser.find import CHROME_PATH, OLDEST_MAJOR, find_browser
from sandbox.tools.errors import ToolsError, WayClosedError

Progress = Callable[[str], None]

_INSTALL_TIMEOUT_S: Final = 900.0
_LONGEST_REASON: Final = 300


def obtain_browser(progress: Progress, env: Mapping[str, str]) -> Path:
    """Return a browser, having installed one when there was none.

    Raises:
        ToolsError: it can be had in no way; the message names what to do.
    """
    try:
        found = find_browser(env)
    except WayClosedError as error:
        not_found = str(error)
    else:
        progress(f"{found} is good enough ({OLDEST_MAJOR} or newer)")
        return found
    if env.get(CHROME_PATH):
        msg = f"{CHROME_PATH} names no browser that will do: {not_found}"
        raise ToolsError(msg)
    progress(f"{not_found}; downloading playwright's own")
    try:
        return _installed(progress, env, [_playwright_command()])
    except WayClosedError as error:
        no_download = str(error)
    progress(f"no download: {no_download}; installing Debian's chromium")
    try:
        return _installed(progress, env, _apt_commands(env))
    except WayClosedError as error:
        raise ToolsError(_no_way(not_found, no_download, str(error))) from error


def _playwright_command() -> list[str]:
    return [sys.executable, "-m", "playwright", "install", "chromium"]


def _apt_commands(env: Mapping[str, str]) -> list[list[str]]:
    """Return what installs the package `chromium` without asking anything.

    Raises:
        WayClosedError: there is no apt-get, or no right to use it.
    """
    path = env.get("PATH", "")
    apt_get = shutil.which("apt-get", path=path)
    if apt_get is None:
        msg = "no apt-get on the PATH"
        raise WayClosedError(msg)
    as_root: list[str] = []
    if os.geteuid() != 0:
        sudo = shutil.which("sudo", path=path)
        if sudo is None:
            msg = "apt-get needs root, and there is no sudo"
            raise WayClosedError(msg)
        as_root = [sudo, "-n"]
    return [
        [*as_root, apt_get, "update", "--quiet"],
        [*as_root, apt_get, "install", "--yes", "--quiet", "--no-install-recommends", "chromium"],
    ]


def _installed(progress: Progress, env: Mapping[str, str], commands: list[list[str]]) -> Path:
    for command in commands:
        try:
            subprocess.run(
                command,
                env={**env, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=True,
                text=True,
                timeout=_INSTALL_TIMEOUT_S,
            )
        except subprocess.CalledProcessError as error:
            msg = f"`{' '.join(command)}` ended with {error.returncode}: {_reason(error.stdout)}"
            raise WayClosedError(msg) from error
        except (OSError, subprocess.SubprocessError) as error:
            msg = f"`{' '.join(command)}`: {error}"
            raise WayClosedError(msg) from error
    browser = find_browser(env)
    progress(f"installed {browser}")
    return browser


def _reason(output: str) -> str:
    """Return the line that says what went wrong, as far as one can tell: the first error."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["(no output)"]
    errors = (line for line in lines if "error" in line.casefold())
    return next(errors, lines[-1])[:_LONGEST_REASON]


def _no_way(not_found: str, no_download: str, no_package: str) -> str:
    return (
        "A Chromium or Chrome is needed to test the pages that people see, and none could be had:\n"
        f"  on this machine: {not_found}\n"
        f"  playwright's download: {no_download}\n"
        f"  Debian's package: {no_package}\n"
        "Do one of these and try again:\n"
        "  install Chromium or Google Chrome from your system's packages\n"
        f"  name one by {CHROME_PATH}\n"
        "  let this machine reach playwright's download (HTTPS_PROXY is honoured)"
    )
