"""Who is a member of which group, directly and through nested groups."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from sandbox.entra.directory.changes import Change, Changes
from sandbox.entra.directory.objects import Group


class Memberships:
    """Both directions of membership, by object id."""

    def __init__(self, changes: Changes | None = None) -> None:
        self._changes = changes or Changes()
        self._members: dict[str, dict[str, None]] = {}
        self._groups: dict[str, dict[str, None]] = {}

    def add(self, group_id: str, member_id: str) -> None:
        """Make `member_id` a direct member; nothing happens when it is one."""
        if member_id in self._members.get(group_id, ()):
            return
        self._add(group_id, member_id)
        if self._changes.active:
            self._record(group_id, member_id, self._remove, self._add)

    def remove(self, group_id: str, member_id: str) -> None:
        """End a direct membership that exists."""
        self._remove(group_id, member_id)
        if self._changes.active:
            self._record(group_id, member_id, self._add, self._remove)

    def contains(self, group_id: str, member_id: str) -> bool:
        """Tell whether `member_id` is a direct member."""
        return member_id in self._members.get(group_id, ())

    def members(self, group_id: str) -> list[str]:
        """Return the direct members of a group."""
        return list(self._members.get(group_id, ()))

    def groups(self, member_id: str) -> list[str]:
        """Return the groups that `member_id` is a direct member of."""
        return list(self._groups.get(member_id, ()))

    def transitive_members(self, group_id: str) -> list[str]:
        """Return direct members and those of nested groups, each once, nested groups included."""
        return _reachable(group_id, self._members)

    def transitive_groups(self, member_id: str) -> list[str]:
        """Return the groups of `member_id` and the groups that those are members of."""
        return _reachable(member_id, self._groups)

    def _add(self, group_id: str, member_id: str) -> None:
        self._members.setdefault(group_id, {})[member_id] = None
        self._groups.setdefault(member_id, {})[group_id] = None

    def _remove(self, group_id: str, member_id: str) -> None:
        del self._members[group_id][member_id]
        del self._groups[member_id][group_id]

    def _record(
        self,
        group_id: str,
        member_id: str,
        undo: Callable[[str, str], None],
        redo: Callable[[str, str], None],
    ) -> None:
        self._changes.record(
            Change(
                object_id=group_id,
                kind=Group.odata_type,
                undo=lambda: undo(group_id, member_id),
                redo=lambda: redo(group_id, member_id),
            )
        )


def _reachable(start: str, edges: dict[str, dict[str, None]]) -> list[str]:
    found: dict[str, None] = {}
    waiting = deque(edges.get(start, ()))
    while waiting:
        item = waiting.popleft()
        if item not in found and item != start:
            found[item] = None
            waiting.extend(edges.get(item, ()))
    return list(found)
