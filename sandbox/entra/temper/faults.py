"""Scripted faults: which request they strike, and how often they have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase

from sandbox.entra.temper.model import Fault

_BATCH = "/$batch"


class Script:
    """Counts matching requests for each fault."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._faults = faults
        self._seen: Counter[int] = Counter()

    def strike(self, method: str, path: str) -> Fault | None:
        """Return the fault that happens to this request, which every fault counts."""
        struck: Fault | None = None
        for number, fault in enumerate(self._faults):
            if not _matches(fault, method, path):
                continue
            self._seen[number] += 1
            turn = self._seen[number] - fault.skip
            if struck is None and turn > 0 and (fault.times is None or turn <= fault.times):
                struck = fault
        return struck


def _matches(fault: Fault, method: str, path: str) -> bool:
    if fault.methods and method not in fault.methods:
        return False
    if path == _BATCH:
        return fault.path == _BATCH
    return fnmatchcase(path.casefold(), fault.path.casefold())
