"""What has to be written so that live values become the declared ones: pure, and nothing else.

Three tables meet: what is declared now, what was recorded when this program last looked, and what
is live. Values are written only where they differ. What is no longer declared is cleared only if
it is still what this program wrote; what someone else has put there since is left, and told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from graph.attribute_text import AttributeTable, UserRow

LiveValues = Mapping[str, Mapping[str, str]]
"""By object id, then by property; a user who is not there could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """One PATCH of one user; None means no value."""

    user_principal_name: str
    object_id: str
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]

    def describe(self) -> str:
        """Return `property: from -> to` of each property."""
        return describe_change(self.before, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """A value that is no longer declared and that someone else has changed."""

    user_principal_name: str
    property_name: str
    live: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan:
    """At most one change a user, in the order of the tables."""

    changes: tuple[UserChange, ...]
    left_alone: tuple[LeftAlone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the state says: live values as last seen, and whose they are."""

    table: AttributeTable = field(default_factory=AttributeTable)
    changed_by_others: AttributeTable = field(default_factory=AttributeTable)
    attempted: AttributeTable = field(default_factory=AttributeTable)
    """Values that were sent and never answered: they may be live."""

    def is_ours(self, object_id: str, property_name: str) -> bool:
        """Whether the recorded value was written, or confirmed as declared, by this program."""
        others = self.changed_by_others.rows.get(object_id)
        return others is None or property_name not in others.values

    def wrote(self, object_id: str, property_name: str, live: str) -> bool:
        """Whether this program has put the live value there."""
        if _values(self.attempted.rows.get(object_id)).get(property_name) == live:
            return True
        recorded = _values(self.table.rows.get(object_id)).get(property_name)
        return recorded == live and self.is_ours(object_id, property_name)

    def managed(self, object_id: str) -> Mapping[str, str]:
        """Return the recorded values of a user, and those that were attempted beside them."""
        attempted = _values(self.attempted.rows.get(object_id))
        return {**attempted, **_values(self.table.rows.get(object_id))}


def describe_change(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> str:
    """Return `property: from -> to` of each property in `after`."""
    return ", ".join(
        f"{name}: {_shown(before.get(name))} -> {_shown(value)}"
        for name, value in sorted(after.items())
    )


def plan_changes(*, declared: AttributeTable, recorded: Recorded, live: LiveValues) -> ChangePlan:
    """Compare and decide; users who are not in `live` are not in the plan."""
    changes: list[UserChange] = []
    left_alone: list[LeftAlone] = []
    for object_id, row in {**recorded.table.rows, **declared.rows}.items():
        if object_id not in live:
            continue
        now = live[object_id]
        wanted = _values(declared.rows.get(object_id))
        after: dict[str, str | None] = {
            name: value for name, value in wanted.items() if now.get(name) != value
        }
        recorded_values = _values(recorded.table.rows.get(object_id))
        for name in recorded.managed(object_id):
            if name in wanted or name not in now:
                continue
            if recorded.wrote(object_id, name, now[name]):
                after[name] = None
            elif name in recorded_values:
                left_alone.append(
                    LeftAlone(
                        user_principal_name=row.user_principal_name,
                        property_name=name,
                        live=now[name],
                    )
                )
        if after:
            changes.append(
                UserChange(
                    user_principal_name=row.user_principal_name,
                    object_id=object_id,
                    before={name: now.get(name) for name in after},
                    after=after,
                )
            )
    return ChangePlan(changes=tuple(changes), left_alone=tuple(left_alone))


def seen_live(recorded: Recorded, live: LiveValues) -> Recorded:
    """Return the record after a look at the directory: what it holds, and what others changed.

    Only managed cells are looked at. Users who are not in `live` are gone from the record.
    """
    rows: dict[str, UserRow] = {}
    others: dict[str, UserRow] = {}
    for object_id, row in recorded.table.rows.items():
        if object_id not in live:
            continue
        managed = recorded.managed(object_id)
        now = {name: value for name, value in live[object_id].items() if name in managed}
        rows[object_id] = _with_values(row, now)
        foreign = {
            name: value for name, value in now.items() if not recorded.wrote(object_id, name, value)
        }
        if foreign:
            others[object_id] = _with_values(row, foreign)
    properties = recorded.table.properties
    return Recorded(
        table=AttributeTable(properties=properties, rows=rows),
        changed_by_others=AttributeTable(properties=properties, rows=others),
    )


def recorded_after(
    *,
    declared: AttributeTable,
    recorded: Recorded,
    live: LiveValues,
    failed: Collection[str],
    unanswered: Collection[str],
) -> Recorded:
    """Return the record after an attempt that failed for the users `failed`.

    All others are as declared, and who is not declared any more is gone. A user who failed is
    recorded as they were found, or as they were recorded if nobody could look; of the `unanswered`
    among them it is not known whether they were written.
    """
    rows = dict(declared.rows)
    others: dict[str, UserRow] = {}
    attempted: dict[str, UserRow] = {}
    for object_id in failed:
        row = declared.rows.get(object_id) or recorded.table.rows[object_id]
        wanted = _values(declared.rows.get(object_id))
        managed = recorded.managed(object_id)
        now = live.get(object_id)
        found = managed if now is None else now
        rows[object_id] = _with_values(
            row,
            {
                name: value
                for name, value in found.items()
                # What others have put into a cell that is no longer declared is not ours to keep.
                if name in wanted or (name in managed and recorded.wrote(object_id, name, value))
            },
        )
        foreign = {
            name: value
            for name, value in rows[object_id].values.items()
            if value != wanted.get(name) and not recorded.wrote(object_id, name, value)
        }
        if foreign:
            others[object_id] = _with_values(row, foreign)
        sent = dict(wanted) if object_id in unanswered else {}
        sent = {**_values(recorded.attempted.rows.get(object_id)), **sent}
        if sent:
            attempted[object_id] = _with_values(row, sent)
    kept = {name for object_id in failed for name in rows[object_id].values}
    kept |= {name for row in attempted.values() for name in row.values}
    properties = (*declared.properties, *sorted(kept - set(declared.properties)))
    return Recorded(
        table=AttributeTable(properties=properties, rows=rows),
        changed_by_others=AttributeTable(properties=properties, rows=others),
        attempted=AttributeTable(properties=properties, rows=attempted),
    )


def _values(row: UserRow | None) -> Mapping[str, str]:
    return {} if row is None else row.values


def _with_values(row: UserRow, values: Mapping[str, str]) -> UserRow:
    return UserRow(
        user_principal_name=row.user_principal_name, object_id=row.object_id, values=values
    )


def _shown(value: str | None) -> str:
    return "(none)" if value is None else repr(value)
