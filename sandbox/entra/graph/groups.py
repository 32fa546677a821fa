"""Groups: https://learn.microsoft.com/graph/api/resources/group"""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.entra.directory.deletion import soft_delete
from sandbox.entra.directory.new_objects import group_properties
from sandbox.entra.directory.objects import Group, ServicePrincipal, User
from sandbox.entra.graph.bodies import MEMBERS, bound_ids, bound_owners, merged
from sandbox.entra.graph.call import (
    NO_CONTENT,
    GraphAnswer,
    GraphCall,
    created,
    ok,
    referenced_id,
)
from sandbox.entra.graph.directory_objects import mixed_list
from sandbox.entra.graph.entities import GROUPS
from sandbox.entra.graph.errors import (
    bad_request,
    invalid_property,
    not_found,
    not_implemented,
    reference_exists,
    value_required,
)
from sandbox.entra.graph.listing import count_answer, list_body, object_body

_READ_ONLY = frozenset({"createdDateTime", "deletedDateTime", "mail", "proxyAddresses"})
_REQUIRED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")
_MOST_MEMBERS_AT_ONCE = 20
_LONGEST_NAME, _LONGEST_NICKNAME = 256, 64
_NOT_IN_NICKNAMES = frozenset('@()\\[]";:<>, ')


def list_all(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-list"""
    return ok(list_body(call, GROUPS, call.tenant.groups))


def count(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-list#examples"""
    return count_answer(call, GROUPS, call.tenant.groups)


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-get"""
    return ok(object_body(call, GROUPS, find(call)))


def create(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-post-groups

    Two groups may have the same name. Who creates it as an application owns nothing of it.
    """
    body = call.json_object()
    owner_ids = bound_owners(call, body)
    member_ids = _bound_members(call, body)
    for name in _REQUIRED:
        if body.get(name) is None:
            raise value_required(name, "Group")
    properties = group_properties(str(body["displayName"]), call.now)
    properties.update(_checked(properties, body))
    _require_a_kind(properties)
    group = Group(object_id=call.ids.guid(), properties=properties, owner_ids=owner_ids)
    call.tenant.groups.add(group)
    for member_id in member_ids:
        call.tenant.memberships.add(group.object_id, member_id)
    return created(object_body(call, GROUPS, group))


def update(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-update; at most 20 members at once."""
    group = find(call)
    body = call.json_object()
    member_ids = _bound_members(call, body)
    for member_id in member_ids:
        _require_may_join(call, group, member_id)
    call.tenant.groups.update(group, _checked(group.properties, body))
    for member_id in member_ids:
        call.tenant.memberships.add(group.object_id, member_id)
    return NO_CONTENT


def delete(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-delete"""
    soft_delete(call.tenant, find(call), call.now)
    return NO_CONTENT


def list_members(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-list-members"""
    return mixed_list(call, call.tenant.memberships.members(find(call).object_id))


def list_transitive_members(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-list-transitivemembers"""
    return mixed_list(call, call.tenant.memberships.transitive_members(find(call).object_id))


def add_member(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-post-members"""
    group = find(call)
    member_id = referenced_id(call.json_object().get("@odata.id"))
    _require_may_join(call, group, member_id)
    call.tenant.memberships.add(group.object_id, member_id)
    return NO_CONTENT


def remove_member(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-delete-members"""
    group, member_id = find(call), call.parameters["member"].casefold()
    if not call.tenant.memberships.contains(group.object_id, member_id):
        raise not_found(member_id)
    call.tenant.memberships.remove(group.object_id, member_id)
    return NO_CONTENT


def list_owners(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-list-owners"""
    return mixed_list(call, find(call).owner_ids)


def add_owner(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-post-owners"""
    group, owner_id = find(call), referenced_id(call.json_object().get("@odata.id"))
    if not isinstance(call.tenant.object(owner_id), User | ServicePrincipal):
        raise not_found(owner_id)
    if owner_id in group.owner_ids:
        msg = "owners"
        raise reference_exists(msg)
    call.tenant.groups.change(group, owner_ids=[*group.owner_ids, owner_id])
    return NO_CONTENT


def remove_owner(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-delete-owners"""
    group, owner_id = find(call), call.parameters["owner"].casefold()
    if owner_id not in group.owner_ids:
        raise not_found(owner_id)
    remaining = [other for other in group.owner_ids if other != owner_id]
    call.tenant.groups.change(group, owner_ids=remaining)
    return NO_CONTENT


def find(call: GraphCall) -> Group:
    """Return the group in the address.

    Raises:
        GraphError: 404.
    """
    wanted = call.parameters["group"]
    found = call.tenant.groups.get(wanted)
    if found is None:
        raise not_found(wanted)
    return found


def _bound_members(call: GraphCall, body: dict[str, Any]) -> list[str]:
    member_ids = bound_ids(call, body, MEMBERS)
    if len(member_ids) > _MOST_MEMBERS_AT_ONCE:
        msg = (
            f"The number of references in a request is limited to {_MOST_MEMBERS_AT_ONCE}; it has"
            f" {len(member_ids)}."
        )
        raise bad_request(msg)
    return member_ids


def _require_may_join(call: GraphCall, group: Group, member_id: str) -> None:
    member = call.tenant.object(member_id)
    if not isinstance(member, User | Group | ServicePrincipal):
        raise not_found(member_id)
    memberships = call.tenant.memberships
    if memberships.contains(group.object_id, member_id):
        msg = "members"
        raise reference_exists(msg)
    if member_id == group.object_id:
        msg = "A group cannot be a member of itself."
        raise bad_request(msg)
    if isinstance(member, Group) and "Unified" in group.properties["groupTypes"]:
        msg = "A Microsoft 365 group cannot have groups as members."
        raise bad_request(msg)


def _checked(current: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    for name in body.keys() & _READ_ONLY:
        raise invalid_property(name)
    for name in body:
        if name.startswith("extension_"):
            what = "values of extension properties on groups"
            raise not_implemented(what)
    if body.get("membershipRule"):
        what = "groups with dynamic membership"
        raise not_implemented(what)
    # azuread sends null for what it does not manage.
    given = {name: value for name, value in body.items() if name not in {"id", "membershipRule"}}
    changes = merged(current, given, frozenset())
    _require_fits(changes, "displayName", _LONGEST_NAME)
    _require_fits(changes, "mailNickname", _LONGEST_NICKNAME)
    nickname = changes.get("mailNickname")
    if isinstance(nickname, str) and (not nickname or _NOT_IN_NICKNAMES & set(nickname)):
        msg = "Invalid value specified for property 'mailNickname' of resource 'Group'."
        raise bad_request(msg)
    return changes


def _require_fits(changes: dict[str, Any], name: str, longest: int) -> None:
    value = changes.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > longest):
        msg = f"Invalid value specified for property '{name}' of resource 'Group'."
        raise bad_request(msg)


def _require_a_kind(properties: dict[str, Any]) -> None:
    """https://learn.microsoft.com/graph/api/resources/groups-overview#group-types-in-microsoft-entra-id-and-microsoft-graph"""
    unified = "Unified" in properties["groupTypes"]
    if properties["mailEnabled"] and not unified:
        msg = "The service does not currently support writes of mail-enabled groups."
        raise bad_request(msg)
    if unified and not properties["mailEnabled"]:
        msg = "Microsoft 365 groups must be mail-enabled."
        raise bad_request(msg)
    if not unified and not properties["securityEnabled"]:
        msg = "A group must be security-enabled or a Microsoft 365 group."
        raise bad_request(msg)
    if properties["mailNickname"] is None:
        properties["mailNickname"] = str(uuid.uuid4())[:10]
