"""Users: https://learn.microsoft.com/graph/api/resources/user

They are read and changed; the scenario makes them.
"""

from __future__ import annotations

from typing import Any

from sandbox.entra.directory.objects import ExtensionProperty, User
from sandbox.entra.graph.bodies import merged
from sandbox.entra.graph.call import NO_CONTENT, GraphAnswer, GraphCall, ok
from sandbox.entra.graph.entities import USERS
from sandbox.entra.graph.errors import (
    already_exists,
    bad_request,
    extensions_not_available,
    invalid_property,
    not_found,
    not_implemented,
)
from sandbox.entra.graph.listing import list_body, object_body

_READ_ONLY = frozenset({"createdDateTime", "deletedDateTime", "creationType", "proxyAddresses"})
_EXTENSION = "extension_"
_LONGEST_TEXT = 256
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1


def list_all(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-list"""
    return ok(list_body(call, USERS, call.tenant.users))


def count(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-list#example-2-get-only-a-count-of-users

    Raises:
        GraphError: 400 without `ConsistencyLevel: eventual`, 501 for query options.
    """
    for option in call.query:
        msg = f"the query option {option} of {call.path}"
        raise not_implemented(msg)
    if not call.advanced:
        msg = "$count is not currently supported."
        raise bad_request(msg)
    return GraphAnswer(status=200, text=str(len(call.tenant.users)))


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-get"""
    return ok(object_body(call, USERS, _find(call)))


def get_manager(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-list-manager: nobody has one here."""
    _find(call)
    msg = "manager"
    raise not_found(msg)


def update(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-update

    All of it is done, or nothing. `null` takes an extension value away.
    """
    user = _find(call)
    body = call.json_object()
    for name in body.keys() & _READ_ONLY:
        raise invalid_property(name)
    values = _extension_values(call, {n: v for n, v in body.items() if n.startswith(_EXTENSION)})
    plain = {name: value for name, value in body.items() if not name.startswith(_EXTENSION)}
    plain.pop("id", None)
    changes = merged(user.properties, plain, frozenset())
    _require_free_name(call, user, changes.get("userPrincipalName"))
    call.tenant.users.update(user, changes)
    if values:
        after = {**user.extension_values, **values}
        kept = {name: value for name, value in after.items() if value is not None}
        call.tenant.users.change(user, extension_values=kept)
    return NO_CONTENT


def _find(call: GraphCall) -> User:
    wanted = call.parameters["user"].removeprefix("userPrincipalName=")
    found = call.tenant.user_called(wanted)
    if found is None:
        raise not_found(wanted)
    return found


def _require_free_name(call: GraphCall, user: User, name: str | None) -> None:
    if name is None:
        return
    for other in call.tenant.users.find("userPrincipalName", name):
        if other is not user:
            msg = (
                "Another object with the same value for property userPrincipalName already exists."
            )
            raise already_exists(msg)


def _extension_values(call: GraphCall, given: dict[str, Any]) -> dict[str, Any]:
    """Return the values by the definitions' own names.

    Raises:
        GraphError: 400, for properties that are not available and for values of another type.
    """
    values: dict[str, Any] = {}
    unavailable: list[str] = []
    for name, value in given.items():
        definition = call.tenant.extension_property(name)
        if definition is None or "User" not in definition.target_objects:
            unavailable.append(name)
        else:
            _check_value(definition, value)
            values[definition.name] = value
    if unavailable:
        raise extensions_not_available(unavailable)
    return values


def _check_value(definition: ExtensionProperty, value: object) -> None:
    """https://learn.microsoft.com/graph/api/resources/extensionproperty#properties

    The refusals are worded here.
    """
    if value is None:
        return
    if definition.is_multi_valued:
        if not isinstance(value, list):
            msg = f"Property '{definition.name}' takes a list."
            raise bad_request(msg)
        for item in value:
            _check_single(definition, item)
    else:
        _check_single(definition, value)


def _check_single(definition: ExtensionProperty, value: object) -> None:
    match definition.data_type:
        case "Boolean":
            fits = isinstance(value, bool)
        case "Integer":
            fits = _is_integer(value) and _SMALLEST <= value <= _LARGEST  # type: ignore[operator]
        case "LargeInteger":
            fits = _is_integer(value)
        case _:
            fits = isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT
    if not fits:
        msg = (
            f"Invalid value specified for property '{definition.name}' of resource 'User': it takes"
            f" {definition.data_type}, text of at most {_LONGEST_TEXT} characters."
        )
        raise bad_request(msg)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
