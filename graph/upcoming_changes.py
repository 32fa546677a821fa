"""What a preview says beside the comparison of texts: whose live values will be overwritten.

The engine shows a declared line beside the recorded one. It cannot show what others have put there
since, what a new stack takes over, or whom an earlier update did not reach.
"""

from __future__ import annotations

from collections.abc import Collection

from graph.attribute_changes import Recorded, UserChange, plan_changes
from graph.attribute_text import AttributeTable
from graph.live_values import LiveValues
from graph.user_values import Properties, concerned_users, look

_MOST_LISTED = 50


def describe_upcoming(
    live: LiveValues,
    properties: Properties,
    *,
    declared: AttributeTable,
    shown: AttributeTable,
    recorded: Recorded,
    not_reached: Collection[str] = (),
) -> str:
    """Return a line a user whose live value is another than `shown`, or nothing.

    `not_reached` are user principal names of an earlier update's failures, who are listed anyway.

    Raises:
        GraphError: the directory could not be asked.
    """
    concerned = [key for key in concerned_users(declared, recorded) if key in declared.rows]
    if not concerned:
        return ""
    values = look(live, properties, concerned, declared=declared, recorded=recorded)
    rows = {key: declared.rows[key] for key in concerned}
    plan = plan_changes(
        declared=AttributeTable(properties=declared.properties, rows=rows),
        recorded=Recorded(),
        live=values,
    )
    told = [
        change.describe()
        if change.user_principal_name in not_reached
        else _hidden(change, shown).describe()
        for change in plan.changes
    ]
    lines = [
        f"  {change.user_principal_name}: {text}"
        for change, text in zip(plan.changes, told, strict=True)
        if text
    ]
    if not lines:
        return ""
    more = len(lines) - _MOST_LISTED
    return "\n".join(
        [
            "Values in the directory that will be overwritten:",
            *lines[:_MOST_LISTED],
            *([f"  … and {more} more"] if more > 0 else []),
        ]
    )


def _hidden(change: UserChange, shown: AttributeTable) -> UserChange:
    """Return the part of a change that overwrites something else than what is shown."""
    row = shown.rows.get(change.object_id)
    values = row.values if row else {}
    names = [
        name
        for name, before in change.before.items()
        if before is not None and before != values.get(name)
    ]
    return UserChange(
        user_principal_name=change.user_principal_name,
        object_id=change.object_id,
        before={name: change.before[name] for name in names},
        after={name: change.after[name] for name in names},
    )
