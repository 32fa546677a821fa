"""The first way: a Chromium or Chrome that is already on this machine."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from sandbox.tools.errors import WayClosedError

CHROME_PATH: Final = "CHROME_PATH"
"""The environment variable that names a browser, as for Chrome's own launcher."""
OLDEST_MAJOR: Final = 112
"""The first with today's headless mode: https://developer.chrome.com/docs/chromium/headless"""

_NAMES: Final = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_VERSION: Final = re.compile(r"\b(\d+)(?:\.\d+){1,3}\b")
_TIMEOUT_S: Final = 30.0
_ASK_PLAYWRIGHT: Final = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find_browser(env: Mapping[str, str]) -> Path:
    """Return the first good enough browser: CHROME_PATH, the PATH, playwright's own.

    Raises:
        WayClosedError: there is none; the message says what was found and why it will not do.
    """
    refused: list[str] = []
    for executable in _candidates(env):
        reason = _why_not(executable)
        if reason is None:
            return executable
        refused.append(f"{executable} {reason}")
        if env.get(CHROME_PATH):
            break
    raise WayClosedError(
        "; ".join(refused) or f"no Chromium or Chrome: not in {CHROME_PATH}, not on the PATH"
    )


def _candidates(env: Mapping[str, str]) -> Iterator[Path]:
    # Whoever names one means that one and no other.
    if named := env.get(CHROME_PATH):
        yield Path(named)
        return
    for name in _NAMES:
        if found := shutil.which(name, path=env.get("PATH", "")):
            yield Path(found)
    own = _playwrights_own(env.get("PLAYWRIGHT_BROWSERS_PATH", ""), env.get("HOME", ""))
    if own and own.exists():
        yield own


@functools.cache
def _playwrights_own(browsers: str, home: str) -> Path | None:
    """Return where playwright keeps the Chromium that it downloads, whether or not it has it."""
    env = {"PATH": os.defpath, "HOME": home}
    try:
        answer = subprocess.run(
            [sys.executable, "-c", _ASK_PLAYWRIGHT],
            env=env | ({"PLAYWRIGHT_BROWSERS_PATH": browsers} if browsers else {}),
            capture_output=True,
            check=True,
            text=True,
            timeout=_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return Path(answer.stdout.strip())


def _why_not(executable: Path) -> str | None:
    try:
        # A home of its own: a browser writes there whatever it is asked.
        with tempfile.TemporaryDirectory() as home:
            answer = subprocess.run(
                [executable, "--version"],
                env={"PATH": os.defpath, "HOME": home},
                capture_output=True,
                check=True,
                text=True,
                timeout=_TIMEOUT_S,
            )
    except (OSError, subprocess.SubprocessError) as error:
        return f"does not say its version ({error})"
    version = _VERSION.search(answer.stdout)
    if version is None:
        return f"does not say its version ({answer.stdout.strip()[:100]!r})"
    if int(version[1]) < OLDEST_MAJOR:
        return f"is {version[0]}, older than {OLDEST_MAJOR}"
    return None
