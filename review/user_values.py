"""Whose extension values change, from what to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graph.attribute_text import AttributeTable
from review import kinds
from review.model import Change, Resource
from review.tables import table_of

MAX_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """One user; None stands for no value."""

    user_principal_name: str
    object_id: str
    values: Mapping[str, tuple[str | None, str | None]]
    """From and to, by property."""

    @property
    def clears(self) -> bool:
        """Whether a value is cleared and no other takes its place."""
        return any(after is None for _before, after in self.values.values())

    def describe(self) -> str:
        """Return `property: from → to` of each property."""
        return ", ".join(
            f"{name}: {before or 'none'} → {after or 'none'}"
            for name, (before, after) in sorted(self.values.items())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UserValues:
    """What happens to the values of users."""

    changes: tuple[UserChange, ...] = ()
    unread: tuple[str, ...] = ()
    """URNs of shards whose table is not known yet or cannot be read."""

    @property
    def cleared(self) -> tuple[UserChange, ...]:
        """Those who lose a value."""
        return tuple(change for change in self.changes if change.clears)


def user_values(changes: Iterator[Change] | tuple[Change, ...]) -> UserValues:
    """Return whose values change in `changes`, sorted by name."""
    before: dict[str, tuple[str, Mapping[str, str]]] = {}
    after: dict[str, tuple[str, Mapping[str, str]]] = {}
    unread: list[str] = []
    for change in changes:
        if change.type != kinds.USER_ATTRIBUTES:
            continue
        for side, rows in ((change.old, before), (change.new, after)):
            table = _table(side)
            if table is None:
                unread.append(change.urn)
            else:
                for object_id, row in table.rows.items():
                    rows[object_id] = (row.user_principal_name, row.values)
    found = []
    for object_id in {*before, *after}:
        name, old = before.get(object_id) or (*after[object_id][:1], {})
        name, new = after.get(object_id) or (name, {})
        if old == new:
            continue
        values = {
            key: (old.get(key), new.get(key))
            for key in {*old, *new}
            if old.get(key) != new.get(key)
        }
        found.append(UserChange(user_principal_name=name, object_id=object_id, values=values))
    found.sort(key=lambda change: (change.user_principal_name.casefold(), change.object_id))
    return UserValues(changes=tuple(found), unread=tuple(sorted(set(unread))))


def _table(side: Resource | None) -> AttributeTable | None:
    return AttributeTable() if side is None else table_of(side.inputs.get("users"))
