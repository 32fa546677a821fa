"""Deleting and restoring: the recycle bin and its 30 days.

https://learn.microsoft.com/graph/api/resources/directory
https://learn.microsoft.com/entra/architecture/recover-from-deletions
That assignments and grants come back with a service principal is assumed, not documented.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sandbox.entra.directory.new_objects import timestamp
from sandbox.entra.directory.objects import (
    Application,
    AppRoleAssignment,
    DelegatedPermissionGrant,
    Deleted,
    DirectoryObject,
    User,
)
from sandbox.entra.directory.table import Table
from sandbox.entra.directory.tenant import Tenant

KEPT = timedelta(days=30)


def soft_delete(tenant: Tenant, item: DirectoryObject, now: datetime) -> None:
    """Move an object to the recycle bin, with all that hangs on it.

    An application takes its service principal in this, its home, tenant along.
    """
    if isinstance(item, Application) and (own := tenant.service_principal_of(item.app_id)):
        soft_delete(tenant, own, now)
    deleted = _take_out(tenant, item, now)
    changes: dict[str, object] = {"deletedDateTime": timestamp(now)}
    if isinstance(item, User):
        prefix = item.object_id.replace("-", "")
        changes["userPrincipalName"] = f"{prefix}{item.user_principal_name}"
    table = tenant.table_of(item)
    table.remove(item)
    table.update(item, changes)
    tenant.recycle_bin.add(deleted)


def restore(tenant: Tenant, deleted: Deleted) -> None:
    """Put an object back, with those of its relations whose other end is there.

    The caller has checked that its names are free.
    """
    item, table = deleted.item, tenant.table_of(deleted.item)
    changes: dict[str, object] = {"deletedDateTime": None}
    if deleted.user_principal_name:
        changes["userPrincipalName"] = deleted.user_principal_name
    tenant.recycle_bin.remove(deleted)
    table.update(item, changes)
    table.add(item)
    for group_id in deleted.group_ids:
        if tenant.groups.get(group_id):
            tenant.memberships.add(group_id, item.object_id)
    for member_id in deleted.member_ids:
        if tenant.object(member_id):
            tenant.memberships.add(item.object_id, member_id)
    for assignment in deleted.assignments:
        if _both_there(tenant, assignment, ("principalId", "resourceId")):
            tenant.app_role_assignments.add(assignment)
    for grant in deleted.grants:
        if _both_there(tenant, grant, ("clientId", "resourceId", "principalId")):
            tenant.permission_grants.add(grant)


def delete_for_good(tenant: Tenant, item: DirectoryObject, now: datetime) -> None:
    """Delete an object that has no recycle bin, and what hangs on it."""
    _take_out(tenant, item, now)
    tenant.table_of(item).remove(item)


def in_recycle_bin(tenant: Tenant, now: datetime) -> Iterable[Deleted]:
    """Return what can be restored; what has been there for 30 days is gone for good."""
    for deleted in list(tenant.recycle_bin):
        if now - deleted.deleted >= KEPT:
            tenant.recycle_bin.remove(deleted)
    return tenant.recycle_bin


def _take_out(tenant: Tenant, item: DirectoryObject, now: datetime) -> Deleted:
    object_id = item.object_id
    group_ids = tuple(tenant.memberships.groups(object_id))
    member_ids = tuple(tenant.memberships.members(object_id))
    for group_id in group_ids:
        tenant.memberships.remove(group_id, object_id)
    for member_id in member_ids:
        tenant.memberships.remove(object_id, member_id)
    roles = tenant.app_role_assignments
    assignments = tuple(
        {
            found.object_id: found
            for name in ("principalId", "resourceId")
            for found in roles.find(name, object_id)
        }.values()
    )
    grants = tuple(
        grant
        for grant in tenant.permission_grants
        if object_id
        in {grant.properties[name] for name in ("clientId", "resourceId", "principalId")}
    )
    _remove_all(roles, assignments)
    _remove_all(tenant.permission_grants, grants)
    return Deleted(
        object_id=object_id,
        properties=item.properties,
        item=item,
        deleted=now,
        user_principal_name=item.user_principal_name if isinstance(item, User) else None,
        group_ids=group_ids,
        member_ids=member_ids,
        assignments=assignments,
        grants=grants,
    )


def _remove_all(
    table: Table[AppRoleAssignment] | Table[DelegatedPermissionGrant],
    items: Iterable[DirectoryObject],
) -> None:
    for item in items:
        table.remove(item)  # type: ignore[arg-type]


def _both_there(tenant: Tenant, relation: DirectoryObject, names: Iterable[str]) -> bool:
    ends = (relation.properties.get(name) for name in names)
    return all(tenant.object(end) for end in ends if end)
