"""Bodies of requests: which properties they may have, and how a PATCH changes an object."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from sandbox.entra.graph.call import GraphCall, referenced_id
from sandbox.entra.graph.errors import bad_request, invalid_property, not_found

OWNERS = "owners@odata.bind"
MEMBERS = "members@odata.bind"


def merged(
    current: Mapping[str, Any], changes: Mapping[str, Any], nested: AbstractSet[str]
) -> dict[str, Any]:
    """Return the new values of the properties that `changes` has.

    Objects named in `nested` are merged, at any depth, because a PATCH may leave members out;
    everything else is replaced. `null` empties a list and an object.

    Raises:
        GraphError: 400, a property that the object does not have, or a value of another type.
    """
    result: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in current:
            raise invalid_property(name)
        before = current[name]
        if name in nested and isinstance(before, dict):
            _require(value is None or isinstance(value, dict), name)
            after = _emptied(before) if value is None else merged(before, value, nested)
            result[name] = {**before, **after}
        elif isinstance(before, list):
            _require(value is None or isinstance(value, list), name)
            result[name] = value or []
        else:
            _require(value is None or isinstance(value, bool) or not isinstance(before, bool), name)
            result[name] = value
    return result


def _emptied(current: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _empty(value) for name, value in current.items()}


def _empty(value: object) -> object:
    match value:
        case list():
            return []
        case dict():
            return _emptied(value)
        case bool():
            return False
    return None


def _require(valid: object, name: str) -> None:
    """Refuse a value of the wrong type; the refusal is worded here."""
    if not valid:
        msg = f"Invalid value specified for property '{name}'."
        raise bad_request(msg)


def bound_owners(call: GraphCall, body: dict[str, Any]) -> list[str]:
    """Take the owners out of a body and return their object ids.

    Raises:
        GraphError: 404, one of them does not exist.
    """
    return bound_ids(call, body, OWNERS)


def bound_ids(call: GraphCall, body: dict[str, Any], name: str) -> list[str]:
    """Take references out of a body and return their object ids, each once.

    Raises:
        GraphError: 404, one of them does not exist.
    """
    found = [referenced_id(reference) for reference in body.pop(name, None) or []]
    for object_id in found:
        if call.tenant.object(object_id) is None:
            raise not_found(object_id)
    return list(dict.fromkeys(found))
