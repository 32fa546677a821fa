"""The `groups` claim, and what comes in its place when there are too many.

https://learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-fed-group-claims
https://learn.microsoft.com/entra/identity-platform/optional-claims#configure-groups-optional-claims
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.entra.directory.objects import Application, Group, User
from sandbox.entra.directory.tenant import Tenant

MOST_GROUPS_IN_JWT = 200
_ALL_GROUPS = frozenset({"SecurityGroup", "All"})
_BY_NAME = "cloud_displayname"


def group_claims(
    tenant: Tenant, application: Application, user: User, endpoint_of_groups: str
) -> dict[str, Any]:
    """Return the claims about the user's groups that `groupMembershipClaims` asks for.

    `endpoint_of_groups` is the base URL that an overage claim refers to.
    """
    modes = _modes(application)
    properties = _additional_properties(application)
    if modes & _ALL_GROUPS:
        groups = _security_groups(tenant, tenant.memberships.transitive_groups(user.object_id))
    elif "ApplicationGroup" in modes:
        groups = _assigned_groups(tenant, application, user)
    else:
        return {}
    if not groups:
        return {}
    if len(groups) > MOST_GROUPS_IN_JWT:
        address = f"{endpoint_of_groups}/{tenant.tenant_id}/users/{user.object_id}/getMemberObjects"
        return {
            "_claim_names": {"groups": "src1"},
            "_claim_sources": {"src1": {"endpoint": address}},
        }
    # Names instead of ids only for groups assigned to the application.
    by_name = _BY_NAME in properties and not modes & _ALL_GROUPS
    return {"groups": [group.display_name if by_name else group.object_id for group in groups]}


def _modes(application: Application) -> set[str]:
    text = application.properties.get("groupMembershipClaims") or ""
    return {mode.strip() for mode in text.split(",")}


def _additional_properties(application: Application) -> set[str]:
    optional = application.properties.get("optionalClaims") or {}
    return {
        name
        for claim in optional.get("idToken") or []
        if claim.get("name") == "groups"
        for name in claim.get("additionalProperties") or []
    }


def _assigned_groups(tenant: Tenant, application: Application, user: User) -> list[Group]:
    """Only direct members of groups that are themselves assigned: nested ones do not count."""
    client = tenant.service_principal_of(application.app_id)
    if client is None:
        return []
    assigned = {
        assignment.properties["principalId"]
        for assignment in tenant.app_role_assignments.find("resourceId", client.object_id)
    }
    direct = tenant.memberships.groups(user.object_id)
    return _security_groups(tenant, [group_id for group_id in direct if group_id in assigned])


def _security_groups(tenant: Tenant, group_ids: Sequence[str]) -> list[Group]:
    groups = (tenant.groups.get(group_id) for group_id in group_ids)
    return [group for group in groups if group and group.properties["securityEnabled"]]
