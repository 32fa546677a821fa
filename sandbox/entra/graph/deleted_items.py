"""The recycle bin: https://learn.microsoft.com/graph/api/resources/directory

What is deleted stays for 30 days. Restoring an application leaves its service principal in the bin;
its extension properties, and the values that users have of them, are back once both are there.
https://learn.microsoft.com/entra/architecture/recover-from-deletions
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sandbox.entra.directory.deletion import in_recycle_bin, restore
from sandbox.entra.directory.objects import (
    Application,
    Deleted,
    DirectoryObject,
    Group,
    ServicePrincipal,
    User,
)
from sandbox.entra.graph.call import NO_CONTENT, GraphAnswer, GraphCall, ok
from sandbox.entra.graph.entities import entity_of
from sandbox.entra.graph.errors import already_exists, bad_request, denied, not_found
from sandbox.entra.graph.listing import list_body, object_body
from sandbox.entra.graph.permissions import Permissions, any_of

_READ_APPLICATIONS = any_of(
    *("Application.Read.All", "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"),
    *("Directory.Read.All", "Directory.ReadWrite.All"),
)
_WRITE_APPLICATIONS = any_of("Application.ReadWrite.OwnedBy", "Application.ReadWrite.All")
READERS: Mapping[type[DirectoryObject], Permissions] = MappingProxyType(
    {
        Application: _READ_APPLICATIONS,
        ServicePrincipal: _READ_APPLICATIONS,
        Group: any_of("Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"),
        User: any_of("User.Read.All", "User.ReadWrite.All", "Directory.Read.All"),
    }
)
"""https://learn.microsoft.com/graph/api/directory-deleteditems-list#permissions"""
WRITERS: Mapping[type[DirectoryObject], Permissions] = MappingProxyType(
    {
        Application: _WRITE_APPLICATIONS,
        ServicePrincipal: _WRITE_APPLICATIONS,
        Group: any_of("Group.ReadWrite.All"),
        User: any_of("User.DeleteRestore.All", "User.ReadWrite.All"),
    }
)
"""https://learn.microsoft.com/graph/api/directory-deleteditems-restore#permissions"""
ANY_READER, ANY_WRITER = (
    Permissions(
        alternatives=tuple(
            dict.fromkeys(roles for rule in rules.values() for roles in rule.alternatives)
        )
    )
    for rules in (READERS, WRITERS)
)
"""For some kind; which one it is decides."""
_OWNER_RULES = (_WRITE_APPLICATIONS,)


def list_of(kind: type[DirectoryObject]) -> Callable[[GraphCall], GraphAnswer]:
    """Return https://learn.microsoft.com/graph/api/directory-deleteditems-list for one kind."""

    def list_kind(call: GraphCall) -> GraphAnswer:
        bin_items = (deleted.item for deleted in in_recycle_bin(call.tenant, call.now))
        found = [item for item in bin_items if isinstance(item, kind)]
        return ok(list_body(call, entity_of(kind), found))

    return list_kind


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/directory-deleteditems-get"""
    return _shown(call, _find(call, READERS).item)


def restore_item(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/directory-deleteditems-restore"""
    deleted = _find(call, WRITERS)
    _require_place(call, deleted)
    restore(call.tenant, deleted)
    return _shown(call, deleted.item)


def delete(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/directory-deleteditems-delete: for good."""
    call.tenant.recycle_bin.remove(_find(call, WRITERS))
    return NO_CONTENT


def _find(call: GraphCall, permissions: Mapping[type[DirectoryObject], Permissions]) -> Deleted:
    wanted = call.parameters["object"].casefold()
    for deleted in in_recycle_bin(call.tenant, call.now):
        if deleted.object_id == wanted:
            _require_permission(call, deleted.item, permissions[type(deleted.item)])
            return deleted
    raise not_found(wanted)


def _require_permission(call: GraphCall, item: DirectoryObject, needed: Permissions) -> None:
    decision = needed.decide(call.caller.roles)
    owners = item.owner_ids if isinstance(item, Application | ServicePrincipal) else ()
    if decision == "denied" or (
        decision == "owned only" and call.caller.object_id not in owners and needed in _OWNER_RULES
    ):
        raise denied()


def _require_place(call: GraphCall, deleted: Deleted) -> None:
    """Refuse to restore what has lost its name or its application; the refusals are worded here."""
    item = deleted.item
    if deleted.user_principal_name and call.tenant.user_called(deleted.user_principal_name):
        msg = "Another object with the same value for property userPrincipalName already exists."
        raise already_exists(msg)
    if isinstance(item, ServicePrincipal):
        if call.tenant.application_of(item.app_id) is None:
            msg = (
                "The service principal cannot be restored because its backing application must be"
                " in the local tenant."
            )
            raise bad_request(msg)
        if call.tenant.service_principal_of(item.app_id):
            msg = (
                "The service principal cannot be created, updated, or restored because the service"
                f" principal name {item.app_id} is already in use."
            )
            raise already_exists(msg, status=409)


def _shown(call: GraphCall, item: DirectoryObject) -> GraphAnswer:
    body = object_body(call, entity_of(type(item)), item)
    context = f"{call.base_url}/$metadata#directoryObjects/$entity"
    return ok({**body, "@odata.context": context, "@odata.type": item.odata_type})
