"""The claims of access tokens, for applications and for signed-in users.

https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
Clients must not read access tokens, but the azuread provider does: it needs `oid`, and `aud` as
text. Microsoft Graph takes tokens of version 1 whatever endpoint they come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.entra import microsoft_graph
from sandbox.entra.directory.objects import Application, ServicePrincipal, User
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.endpoints import EntraEndpoints, TokenVersion

ACCESS_TOKEN_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTokenRequest:
    """What an access token is made for. Without `user` it is the application's own."""

    application: Application
    resource: ServicePrincipal
    user: User | None = None
    permissions: frozenset[str] = frozenset()
    authenticated: bool
    """Whether the client proved who it is."""
    token_id: str
    lifetime: timedelta = ACCESS_TOKEN_LIFETIME


def access_token_claims(
    request: AccessTokenRequest, tenant: Tenant, endpoints: EntraEndpoints, now: datetime
) -> dict[str, Any]:
    """Return the claims."""
    version = _version(tenant, request.resource)
    v1 = version == "v1"
    client_id = request.application.app_id
    appid, acr = ("appid", "appidacr") if v1 else ("azp", "azpacr")
    claims: dict[str, Any] = {
        "aud": _audience(request.resource, endpoints),
        "iss": endpoints.issuer(tenant.tenant_id, version),
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + request.lifetime).timestamp()),
        appid: client_id,
        acr: "1" if request.authenticated else "0",
        "tid": tenant.tenant_id,
        "uti": request.token_id,
        "ver": "1.0" if v1 else "2.0",
    }
    if v1:
        claims["app_displayname"] = request.application.display_name
    subject = _user_claims(request, v1=v1) if request.user else _app_claims(request, tenant)
    return claims | subject


def granted_roles(
    tenant: Tenant, client: ServicePrincipal, resource: ServicePrincipal
) -> list[str]:
    """Return the application roles on `resource` that `client` is assigned, sorted by value."""
    if resource.app_id == microsoft_graph.APP_ID:
        offered = resource.properties["appRoles"]
    else:
        application = tenant.application_of(resource.app_id)
        offered = application.properties["appRoles"] if application else []
    values: Mapping[str, str] = {role["id"]: role["value"] for role in offered}
    return sorted(
        values[assignment.properties["appRoleId"]]
        for assignment in tenant.app_role_assignments.find("principalId", client.object_id)
        if assignment.properties["resourceId"] == resource.object_id
        and assignment.properties["appRoleId"] in values
    )


def _version(tenant: Tenant, resource: ServicePrincipal) -> TokenVersion:
    application = tenant.application_of(resource.app_id)
    if application is None:
        return "v1"
    return "v2" if application.properties["api"].get("requestedAccessTokenVersion") == 2 else "v1"


def _audience(resource: ServicePrincipal, endpoints: EntraEndpoints) -> str:
    return endpoints.graph if resource.app_id == microsoft_graph.APP_ID else resource.app_id


def _app_claims(request: AccessTokenRequest, tenant: Tenant) -> dict[str, Any]:
    client = tenant.service_principal_of(request.application.app_id)
    if client is None:
        msg = "an application without a service principal gets no token of its own"
        raise ValueError(msg)
    claims: dict[str, Any] = {"idtyp": "app", "oid": client.object_id, "sub": client.object_id}
    if roles := granted_roles(tenant, client, request.resource):
        claims["roles"] = roles
    return claims


def _user_claims(request: AccessTokenRequest, *, v1: bool) -> dict[str, Any]:
    user = request.user
    if user is None:
        msg = "a token without a user has no claims about one"
        raise ValueError(msg)
    name = user.mail if user.is_guest else user.user_principal_name
    return {
        "idtyp": "user",
        "name": user.display_name,
        "oid": user.object_id,
        "scp": " ".join(sorted(request.permissions - {"offline_access"})),
        "sub": user.object_id,
        ("unique_name" if v1 else "preferred_username"): name,
    }
