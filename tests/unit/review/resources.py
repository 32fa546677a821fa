"""Resources of the program as states of a preview: what rules look at, right by default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review import kinds
from tests.unit.review.previews import state

APP_ID = "11111111-1111-4111-8111-111111111111"
APP_OBJECT_ID = "22222222-2222-4222-8222-222222222222"
SP_OBJECT_ID = "33333333-3333-4333-8333-333333333333"
GRAPH_SP = "44444444-4444-4444-8444-444444444444"
GROUP = "55555555-5555-4555-8555-555555555555"
OTHER_GROUP = "66666666-6666-4666-8666-666666666666"
AUTOMATION_APP_ID = "77777777-7777-4777-8777-777777777777"
AUTOMATION_SP = "88888888-8888-4888-8888-888888888888"
ISSUER = "https://login.microsoftonline.com/9a1c2e84-5b3d-4f60-8e17-c2d4a6b8f013/v2.0"
READ_USERS = "df021288-bdef-4463-88db-98f22de89214"
WRITE_APPLICATIONS = "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9"


def application(**inputs: Any) -> dict[str, Any]:
    """The application that people sign in to."""
    given = {
        "displayName": "KubeRocketCI",
        "signInAudience": "AzureADMyOrg",
        "api": {"mappedClaimsEnabled": True},
        "groupMembershipClaims": ["ApplicationGroup"],
        "fallbackPublicClientEnabled": False,
        "publicClient": {"redirectUris": ["http://localhost:8000"]},
        "web": {
            "redirectUris": ["https://portal.contoso.com/auth/callback"],
            "implicitGrant": {"idTokenIssuanceEnabled": False},
        },
    }
    return state(
        kinds.APPLICATION,
        "sign-in-application",
        given | inputs,
        id=f"/applications/{APP_OBJECT_ID}",
        outputs={"clientId": APP_ID, "objectId": APP_OBJECT_ID, "displayName": "KubeRocketCI"},
    )


def automation(**inputs: Any) -> dict[str, Any]:
    """The application that nobody signs in to."""
    return state(
        kinds.APPLICATION,
        "directory-automation-application",
        {"displayName": "automation", "signInAudience": "AzureADMyOrg"} | inputs,
        id="/applications/automation",
        outputs={"clientId": AUTOMATION_APP_ID, "displayName": "automation"},
    )


def service_principal(**inputs: Any) -> dict[str, Any]:
    return state(
        kinds.SERVICE_PRINCIPAL,
        "sign-in-service-principal",
        {"clientId": APP_ID, "appRoleAssignmentRequired": True} | inputs,
        id=f"/servicePrincipals/{SP_OBJECT_ID}",
        outputs={"objectId": SP_OBJECT_ID, "clientId": APP_ID},
    )


def automation_service_principal() -> dict[str, Any]:
    return state(
        kinds.SERVICE_PRINCIPAL,
        "directory-automation-service-principal",
        {"clientId": AUTOMATION_APP_ID},
        outputs={"objectId": AUTOMATION_SP, "clientId": AUTOMATION_APP_ID},
    )


def identity_provider(oidc: Mapping[str, Any] | None = None, **inputs: Any) -> dict[str, Any]:
    given = {
        "identityProviderConfigName": "entra",
        "issuerUrl": ISSUER,
        "clientId": APP_ID,
        "usernameClaim": "upn",
        "usernamePrefix": "entra:",
        "groupsClaim": "groups",
        "groupsPrefix": "entra:",
    }
    return state(
        kinds.IDENTITY_PROVIDER,
        "cluster-identity-provider",
        {"clusterName": "krci-dev", "oidc": given | dict(oidc or {})} | inputs,
    )


def portal_config(**data: Any) -> dict[str, Any]:
    given = {"OIDC_ISSUER_URL": ISSUER, "OIDC_CLIENT_ID": APP_ID} | data
    return state(
        kinds.CONFIG_MAP,
        "portal-config",
        {"metadata": {"name": "portal-config", "namespace": "krci"}, "data": given},
    )


def claims_assignment(**inputs: Any) -> dict[str, Any]:
    given = {"servicePrincipalId": f"/servicePrincipals/{SP_OBJECT_ID}"}
    return state(kinds.CLAIMS_ASSIGNMENT, "claims-assignment", given | inputs)


def app_role(role: str, principal: str = AUTOMATION_SP, name: str = "") -> dict[str, Any]:
    return state(
        kinds.APP_ROLE_ASSIGNMENT,
        name or "directory-automation-permissions-role",
        {"appRoleId": role, "principalObjectId": principal, "resourceObjectId": GRAPH_SP},
    )


def assigned_group(group: str = GROUP, name: str = "developers") -> dict[str, Any]:
    return state(
        kinds.APP_ROLE_ASSIGNMENT,
        f"sign-in-assigned-{name}",
        {
            "appRoleId": kinds.DEFAULT_ACCESS_ROLE,
            "principalObjectId": group,
            "resourceObjectId": SP_OBJECT_ID,
        },
    )


def delegated_grant(*scopes: str, **inputs: Any) -> dict[str, Any]:
    given = {"claimValues": list(scopes), "servicePrincipalObjectId": SP_OBJECT_ID}
    return state(kinds.DELEGATED_GRANT, "sign-in-permissions-scopes", given | inputs)


def password(name: str = "portal-client-secret", **inputs: Any) -> dict[str, Any]:
    given = {
        "applicationId": f"/applications/{APP_OBJECT_ID}",
        "displayName": "KubeRocketCI portal",
        "endDate": "2027-05-31T00:00:00Z",
    }
    return state(kinds.APPLICATION_PASSWORD, name, given | inputs)


def federated_credential(subject: str, **inputs: Any) -> dict[str, Any]:
    given = {
        "applicationId": "/applications/automation",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": subject,
        "audiences": ["api://AzureADTokenExchange"],
    }
    return state(kinds.FEDERATED_CREDENTIAL, "directory-automation-github", given | inputs)


def binding(
    role: str = "view",
    *groups: str,
    namespace: str | None = "team-a",
    names: str = "developers",
    prefix: str = "entra:",
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": role, "annotations": {"entra-eks-sso/groups": names}}
    if namespace:
        metadata["namespace"] = namespace
    subjects = [
        {"kind": "Group", "name": group if ":" in group else f"{prefix}{group}"}
        for group in groups or (GROUP,)
    ]
    return state(
        kinds.ROLE_BINDING if namespace else kinds.CLUSTER_ROLE_BINDING,
        f"access-{namespace or 'cluster'}-{role}",
        {
            "metadata": metadata,
            "roleRef": {"kind": "ClusterRole", "name": role},
            "subjects": subjects,
        },
    )


def role(*rules: Mapping[str, Any]) -> dict[str, Any]:
    return state(
        kinds.ROLE,
        "access-team-a-tenant-developer",
        {"metadata": {"name": "tenant-developer", "namespace": "team-a"}, "rules": list(rules)},
    )


def rule_for(*verbs: str, resource: str = "pods", group: str = "") -> dict[str, Any]:
    return {"apiGroups": [group], "resources": [resource], "verbs": list(verbs)}


def namespace(name: str = "team-a") -> dict[str, Any]:
    return state(kinds.NAMESPACE, f"access-{name}", {"metadata": {"name": name}})


def extension_property(name: str = "picture") -> dict[str, Any]:
    return state(kinds.EXTENSION_PROPERTY, f"properties-{name}", {"property_name": name})


def users(
    table: Mapping[str, Mapping[str, str]] | str, *properties: str, shard: int = 0
) -> dict[str, Any]:
    """A shard; users by name, their object ids made of it."""
    if isinstance(table, str):
        text = table
    else:
        columns = properties or ("default_namespace",)
        lines = [",".join(("user_principal_name", "object_id", *columns))]
        lines += [
            ",".join((name, f"id-of-{name}", *(values.get(column, "") for column in columns)))
            for name, values in sorted(table.items())
        ]
        text = "\n".join(lines) + "\n"
    return state(kinds.USER_ATTRIBUTES, f"users-{shard:02d}", {"users": text})


def provider(kind: str, **inputs: Any) -> dict[str, Any]:
    return state(f"pulumi:providers:{kind}", "cluster", inputs)
