"""Where tools are kept between runs and checkouts: a folder a tool, named by what it is made of.

A folder appears complete or not at all. Processes that want the same tool at the same time wait for
the one that makes it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from sandbox.waiting import wait_until

Progress = Callable[[str], None]

ORIGIN: Final = "ORIGIN"
"""The file in each folder that says where the tool came from."""
LONGEST_BUILD_S: Final = 3600.0


def cache_folder(env: Mapping[str, str]) -> Path:
    """Return the folder by the XDG Base Directory Specification; it may not exist yet."""
    base = env.get("XDG_CACHE_HOME", "")
    # "All paths set in these environment variables must be absolute", else they are ignored.
    root = Path(base) if base.startswith("/") else Path.home() / ".cache"
    return root / "entra-eks-sso" / "tools"


class ToolCache:
    """The tools in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look_up(self, key: str) -> Path | None:
        """Return the folder kept under `key`, if there is one."""
        folder = self._folder / key
        return folder if folder.is_dir() else None

    def origin(self, key: str) -> str:
        """Return where what is kept under `key` came from."""
        return (self._folder / key / ORIGIN).read_text(encoding="utf-8").strip()

    @contextlib.contextmanager
    def locked(self, key: str, progress: Progress) -> Iterator[None]:
        """Let only one process at a time make what is kept under `key`.

        The lock goes with the process that holds it, however that ends.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{key}.lock").open("w") as lock:
            if not _try_lock(lock.fileno()):
                progress("waiting for another process that is making it")
                wait_until(
                    lambda: _try_lock(lock.fileno()),
                    what=f"the process that holds {lock.name}",
                    timeout_s=LONGEST_BUILD_S,
                    poll_s=0.2,
                )
            yield

    def keep(self, key: str, make: Callable[[Path], str]) -> Path:
        """Let `make` fill an empty folder and return where it came from; keep it under `key`.

        If `make` raises, nothing is kept.
        """
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=f".{key}-") as work:
            being_made = Path(work) / "made"
            being_made.mkdir()
            origin = make(being_made)
            (being_made / ORIGIN).write_text(f"{origin}\n", encoding="utf-8")
            kept = self._folder / key
            if kept.exists():
                shutil.rmtree(kept)
            os.rename(being_made, kept)  # noqa: PTH104 - a folder onto a name that is free
        return kept


def _try_lock(file_number: int) -> bool:
    try:
        fcntl.flock(file_number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
