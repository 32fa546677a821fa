"""The claims of access tokens, for applications and for signed-in users.

https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
Clients must not read access tokens, but the azuread provider does: it needs `oid`, and `aud` as
text. The version is the resource's decision: Microsoft Graph takes version 1 whatever endpoint a
token comes from. Groups, optional and mapped claims follow from the resource's registration too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sandbox.entra import microsoft_graph
from sandbox.entra.directory.objects import Application, ServicePrincipal, User
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.directory_roles import DEFAULT_USER, TEMPLATE_IDS
from sandbox.entra.endpoints import EntraEndpoints, TokenVersion
from sandbox.entra.login.group_claims import group_claims
from sandbox.entra.login.mapped_claims import mapped_claims, require_audience
from sandbox.entra.login.optional_claims import OptionalClaimsRequest, optional_claims
from sandbox.entra.login.sessions import SignedIn
from sandbox.entra.login.subjects import (
    LOOPBACK,
    identity_provider,
    pairwise_subject,
    shown_name,
)

Authentication = Literal["none", "secret", "assertion"]
"""How the client proved who it is: `appidacr` and `azpacr`."""

ACCESS_TOKEN_LIFETIME_S = (60 * 60, 90 * 60)
"""They live "a random value ranging between 60-90 minutes".

https://learn.microsoft.com/entra/identity-platform/access-tokens#token-lifetime
"""
_ACR: Mapping[Authentication, str] = {"none": "0", "secret": "1", "assertion": "2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTokenRequest:
    """What an access token is made for. Without `user` it is the application's own."""

    application: Application
    resource: ServicePrincipal
    identifier: str
    """The resource as the client called it."""
    user: User | None = None
    account: SignedIn | None = None
    permissions: frozenset[str] = frozenset()
    authentication: Authentication
    lifetime: timedelta
    token_id: str


def access_token_claims(
    request: AccessTokenRequest, tenant: Tenant, endpoints: EntraEndpoints, now: datetime
) -> dict[str, Any]:
    """Return the claims.

    Raises:
        LoginError: AADSTS50146 or 501461, the resource has a claims mapping policy and must not.
    """
    version = _version(tenant, request.resource)
    v1 = version == "v1"
    client_id = request.application.app_id
    appid, acr = ("appid", "appidacr") if v1 else ("azp", "azpacr")
    claims: dict[str, Any] = {
        "aud": _audience(request, v1=v1),
        "iss": endpoints.issuer(tenant.tenant_id, version),
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + request.lifetime).timestamp()),
        "aio": request.token_id[:24],
        appid: client_id,
        acr: _ACR[request.authentication],
        "rh": f"1.{request.token_id[:20]}.",
        "tid": tenant.tenant_id,
        "uti": request.token_id[:22],
        "ver": "1.0" if v1 else "2.0",
    }
    if v1:
        claims["app_displayname"] = request.application.display_name
    if request.user is None:
        claims |= _app_claims(request, tenant)
    else:
        claims |= _user_claims(request, request.user, tenant, endpoints, v1=v1)
        claims |= _resource_claims(request, request.user, tenant, endpoints, v1=v1)
    return {name: value for name, value in claims.items() if value is not None}


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


def _audience(request: AccessTokenRequest, *, v1: bool) -> str:
    """Version 1 has the identifier as it was asked for, version 2 always the client id."""
    return request.identifier if v1 else request.resource.app_id


def _app_claims(request: AccessTokenRequest, tenant: Tenant) -> dict[str, Any]:
    client = tenant.service_principal_of(request.application.app_id)
    if client is None:
        msg = "an application without a service principal gets no token of its own"
        raise ValueError(msg)
    claims: dict[str, Any] = {"idtyp": "app", "oid": client.object_id, "sub": client.object_id}
    if roles := granted_roles(tenant, client, request.resource):
        claims["roles"] = roles
    return claims


def _user_claims(
    request: AccessTokenRequest, user: User, tenant: Tenant, endpoints: EntraEndpoints, *, v1: bool
) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "idp": identity_provider(user, endpoints),
        "name": user.display_name,
        "oid": user.object_id,
        "scp": " ".join(sorted(request.permissions - {"offline_access"})),
        "sid": request.account.session_id if request.account else None,
        "sub": pairwise_subject(tenant.tenant_id, request.resource.app_id, user.object_id),
    }
    if not v1:
        return claims | {"preferred_username": shown_name(user)}
    claims |= {
        "acr": "1",
        "amr": ["pwd"],
        "family_name": user.properties.get("surname"),
        "given_name": user.properties.get("givenName"),
        "ipaddr": LOOPBACK,
        "unique_name": shown_name(user),
        "upn": None if user.is_guest else user.user_principal_name,
    }
    if request.resource.app_id == microsoft_graph.APP_ID:
        roles = [TEMPLATE_IDS[role] for role in sorted(user.directory_roles)]
        claims |= {"idtyp": "user", "wids": [*roles, *([] if user.is_guest else [DEFAULT_USER])]}
    return claims


def _resource_claims(
    request: AccessTokenRequest, user: User, tenant: Tenant, endpoints: EntraEndpoints, *, v1: bool
) -> dict[str, Any]:
    resource = tenant.application_of(request.resource.app_id)
    if resource is None:
        return {}
    mapped = mapped_claims(tenant, resource, user)
    if mapped.claims:
        require_audience(tenant, resource, request.identifier)
    wanted = OptionalClaimsRequest(
        token="accessToken",  # noqa: S106 - a list in the registration
        has_profile=v1 or "profile" in request.permissions,
        account=request.account,
    )
    return {
        **group_claims(tenant, resource, user, endpoints.graph, token=wanted.token),
        **optional_claims(tenant, resource, user, wanted),
        **mapped.claims,
    }
