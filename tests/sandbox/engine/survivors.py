"""Which processes of an engine are still there."""

from __future__ import annotations

import contextlib
from pathlib import Path


def processes_of(home: Path) -> list[str]:
    """Return the command lines of processes that were started with `home` as their PULUMI_HOME."""
    mark = f"PULUMI_HOME={home}/.pulumi\0".encode()
    found: list[str] = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdecimal() and mark in (folder / "environ").read_bytes() + b"\0":
                found.append((folder / "cmdline").read_text().replace("\0", " "))
    return [line for line in found if line]
