"""Mermaid itself, as GitHub draws with it, for tests of pictures: ask for `mermaid_script`.

It comes from npm once, checked against its hash, and stays in the cache of tools.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from sandbox.tools.cache import ToolCache, cache_folder

VERSION = "11.12.2"
SHA512 = "n34QPDPEKmaeCG4WDMGy0OT6PSyxKCfy2pJgShP+Qow2KLrvWjclwbc3yXfSIf4BanqWEhQEpngWwNp/XhZt6w=="
_SCRIPT = "package/dist/mermaid.min.js"


@pytest.fixture(scope="session")
def mermaid_script() -> Path:
    """The file of Mermaid that a page can load."""
    cache, key = ToolCache(cache_folder(os.environ)), f"mermaid-{VERSION}"
    with cache.locked(key, lambda _line: None):
        folder = cache.look_up(key) or cache.keep(key, _from_npm)
    return folder / "mermaid.min.js"


def _from_npm(folder: Path) -> str:
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("Mermaid is fetched with npm, which is not on the PATH: install Node.js")
    packing = subprocess.run(
        [npm, "pack", f"mermaid@{VERSION}", "--silent", "--pack-destination", str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if packing.returncode:
        pytest.fail(f"npm could not fetch Mermaid: {packing.stderr.strip()[-500:]}")
    archive = folder / f"mermaid-{VERSION}.tgz"
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    assert found == SHA512, "npm gave another Mermaid than the one that was looked at"
    with tarfile.open(archive) as packed:
        member = packed.extractfile(_SCRIPT)
        assert member
        (folder / "mermaid.min.js").write_bytes(member.read())
    archive.unlink()
    return f"npm mermaid@{VERSION}"
