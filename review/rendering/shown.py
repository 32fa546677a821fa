"""Values and differences as lines of text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from review.diff import PropertyChange
from review.names import Names
from review.report import ResourceDiff
from review.tables import table_of
from review.values import SECRET, UNKNOWN, Special, Value

MAX_VALUE = 300
MAX_USERS = 20


def shown_value(value: Value) -> str:
    """Return one value as a line, shortened."""
    if isinstance(value, Special):
        return value.value
    if isinstance(value, str):
        text = value.replace("\n", "⏎")
    else:
        text = json.dumps(value, ensure_ascii=False, default=_special)
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}… ({len(text):,} characters)"


def _special(value: object) -> str:
    return value.value if isinstance(value, Special) else str(value)


def diff_lines(diff: ResourceDiff, names: Names) -> Iterator[str]:
    """Yield the lines of a resource's difference, each starting with `-`, `+` or `!`."""
    for change in diff.changes:
        if change.path == "users":
            yield from _user_lines(change)
            continue
        for line in _leaf_lines(change):
            yield names.beside(line)


def _leaf_lines(change: PropertyChange) -> Iterator[str]:
    if change.before is SECRET and change.after is SECRET:
        yield f"! {change.path}: {SECRET.value} differs"
        return
    if change.before is None and isinstance(change.after, Mapping):
        for path, value in _leaves(change.path, change.after):
            yield f"+ {path}: {shown_value(value)}"
        return
    if change.after is None and isinstance(change.before, Mapping):
        for path, value in _leaves(change.path, change.before):
            yield f"- {path}: {shown_value(value)}"
        return
    if change.before is not None:
        yield f"- {change.path}: {shown_value(change.before)}"
    if change.after is not None:
        yield f"+ {change.path}: {shown_value(change.after)}"


def _leaves(path: str, value: Value) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}", inner)
    else:
        yield path, value


def _user_lines(change: PropertyChange) -> Iterator[str]:
    if UNKNOWN in (change.before, change.after):
        yield f"! users: {UNKNOWN.value}"
        return
    if any(text is not None and table_of(text) is None for text in (change.before, change.after)):
        yield "! users: a table that cannot be read"
        return
    before, after = dict(_rows(change.before)), dict(_rows(change.after))
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    changed.sort(key=lambda key: after.get(key) or before[key])
    for key in changed[:MAX_USERS]:
        if key in before:
            yield f"- {before[key]}"
        if key in after:
            yield f"+ {after[key]}"
    if (rest := len(changed) - MAX_USERS) and rest > 0:
        yield f"! and {rest:,} users more"


def _rows(text: Value) -> Iterator[tuple[str, str]]:
    """Yield each user's object id and line."""
    table = table_of(text)
    for row in table.rows.values() if table else ():
        values = ", ".join(f"{name}={value}" for name, value in sorted(row.values.items()))
        yield row.object_id, f"{row.user_principal_name}: {values or 'no values'}"
