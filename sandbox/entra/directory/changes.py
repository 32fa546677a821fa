"""What changes in a directory, so that it can be seen later than it happens, and asked for.

Every change of an object or a membership passes through here. Replication lag takes changes back
for the length of a read; delta queries ask what has changed since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change, which can be taken back and made again."""

    object_id: str
    """Whose it is; of a membership, the group's."""
    undo: Callable[[], None]
    redo: Callable[[], None]
    names: frozenset[str] = field(default=frozenset())
    """Of a new thing: the words, in lower case, by which requests may mean it."""


class Changes:
    """The changes of one tenant, once `begin` is called: what a scenario holds is not news."""

    def __init__(self) -> None:
        self.sequence = 0
        self.observer: Callable[[Change], None] | None = None
        self.active = False
        self._latest: dict[str, int] = {}

    def begin(self) -> None:
        """Count changes from now on."""
        self.active = True

    def record(self, change: Change) -> None:
        """Count a change that has just been made."""
        self.sequence += 1
        # Moved to the end, so that the latest changes are found from there.
        self._latest.pop(change.object_id, None)
        self._latest[change.object_id] = self.sequence
        if self.observer:
            self.observer(change)

    def since(self, sequence: int) -> list[str]:
        """Return the ids of the objects that have changed after `sequence`, oldest change first."""
        return list(self._after(sequence))[::-1]

    def _after(self, sequence: int) -> Iterator[str]:
        for object_id, changed in reversed(self._latest.items()):
            if changed <= sequence:
                return
            yield object_id
