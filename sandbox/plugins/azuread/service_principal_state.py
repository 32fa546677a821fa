"""A service principal in Pulumi's words; the resource and the lookup read the same object.

https://learn.microsoft.com/graph/api/resources/serviceprincipal
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.plugins.azuread.application_body import ROLE_NAMES, SCOPE_NAMES, renamed
from sandbox.plugins.azuread.feature_tags import features_of


def service_principal_state(
    principal: Mapping[str, Any], beta: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what both the resource and the lookup say of a live service principal."""
    roles = principal.get("appRoles") or []
    scopes = principal.get("oauth2PermissionScopes") or []
    tags = principal.get("tags") or []
    return {
        "accountEnabled": principal.get("accountEnabled") is not False,
        "alternativeNames": principal.get("alternativeNames") or [],
        "appRoleAssignmentRequired": bool(principal.get("appRoleAssignmentRequired")),
        "appRoleIds": {role["value"]: role["id"] for role in roles if role.get("value")},
        "appRoles": [renamed(role, ROLE_NAMES) for role in roles],
        "applicationTenantId": principal.get("appOwnerOrganizationId") or "",
        "clientId": principal["appId"],
        "description": principal.get("description") or "",
        "displayName": principal.get("displayName") or "",
        "featureTags": features_of(tags),
        "homepageUrl": principal.get("homepage") or "",
        "loginUrl": principal.get("loginUrl") or "",
        "logoutUrl": principal.get("logoutUrl") or "",
        "notes": principal.get("notes") or "",
        "notificationEmailAddresses": principal.get("notificationEmailAddresses") or [],
        "oauth2PermissionScopeIds": {s["value"]: s["id"] for s in scopes if s.get("value")},
        "oauth2PermissionScopes": [renamed(scope, SCOPE_NAMES) for scope in scopes],
        "objectId": principal["id"],
        "preferredSingleSignOnMode": principal.get("preferredSingleSignOnMode") or "",
        "redirectUris": principal.get("replyUrls") or [],
        "samlMetadataUrl": beta.get("samlMetadataUrl") or "",
        "servicePrincipalNames": principal.get("servicePrincipalNames") or [],
        "signInAudience": principal.get("signInAudience") or "",
        "tags": tags,
        "type": principal.get("servicePrincipalType") or "",
    }
