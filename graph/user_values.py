"""Bringing the extension values of users to the declared ones, each user on its own.

Users are addressed by object id: a UPN changes, and that of a guest holds a `#`.
What is to be written is decided in `attribute_changes`, what is live is read by `live_values`;
pacing and retries are `run_batch`'s.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graph.attribute_changes import (
    LeftAlone,
    Recorded,
    UserChange,
    plan_changes,
    recorded_after,
)
from graph.attribute_text import AttributeTable
from graph.batch import BatchItem, is_throttled_or_busy, run_batch
from graph.client import GraphClient
from graph.errors import GraphError, GraphFault
from graph.extension_values import DataType, to_graph
from graph.live_values import LiveValues
from graph.pacing import WritePace
from graph.progress import WriteProgress
from graph.shards import shard_of
from graph.user_failures import NOT_AVAILABLE, UserFailure

_NEW_USER_S = 20.0
"""How long a declared user may be unknown to the directory: one made seconds ago is."""
_CLEARED_AT_MOST_S_OLD = 60.0
"""A value is cleared only if someone has looked this recently that it is still ours."""
_UNANSWERED = frozenset({408, 504})
"""Answers after which the write may have been done all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """The extension properties that are managed: Graph's names and types by property name."""

    extension_names: Mapping[str, str]
    data_types: Mapping[str, DataType]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What the shards of one process share."""

    client: GraphClient
    live: LiveValues
    pace: WritePace
    progress: WriteProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an attempt to bring users to their declared values."""

    written: tuple[UserChange, ...]
    left_alone: tuple[LeftAlone, ...]
    failures: tuple[UserFailure, ...]
    recorded: Recorded
    """What is live now, as far as it is known."""


@dataclass(slots=True)
class _Written:
    done: list[UserChange] = field(default_factory=list)
    refused: list[tuple[UserChange, GraphFault]] = field(default_factory=list)
    unsent: list[UserChange] = field(default_factory=list)
    error: GraphError | None = None
    """Why `unsent` were not answered."""


def converge(
    writing: Writing, properties: Properties, *, declared: AttributeTable, recorded: Recorded
) -> Outcome:
    """Make live values the declared ones, writing only what differs, one PATCH a user.

    Only users who are declared otherwise than recorded are looked at: what others have changed
    since is shown by a refresh before it is overwritten. Nothing is remembered of an attempt that
    was interrupted: what is live decides.

    Raises:
        GraphError: the directory could not be asked, and nothing has been written.
    """
    writing.progress.begin(shard_of_tables(declared, recorded.table))
    concerned = concerned_users(declared, recorded)
    live = look(writing.live, properties, concerned, declared=declared, recorded=recorded)
    # A declared user whom nobody finds may have been made a moment ago; the write will tell.
    unseen = [key for key in concerned if key in declared.rows and key not in live]
    plan = plan_changes(
        declared=_only(declared, concerned),
        recorded=_recorded_of(recorded, concerned),
        live={**live, **{key: {} for key in unseen}},
    )
    result = _write(writing, properties, plan.changes, declared)
    # The definition of a property may go while its values are being cleared: the whole PATCH is
    # refused then, and what is left of the user's values to clear shows in another look.
    if vanished := [change for change, fault in result.refused if _is_vanished(change, fault)]:
        keys = [change.object_id for change in vanished]
        result.refused = [entry for entry in result.refused if entry[0] not in vanished]
        rest = plan_changes(
            declared=_only(declared, keys),
            recorded=_recorded_of(recorded, keys),
            live=writing.live.read(properties.extension_names, properties.data_types, keys),
        )
        again = _write(writing, properties, rest.changes, declared)
        result.done += again.done
        result.refused += again.refused
        result.unsent += again.unsent
        result.error = result.error or again.error
    if result.error and not result.done and not result.refused:
        raise result.error
    # A removed user who has left the directory meanwhile has nothing to clear.
    refused = [
        (change, fault)
        for change, fault in result.refused
        if change.object_id in declared.rows or fault.status != 404
    ]
    failed = [*refused, *((change, result.error) for change in result.unsent)]
    return Outcome(
        written=tuple(result.done),
        left_alone=plan.left_alone,
        failures=tuple(
            UserFailure.of(
                change.user_principal_name,
                _described(change, unseen=change.object_id in unseen),
                why,
            )
            for change, why in failed
            if why
        ),
        recorded=recorded_after(
            declared=declared,
            recorded=recorded,
            live=live,
            failed=[change.object_id for change, _ in failed],
            unanswered=[
                change.object_id
                for change, why in failed
                if not isinstance(why, GraphFault) or why.status in _UNANSWERED
            ],
        ),
    )


