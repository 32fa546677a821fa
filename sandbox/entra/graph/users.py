"""Users: https://learn.microsoft.com/graph/api/resources/user"""

from __future__ import annotations

from typing import Any

from sandbox.entra.directory.deletion import soft_delete
from sandbox.entra.directory.new_objects import timestamp, user_properties
from sandbox.entra.directory.objects import User
from sandbox.entra.graph.bodies import merged
from sandbox.entra.graph.call import NO_CONTENT, GraphAnswer, GraphCall, created, ok
from sandbox.entra.graph.entities import USERS
from sandbox.entra.graph.errors import (
    bad_request,
    denied,
    invalid_property,
    not_found,
    value_required,
)
from sandbox.entra.graph.extension_values import EXTENSION, extension_values
from sandbox.entra.graph.listing import count_answer, list_body, object_body

_READ_ONLY = frozenset({"createdDateTime", "deletedDateTime", "creationType", "proxyAddresses"})
_REQUIRED = ("accountEnabled", "displayName", "mailNickname", "userPrincipalName")
_PASSWORD = "passwordProfile"
_SHORTEST_PASSWORD = 8
_BY_NAME = "userPrincipalName="


def list_all(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-list"""
    return ok(list_body(call, USERS, call.tenant.users))


def count(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-list#example-2-get-only-a-count-of-users"""
    return count_answer(call, USERS, call.tenant.users)


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-get"""
    return ok(object_body(call, USERS, find(call)))


def get_manager(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-list-manager: nobody has one here."""
    find(call)
    msg = "manager"
    raise not_found(msg)


def create(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-post-users

    The password is kept and never shown.
    """
    body = call.json_object()
    password = _password(body.pop(_PASSWORD, None))
    for name in _REQUIRED:
        if body.get(name) is None:
            raise value_required(name, "User")
    name = str(body["userPrincipalName"])
    _require_own_domain(call, name)
    properties = user_properties(name, timestamp(call.now))
    changes, values = _read(call, properties, {}, body)
    _require_free_name(call, None, name)
    user = User(
        object_id=call.ids.guid(),
        properties=properties | changes,
        extension_values=values,
        password=password,
    )
    call.tenant.users.add(user)
    return created(object_body(call, USERS, user))


def update(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-update

    All of it is done, or nothing. `null` takes an extension value away.
    """
    user = find(call)
    body = call.json_object()
    if _PASSWORD in body:
        # It takes a role of the directory, which no application here has:
        # https://learn.microsoft.com/graph/api/resources/users#who-can-perform-sensitive-actions
        raise denied()
    changes, values = _read(call, user.properties, user.extension_values, body)
    if name := changes.get("userPrincipalName"):
        _require_own_domain(call, name)
        _require_free_name(call, user, name)
    if changes:
        call.tenant.users.update(user, changes)
    if values != user.extension_values:
        call.tenant.users.change(user, extension_values=values)
    return NO_CONTENT


def delete(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-delete"""
    soft_delete(call.tenant, find(call), call.now)
    return NO_CONTENT


def find(call: GraphCall) -> User:
    """Return the user in the address, by object id or user principal name.

    Raises:
        GraphError: 404.
    """
    wanted = call.parameters["user"].removeprefix(_BY_NAME)
    found = call.tenant.user_called(wanted)
    if found is None:
        raise not_found(wanted)
    return found


def _read(
    call: GraphCall, properties: Any, present: dict[str, Any], body: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a body changes of the properties, and all extension values afterwards."""
    for name in body.keys() & _READ_ONLY:
        raise invalid_property(name)
    given = {name: value for name, value in body.items() if name.startswith(EXTENSION)}
    values = extension_values(call.tenant, "User", present, given) if given else present
    plain = {name: value for name, value in body.items() if name not in given and name != "id"}
    return merged(properties, plain, frozenset()), values


def _password(profile: object) -> str:
    password = profile.get("password") if isinstance(profile, dict) else None
    if not isinstance(password, str):
        raise value_required(_PASSWORD, "User")
    if len(password) < _SHORTEST_PASSWORD:
        msg = (
            "The specified password does not comply with password complexity requirements. Please"
            " provide a different password."
        )
        raise bad_request(msg)
    return password


def _require_own_domain(call: GraphCall, name: str) -> None:
    local, _, domain = name.rpartition("@")
    if not local or domain.casefold() != call.tenant.domain:
        msg = (
            "The domain portion of the userPrincipalName property is invalid. You must use one of"
            " the verified domain names in your organization."
        )
        raise bad_request(msg)


def _require_free_name(call: GraphCall, user: User | None, name: str) -> None:
    for other in call.tenant.users.find("userPrincipalName", name):
        if other is not user:
            msg = (
                "Another object with the same value for property userPrincipalName already exists."
            )
            raise bad_request(msg)
