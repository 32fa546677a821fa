"""What differs between the declared inputs of a resource and those in the state.

Pulumi's own detailed difference is not used: dynamic providers have none, and it knows paths only.
What is no difference: the order of what is a set to the service that it is sent to, another layout
of the same JSON, another order of the same users.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from review.model import Change, Resource
from review.tables import table_of
from review.values import SECRET, UNKNOWN, Special, Value

_SETS = frozenset(
    {
        "audiences",
        "claimValues",
        "featureTags",
        "groupMembershipClaims",
        "idTokens",
        "identifierUris",
        "owners",
        "redirectUris",
        "requiredResourceAccesses",
        "resourceAccesses",
        "subjects",
        "target_objects",
        "additionalProperties",
        "resources",
        "verbs",
        "apiGroups",
    }
)
"""Properties whose items have no order."""
PROTECTION = "(option) protect"
"""What is no property, but an option of the resource."""
_JSON_TEXTS = frozenset({"definitions"})
_USER_TABLES = frozenset({"users"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyChange:
    """One value that differs; None stands for a value that is not there."""

    path: str
    before: Value
    after: Value


def property_changes(change: Change) -> tuple[PropertyChange, ...]:
    """Return what differs, sorted by path.

    A secret that differs shows no values; that it differs is the engine's word.
    """
    old = change.old.inputs if change.old else {}
    new = change.new.inputs if change.new else {}
    found = list(_differences(old, new, ""))
    told = {entry.path.split(".")[0].split("[")[0] for entry in found}
    for name in change.differing:
        root = name.split(".")[0].split("[")[0]
        if root not in told and SECRET in (old.get(root), new.get(root)):
            found.append(PropertyChange(path=root, before=SECRET, after=SECRET))
    if change.old and change.new and change.old.protect != change.new.protect:
        found.append(
            PropertyChange(path=PROTECTION, before=change.old.protect, after=change.new.protect)
        )
    return tuple(sorted(found, key=lambda entry: entry.path))


def same_content(old: Resource, new: Resource) -> bool:
    """Whether two sides mean the same; what is unknown or secret is not known to."""
    return not any(True for _ in _differences(old.inputs, new.inputs, ""))


def _differences(old: Value, new: Value, path: str) -> Iterator[PropertyChange]:
    if old is UNKNOWN or new is UNKNOWN:
        yield PropertyChange(path=path, before=old, after=new)
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            inner = f"{path}.{name}" if path else name
            yield from _differences(old.get(name), new.get(name), inner)
        return
    name = path.rpartition(".")[2].partition("[")[0]
    before, after = _normal(name, old), _normal(name, new)
    if before == after:
        return
    if isinstance(before, list) and isinstance(after, list):
        if name in _SETS:
            yield from _items(path, before, after)
            return
        if len(before) == len(after):
            for number, (one, other) in enumerate(zip(before, after, strict=True)):
                yield from _differences(one, other, f"{path}[{number}]")
            return
    yield PropertyChange(path=path, before=old, after=new)


def _items(path: str, before: list[Value], after: list[Value]) -> Iterator[PropertyChange]:
    """Yield what has gone from a set, and what has come."""
    old, new = ({_sort_key(item): item for item in side} for side in (before, after))
    for key in sorted(set(old) - set(new)):
        yield PropertyChange(path=f"{path}[]", before=old[key], after=None)
    for key in sorted(set(new) - set(old)):
        yield PropertyChange(path=f"{path}[]", before=None, after=new[key])


def _normal(name: str, value: Value) -> Value:
    """Return a form of `value` in which equal contents are equal."""
    if isinstance(value, Special):
        return value
    if isinstance(value, Mapping):
        return {key: _normal(key, inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        normal = [_normal("" if name not in _JSON_TEXTS else name, item) for item in value]
        return sorted(normal, key=_sort_key) if name in _SETS else normal
    if isinstance(value, str):
        if name in _JSON_TEXTS:
            return _json(value)
        if name in _USER_TABLES:
            return _users(value)
    return value


def _sort_key(value: Value) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _json(text: str) -> Value:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _users(text: str) -> Value:
    table = table_of(text)
    return text if table is None else (sorted(table.properties), table.rows)