def shard_of_tables(*tables: AttributeTable) -> int:
    """Return the shard that the users of these tables, which are all of one, belong to."""
    return next((shard_of(object_id) for table in tables for object_id in table.rows), 0)


def concerned_users(declared: AttributeTable, recorded: Recorded) -> list[str]:
    """Return the object ids of users who are not recorded as they are declared."""
    rows = {**recorded.table.rows, **recorded.attempted.rows, **declared.rows}
    return [
        object_id
        for object_id in rows
        if object_id in recorded.attempted.rows
        or dict(declared.rows[object_id].values if object_id in declared.rows else {})
        != dict(recorded.managed(object_id))
    ]


def look(
    live: LiveValues,
    properties: Properties,
    object_ids: Sequence[str],
    *,
    declared: AttributeTable,
    recorded: Recorded,
) -> Mapping[str, Mapping[str, str]]:
    """Read live values, freshly when some of them are going to be cleared."""
    clears = any(
        recorded.managed(object_id).keys()
        - (declared.rows[object_id].values.keys() if object_id in declared.rows else set())
        for object_id in object_ids
    )
    return live.read(
        properties.extension_names,
        properties.data_types,
        object_ids,
        at_most_s_old=_CLEARED_AT_MOST_S_OLD if clears else math.inf,
    )


def _write(
    writing: Writing,
    properties: Properties,
    changes: Sequence[UserChange],
    declared: AttributeTable,
) -> _Written:
    by_id = {change.object_id: change for change in changes}
    clock = writing.client.clock
    unknown_since: dict[str, float] = {}

    def may_pass(object_id: str, fault: GraphFault) -> bool:
        match fault.status:
            case 409 | 424:
                return True
            case 404 if object_id in declared.rows:
                since = unknown_since.setdefault(object_id, clock.now())
                return clock.now() - since < _NEW_USER_S
            case 400:
                return _is_hidden(fault) and not _clears(by_id[object_id])
            case _:
                return is_throttled_or_busy(object_id, fault)

    result = _Written()
    writing.progress.plan(len(changes))
    items = [_patch(change, properties) for change in changes]
    try:
        for answer in run_batch(writing.client, items, pace=writing.pace, is_passing=may_pass):
            change = by_id.pop(answer.key)
            if answer.fault is None:
                result.done.append(change)
            else:
                result.refused.append((change, answer.fault))
            writing.progress.finish()
    except GraphError as error:
        result.error = error
        result.unsent = list(by_id.values())
        writing.progress.give_up(len(by_id))
    writing.live.forget([change.object_id for change in changes])
    return result


def _patch(change: UserChange, properties: Properties) -> BatchItem:
    return BatchItem(
        key=change.object_id,
        method="PATCH",
        url=f"/users/{change.object_id}",
        body={
            properties.extension_names[name]: (
                None if value is None else to_graph(properties.data_types[name], value)
            )
            for name, value in change.after.items()
        },
    )


def _clears(change: UserChange) -> bool:
    return None in change.after.values()


def _is_hidden(fault: GraphFault) -> bool:
    return fault.status == 400 and fault.message.startswith(NOT_AVAILABLE)


def _is_vanished(change: UserChange, fault: GraphFault) -> bool:
    return _clears(change) and _is_hidden(fault)


def _described(change: UserChange, *, unseen: bool) -> str:
    text = change.describe()
    return text.replace("(none) ->", "? ->") if unseen else text


def _only(table: AttributeTable, object_ids: Sequence[str]) -> AttributeTable:
    rows = {key: table.rows[key] for key in object_ids if key in table.rows}
    return AttributeTable(properties=table.properties, rows=rows)


def _recorded_of(recorded: Recorded, object_ids: Sequence[str]) -> Recorded:
    return Recorded(
        table=_only(recorded.table, object_ids),
        changed_by_others=_only(recorded.changed_by_others, object_ids),
        attempted=_only(recorded.attempted, object_ids),
    )
