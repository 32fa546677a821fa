"""`python -m sandbox.tools.browser`: have a browser ready before the tests need it."""

from __future__ import annotations

import os
import sys

from sandbox.tools.browser.obtain import obtain_browser
from sandbox.tools.errors import ToolsError


def main() -> int:
    """Find or install a browser and say where it is; return the exit status."""
    try:
        obtain_browser(_say, os.environ)
    except ToolsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 130
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"browser: {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
