"""Application roles assigned to users, groups and service principals.

https://learn.microsoft.com/graph/api/resources/approleassignment
To a service principal it is admin consent; to a group it is what lets its direct members sign in.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sandbox.entra.directory.new_objects import timestamp
from sandbox.entra.directory.objects import AppRoleAssignment, DirectoryObject, ServicePrincipal
from sandbox.entra.graph import groups, users
from sandbox.entra.graph.call import NO_CONTENT, GraphAnswer, GraphCall, created, ok
from sandbox.entra.graph.entities import APP_ROLE_ASSIGNMENTS, SERVICE_PRINCIPALS
from sandbox.entra.graph.errors import bad_request, invalid_property, not_found, value_required
from sandbox.entra.graph.listing import list_body, object_body
from sandbox.entra.graph.service_principals import find

_DEFAULT_ROLE_ID = "00000000-0000-0000-0000-000000000000"
_KNOWN = frozenset({"appRoleId", "principalId", "resourceId"})
_PRINCIPAL_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "#microsoft.graph.user": "User",
        "#microsoft.graph.group": "Group",
        "#microsoft.graph.servicePrincipal": "ServicePrincipal",
    }
)


def list_on_resource(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto"""
    found = call.tenant.app_role_assignments.find("resourceId", find(call).object_id)
    return ok(list_body(call, APP_ROLE_ASSIGNMENTS, found))


def list_of_principal(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignments"""
    found = call.tenant.app_role_assignments.find("principalId", find(call).object_id)
    return ok(list_body(call, APP_ROLE_ASSIGNMENTS, found))


def list_of_user(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-list-approleassignments: direct ones only."""
    found = call.tenant.app_role_assignments.find("principalId", users.find(call).object_id)
    return ok(list_body(call, APP_ROLE_ASSIGNMENTS, found))


def list_of_group(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-list-approleassignments"""
    found = call.tenant.app_role_assignments.find("principalId", groups.find(call).object_id)
    return ok(list_body(call, APP_ROLE_ASSIGNMENTS, found))


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto"""
    return ok(object_body(call, APP_ROLE_ASSIGNMENTS, _assignment(call)))


def create(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto"""
    resource = find(call)
    body = _body(call)
    _require_same(body, "resourceId", resource)
    principal = call.tenant.object(body["principalId"])
    if principal is None or principal.odata_type not in _PRINCIPAL_TYPES:
        raise not_found(body["principalId"])
    return _assigned(call, resource, principal, body)


def create_for_principal(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments"""
    return _created_for(call, find(call))


def create_for_user(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-post-approleassignments"""
    return _created_for(call, users.find(call))


def create_for_group(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-post-approleassignments"""
    return _created_for(call, groups.find(call))


def _created_for(call: GraphCall, principal: DirectoryObject) -> GraphAnswer:
    body = _body(call)
    _require_same(body, "principalId", principal)
    resource = call.tenant.service_principals.get(body["resourceId"].casefold())
    if resource is None:
        raise not_found(body["resourceId"])
    return _assigned(call, resource, principal, body)


def _body(call: GraphCall) -> dict[str, Any]:
    body = call.json_object()
    for name in body:
        if name not in _KNOWN:
            raise invalid_property(name)
    for name in sorted(_KNOWN):
        if not isinstance(body.get(name), str):
            raise value_required(name, "AppRoleAssignment")
    return body


def _require_same(body: dict[str, Any], name: str, addressed: DirectoryObject) -> None:
    """Refuse a body for another object than the one in the address; worded here."""
    if body[name].casefold() != addressed.object_id:
        msg = f"The {name} must be the id of the object in the address."
        raise bad_request(msg)


def _assigned(
    call: GraphCall, resource: ServicePrincipal, principal: DirectoryObject, body: dict[str, Any]
) -> GraphAnswer:
    role_id = body["appRoleId"].casefold()
    _require_offered(call, resource, principal, role_id)
    for existing in call.tenant.app_role_assignments.find("principalId", principal.object_id):
        same = (existing.properties["resourceId"], existing.properties["appRoleId"])
        if same == (resource.object_id, role_id):
            msg = "Permission being assigned already exists on the object"
            raise bad_request(msg)
    assignment = AppRoleAssignment(
        object_id=call.ids.url_safe_id(),
        properties={
            "deletedDateTime": None,
            "appRoleId": role_id,
            "createdDateTime": timestamp(call.now),
            "principalDisplayName": _display_name(call, principal),
            "principalId": principal.object_id,
            "principalType": _PRINCIPAL_TYPES[principal.odata_type],
            "resourceDisplayName": _display_name(call, resource),
            "resourceId": resource.object_id,
        },
    )
    call.tenant.app_role_assignments.add(assignment)
    return created(object_body(call, APP_ROLE_ASSIGNMENTS, assignment))


def delete(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-delete-approleassignedto"""
    call.tenant.app_role_assignments.remove(_assignment(call))
    return NO_CONTENT


def delete_of_principal(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-delete-approleassignments"""
    return _deleted_of(call, find(call))


def delete_of_user(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/user-delete-approleassignments"""
    return _deleted_of(call, users.find(call))


def delete_of_group(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-delete-approleassignments"""
    return _deleted_of(call, groups.find(call))


def _deleted_of(call: GraphCall, principal: DirectoryObject) -> GraphAnswer:
    call.tenant.app_role_assignments.remove(_among(call, "principalId", principal))
    return NO_CONTENT


def _assignment(call: GraphCall) -> AppRoleAssignment:
    return _among(call, "resourceId", find(call))


def _among(call: GraphCall, name: str, addressed: DirectoryObject) -> AppRoleAssignment:
    wanted = call.parameters["assignment"]
    for found in call.tenant.app_role_assignments.find(name, addressed.object_id):
        if found.object_id == wanted:
            return found
    raise not_found(wanted)


def _require_offered(
    call: GraphCall, resource: ServicePrincipal, principal: DirectoryObject, role_id: str
) -> None:
    """Check that the resource offers the role to principals of this kind.

    The all-zero role is for resources that declare none for that kind.
    """
    kind = "Application" if isinstance(principal, ServicePrincipal) else "User"
    roles: list[dict[str, Any]] = SERVICE_PRINCIPALS.read(call.tenant, resource, "appRoles")
    offered = {
        role["id"]
        for role in roles
        if role.get("isEnabled") and kind in role.get("allowedMemberTypes", ())
    }
    if role_id not in (offered or {_DEFAULT_ROLE_ID}):
        msg = f"Permission being assigned was not found on application '{resource.app_id}'."
        raise bad_request(msg)


def _display_name(call: GraphCall, item: DirectoryObject) -> str:
    if isinstance(item, ServicePrincipal):
        return SERVICE_PRINCIPALS.read(call.tenant, item, "displayName")
    return item.display_name
