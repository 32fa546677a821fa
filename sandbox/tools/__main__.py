"""`python -m sandbox.tools`: have all tools ready before they are needed."""

from __future__ import annotations

import sys
import time

from sandbox.tools.errors import ToolsError
from sandbox.tools.resolver import resolve


def main() -> int:
    """Resolve all tools and say where they are; return the exit status."""
    started = time.monotonic()
    try:
        tools = resolve(_say)
    except ToolsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; what was finished is kept\n")
        return 130
    _say(f"all tools are ready after {time.monotonic() - started:.0f} s:")
    for path in (
        tools.pulumi_bin_dir / "pulumi",
        tools.etcd,
        tools.kube_apiserver,
        tools.kube_controller_manager,
    ):
        _say(f"  {path}")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
