"""Golden reviews: what is written, with everything that differs from run to run taken out.

Ids are replaced by reference, so that equality between them survives; they are numbered as they
come. `UPDATE_GOLDENS=1` writes the files anew; read the difference before you commit it.
"""

from __future__ import annotations

import difflib
import os
import re

from tests.system.review.changes import GOLDEN

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<=extension_)[0-9a-f]{32}")
_WELL_KNOWN = {
    "00000000-0000-0000-0000-000000000000",
    "00000003-0000-0000-c000-000000000000",
    "3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d",
}
_CUT = re.compile(r"(?<=extension_)[0-9a-f]{1,31}(?=…)")
"""A client id in a value that was shortened in the middle of it."""
_PORT = re.compile(r"(?<=localhost:)(?!8000)\d{4,5}|(?<=127\.0\.0\.1:)\d{4,5}")
_PATH = re.compile(r"(?:/[\w.-]+)+/cluster/admin\.kubeconfig")
_SECONDS = re.compile(r"\b\d+(?:\.\d+)? ?m?s\b(?= elapsed)")


def settled(text: str) -> str:
    """Return a review without ids, ports and paths of one run."""
    numbers: dict[str, str] = {}

    def reference(found: re.Match[str]) -> str:
        guid = found[0].replace("-", "")
        if found[0] in _WELL_KNOWN:
            return found[0]
        return f"guid-{numbers.setdefault(guid, str(len(numbers) + 1))}"

    text = _CUT.sub("CUT", _GUID.sub(reference, text))
    text = _PORT.sub("PORT", text)
    text = _PATH.sub("/KUBECONFIG", text)
    return _SECONDS.sub("SECONDS", text)


def compare(key: str, text: str) -> None:
    """Compare a review with its golden file, or write that anew when asked to."""
    file = GOLDEN / f"{key}.md"
    if os.environ.get("UPDATE_GOLDENS"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(settled(text), encoding="utf-8")
    assert file.exists(), f"there is no {file.name}: run with UPDATE_GOLDENS=1 and read it"
    golden, written = file.read_text(encoding="utf-8"), settled(text)
    difference = difflib.unified_diff(
        golden.splitlines(), written.splitlines(), "golden", "written"
    )
    assert written == golden, "\n".join(difference)
