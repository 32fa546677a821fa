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
    kind: str
    """Its type, as in `@odata.type`; empty for what only happens in the recycle bin."""
    names: frozenset[str] = field(default=frozenset())
    """Of a new thing: the words, in lower case, by which requests may mean it."""


class Changes:
    """The changes of one tenant, once `begin` is called: what a scenario holds is not news."""

    def __init__(self) -> None:
        self.sequence = 0
        self.observer: Callable[[Change], None] | None = None
        self.active = False
        self._latest: dict[str, tuple[int, str]] = {}

    def begin(self) -> None:
        """Count changes from now on."""
        self.active = True

    def record(self, change: Change) -> None:
        """Count a change that has just been made."""
        self.sequence += 1
        # Moved to the end, so that the latest changes are found from there.
        _, kind = self._latest.pop(change.object_id, (0, ""))
        self._latest[change.object_id] = (self.sequence, change.kind or kind)
        if self.observer:
            self.observer(change)

    def since(self, sequence: int, kind: str) -> list[tuple[int, str]]:
        """Return the objects of a type that have changed after `sequence`, oldest change first.

        Each is the number of its last change and its id.
        """
        return list(self._after(sequence, kind))[::-1]

    def _after(self, sequence: int, kind: str) -> Iterator[tuple[int, str]]:
        for object_id, (changed, of_kind) in reversed(self._latest.items()):
            if changed <= sequence:
                return
            if of_kind == kind:
                yield changed, object_id
