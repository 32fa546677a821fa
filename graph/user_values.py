"""Reading and writing the extension values of users, each user on its own.

Users are addressed by object id: a UPN changes, and that of a guest holds a `#`.
What is to be written is decided in `attribute_changes`; pacing and retries are `run_batch`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from graph.attribute_changes import (
    LeftAlone,
    Recorded,
    UserChange,
    describe_change,
    plan_changes,
)
from graph.attribute_text import AttributeTable, UserRow
from graph.batch import BatchItem, is_throttled_or_busy, run_batch
from graph.client import GraphClient
from graph.errors import GraphFault
from graph.pacing import WritePace
from graph.user_failures import NOT_AVAILABLE, UserFailure

MAX_STRING_CHARS = 256
"""https://learn.microsoft.com/graph/api/resources/extensionproperty (dataType String)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Live values by object id and property, and why the other users could not be read."""

    values: Mapping[str, Mapping[str, str]]
    faults: Mapping[str, GraphFault]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an attempt to bring users to their declared values."""

    users: int
    written: tuple[UserChange, ...]
    left_alone: tuple[LeftAlone, ...]
    failures: tuple[UserFailure, ...]


def read_values(
    client: GraphClient, extension_names: Mapping[str, str], rows: Iterable[UserRow]
) -> Reading:
    """Read the live values of users; `extension_names` are Graph's names by property.

    A user who cannot be read is a fault of that user, not an error.
    """
    select = quote(",".join(["id", *extension_names.values()]), safe=",")
    items = [
        BatchItem(key=row.object_id, method="GET", url=f"/users/{row.object_id}?$select={select}")
        for row in rows
    ]
    values: dict[str, Mapping[str, str]] = {}
    faults: dict[str, GraphFault] = {}
    for answer in run_batch(client, items):
        if answer.fault:
            faults[answer.key] = answer.fault
        else:
            # A property without a value is absent or null; both mean the same.
            values[answer.key] = {
                name: _as_text(answer.body[extension_name])
                for name, extension_name in extension_names.items()
                if answer.body.get(extension_name) is not None
            }
    return Reading(values=values, faults=faults)


def converge(
    client: GraphClient,
    extension_names: Mapping[str, str],
    *,
    declared: AttributeTable,
    recorded: Recorded,
    pace: WritePace,
) -> Outcome:
    """Make live values the declared ones, writing only what differs, one PATCH a user.

    Nothing is remembered of an earlier attempt that ended half-way: what is live decides.
    """
    rows = {**recorded.table.rows, **declared.rows}
    reading = read_values(client, extension_names, rows.values())
    plan = plan_changes(declared=declared, recorded=recorded, live=reading.values)
    written, refused = _write(client, extension_names, plan.changes, pace)
    # The definition of a property may go while its values are being cleared: the whole PATCH is
    # refused then, and what is left of the user's values to clear shows in another look.
    if vanished := [change for change, fault in refused if _clears(change) and _is_hidden(fault)]:
        refused = [entry for entry in refused if entry[0] not in vanished]
        second_look = read_values(
            client, extension_names, [rows[change.object_id] for change in vanished]
        )
        rest = plan_changes(declared=declared, recorded=recorded, live=second_look.values)
        written_now, refused_now = _write(client, extension_names, rest.changes, pace)
        written += written_now
        refused += refused_now
    failures = [
        *_unreadable(reading.faults, declared, recorded),
        *(
            UserFailure(
                user_principal_name=change.user_principal_name,
                change=change.describe(),
                fault=fault,
            )
            for change, fault in refused
            # A removed user who has left the directory meanwhile has nothing to clear.
            if change.object_id in declared.rows or fault.status != 404
        ),
    ]
    return Outcome(
        users=len(rows),
        written=tuple(written),
        left_alone=plan.left_alone,
        failures=tuple(sorted(failures, key=lambda failure: failure.user_principal_name)),
    )


def _write(
    client: GraphClient,
    extension_names: Mapping[str, str],
    changes: Sequence[UserChange],
    pace: WritePace,
) -> tuple[list[UserChange], list[tuple[UserChange, GraphFault]]]:
    by_id = {change.object_id: change for change in changes}

    def may_pass(object_id: str, fault: GraphFault) -> bool:
        not_yet_replicated = _is_hidden(fault) and not _clears(by_id[object_id])
        concurrent = fault.status == 409
        return is_throttled_or_busy(object_id, fault) or concurrent or not_yet_replicated

    written: list[UserChange] = []
    refused: list[tuple[UserChange, GraphFault]] = []
    items = [_patch(change, extension_names) for change in changes]
    for answer in run_batch(client, items, pace=pace, is_passing=may_pass):
        change = by_id[answer.key]
        if answer.fault is None:
            written.append(change)
        else:
            refused.append((change, answer.fault))
    return written, refused


def _patch(change: UserChange, extension_names: Mapping[str, str]) -> BatchItem:
    return BatchItem(
        key=change.object_id,
        method="PATCH",
        url=f"/users/{change.object_id}",
        body={extension_names[name]: value for name, value in change.after.items()},
    )


def _clears(change: UserChange) -> bool:
    return None in change.after.values()


def _is_hidden(fault: GraphFault) -> bool:
    return fault.status == 400 and fault.message.startswith(NOT_AVAILABLE)


def _unreadable(
    faults: Mapping[str, GraphFault], declared: AttributeTable, recorded: Recorded
) -> Iterator[UserFailure]:
    for object_id, fault in faults.items():
        if row := declared.rows.get(object_id):
            change = describe_change({}, dict(row.values)).replace("(none)", "?")
        elif fault.status == 404:
            continue  # a removed user who has left the directory has no values to clear
        else:
            row = recorded.table.rows[object_id]
            change = f"clear {', '.join(sorted(row.values))}"
        yield UserFailure(user_principal_name=row.user_principal_name, change=change, fault=fault)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
