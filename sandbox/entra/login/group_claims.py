"""The `groups` claim, and what comes in its place when there are too many.

https://learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-fed-group-claims
https://learn.microsoft.com/entra/identity-platform/optional-claims#configure-groups-optional-claims
https://learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.entra.directory.objects import Application, Group, User
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.directory_roles import DEFAULT_USER, TEMPLATE_IDS
from sandbox.entra.login.optional_claims import TokenKind, requested_claims

MOST_GROUPS_IN_JWT = 200
MOST_GROUPS_IN_URL = 5
"""Of tokens that go to the client in an address: six or more would make it too long."""
_ALL_GROUPS = frozenset({"SecurityGroup", "All"})
_ROLES = frozenset({"DirectoryRole", "SecurityGroup", "All"})
_BY_NAME = "cloud_displayname"
_AS_ROLES = "emit_as_roles"


def group_claims(
    tenant: Tenant,
    application: Application,
    user: User,
    endpoint_of_groups: str,
    *,
    token: TokenKind,
    in_url: bool = False,
) -> dict[str, Any]:
    """Return the claims about the user's groups that `groupMembershipClaims` asks for.

    `endpoint_of_groups` is the base URL that an overage claim refers to; `in_url` says that the
    token is part of an address.
    """
    modes = _modes(application)
    claims: dict[str, Any] = {}
    if modes & _ROLES and user.directory_roles:
        default = [] if user.is_guest else [DEFAULT_USER]
        claims["wids"] = [*(TEMPLATE_IDS[role] for role in sorted(user.directory_roles)), *default]
    groups = _groups(tenant, application, user, modes)
    if not groups:
        return claims
    if in_url and len(groups) > MOST_GROUPS_IN_URL:
        return claims | {"hasgroups": True}
    if len(groups) > MOST_GROUPS_IN_JWT:
        address = f"{endpoint_of_groups}/{tenant.tenant_id}/users/{user.object_id}/getMemberObjects"
        return claims | {
            "_claim_names": {"groups": "src1"},
            "_claim_sources": {"src1": {"endpoint": address}},
        }
    properties = _additional_properties(application, token)
    # Names instead of ids only for groups assigned to the application.
    by_name = _BY_NAME in properties and not modes & _ALL_GROUPS
    values = [group.display_name if by_name else group.object_id for group in groups]
    return claims | {"roles" if _AS_ROLES in properties else "groups": values}


def _modes(application: Application) -> set[str]:
    text = application.properties.get("groupMembershipClaims") or ""
    return {mode.strip() for mode in text.split(",")}


def _additional_properties(application: Application, token: TokenKind) -> set[str]:
    return {
        name
        for claim in requested_claims(application, token)
        if claim.get("name") == "groups"
        for name in claim.get("additionalProperties") or []
    }


def _groups(tenant: Tenant, application: Application, user: User, modes: set[str]) -> list[Group]:
    if "All" in modes:
        # Distribution groups as well.
        return _existing(tenant, tenant.memberships.transitive_groups(user.object_id))
    if "SecurityGroup" in modes:
        return _security_groups(tenant, tenant.memberships.transitive_groups(user.object_id))
    if "ApplicationGroup" in modes:
        return _assigned_groups(tenant, application, user)
    return []


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
    return [g for g in _existing(tenant, group_ids) if g.properties["securityEnabled"]]


def _existing(tenant: Tenant, group_ids: Sequence[str]) -> list[Group]:
    return [group for group_id in group_ids if (group := tenant.groups.get(group_id))]
