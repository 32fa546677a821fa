"""Which groups something is in: lists, and the actions that answer with ids alone.

https://learn.microsoft.com/graph/api/user-list-memberof, the same for groups and service principals
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.entra.graph import groups, service_principals, users
from sandbox.entra.graph.call import GraphAnswer, GraphCall, ok
from sandbox.entra.graph.directory_objects import mixed_list
from sandbox.entra.graph.errors import bad_request, invalid_property, value_required

Operation = Callable[[GraphCall], GraphAnswer]
_MOST_CHECKED = 20
_CHECKED = ("groupIds", "ids")


def list_direct(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-list-memberof"""
    return mixed_list(call, call.tenant.memberships.groups(_member_id(call)))


def list_transitive(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-list-transitivememberof"""
    return mixed_list(call, call.tenant.memberships.transitive_groups(_member_id(call)))


def get_ids(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/directoryobject-getmembergroups, also of objects.

    There are no directory roles or administrative units here that would be in the latter.
    """
    only_security = call.json_object().get("securityEnabledOnly")
    if not isinstance(only_security, bool):
        msg = "securityEnabledOnly"
        raise value_required(msg, "getMemberGroups")
    found = call.tenant.memberships.transitive_groups(_member_id(call))
    return _ids(
        call,
        [group_id for group_id in found if not only_security or _is_security_group(call, group_id)],
    )


def check_ids(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/directoryobject-checkmembergroups, also of objects."""
    body = call.json_object()
    for name in body:
        if name not in _CHECKED:
            raise invalid_property(name)
    asked = next((body[name] for name in _CHECKED if name in body), None)
    if not isinstance(asked, list) or not 1 <= len(asked) <= _MOST_CHECKED:
        msg = f"Between 1 and {_MOST_CHECKED} ids can be checked in one request."
        raise bad_request(msg)
    found = set(call.tenant.memberships.transitive_groups(_member_id(call)))
    return _ids(call, [group_id for group_id in asked if str(group_id).casefold() in found])


def _ids(call: GraphCall, group_ids: list[str]) -> GraphAnswer:
    context = f"{call.base_url}/$metadata#Collection(Edm.String)"
    return ok({"@odata.context": context, "value": group_ids})


def _is_security_group(call: GraphCall, group_id: str) -> bool:
    group = call.tenant.groups.get(group_id)
    return bool(group and group.properties["securityEnabled"])


def _member_id(call: GraphCall) -> str:
    if "group" in call.parameters:
        return groups.find(call).object_id
    if "service_principal" in call.parameters:
        return service_principals.find(call).object_id
    return users.find(call).object_id
