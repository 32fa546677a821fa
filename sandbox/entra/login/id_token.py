"""The claims of an ID token.

https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
The version follows from the endpoint that was asked, never from `requestedAccessTokenVersion`.
Guests have no `upn` unless an optional claim asks for it, and members of the tenant no `email`.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.entra.directory.objects import Application, User
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.endpoints import EntraEndpoints, TokenVersion
from sandbox.entra.login.group_claims import group_claims
from sandbox.entra.login.mapped_claims import mapped_claims
from sandbox.entra.login.optional_claims import optional_claims

ID_TOKEN_LIFETIME = timedelta(hours=1)

_CORE = frozenset({"aud", "iss", "iat", "nbf", "exp", "nonce", "oid", "sub", "tid", "uti", "ver"})
"""Present in any case: "the core claim set"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTokenRequest:
    """What an ID token is made for."""

    application: Application
    user: User
    version: TokenVersion
    scopes: frozenset[str]
    """OpenID Connect scopes; they decide nothing on v1."""
    nonce: str | None
    auth_time: datetime
    token_id: str


def id_token_claims(
    request: IdTokenRequest, tenant: Tenant, endpoints: EntraEndpoints, now: datetime
) -> dict[str, Any]:
    """Return the claims.

    Raises:
        LoginError: AADSTS50146, a claims mapping policy that the application does not accept.
    """
    application, user = request.application, request.user
    mapped = mapped_claims(tenant, application, user)
    v1 = request.version == "v1"
    has_profile = v1 or "profile" in request.scopes
    claims = {
        "aud": application.app_id,
        "iss": endpoints.issuer(tenant.tenant_id, request.version),
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + ID_TOKEN_LIFETIME).timestamp()),
        "nonce": request.nonce,
        "sub": pairwise_subject(tenant.tenant_id, application.app_id, user.object_id),
        "tid": tenant.tenant_id,
        "uti": request.token_id,
        "ver": "1.0" if v1 else "2.0",
        **(_v1_claims(user) if v1 else _v2_claims(user, request.scopes)),
        **group_claims(tenant, application, user, endpoints.graph),
        **_app_roles(tenant, application, user),
        **optional_claims(
            tenant,
            application,
            user,
            has_profile=has_profile,
            auth_time=int(request.auth_time.timestamp()),
        ),
    }
    if not mapped.with_basic_claims:
        claims = {name: value for name, value in claims.items() if name in _CORE}
    claims.update(mapped.claims)
    return {name: value for name, value in claims.items() if value is not None}


def pairwise_subject(tenant_id: str, app_id: str, object_id: str) -> str:
    """Return `sub`: another one for each application, so that two cannot compare their users."""
    digest = hashlib.sha256(f"{tenant_id}/{app_id}/{object_id}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _v1_claims(user: User) -> dict[str, Any]:
    return {
        "amr": ["pwd"],
        "email": user.mail if user.is_guest else None,
        "family_name": user.properties.get("surname"),
        "given_name": user.properties.get("givenName"),
        "name": user.display_name,
        "oid": user.object_id,
        "unique_name": user.mail if user.is_guest else user.user_principal_name,
        "upn": None if user.is_guest else user.user_principal_name,
    }


def _v2_claims(user: User, scopes: frozenset[str]) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    if "email" in scopes or user.is_guest:
        claims["email"] = user.mail
    if "profile" in scopes:
        claims |= {
            "name": user.display_name,
            "oid": user.object_id,
            "preferred_username": user.mail if user.is_guest else user.user_principal_name,
        }
    return claims


def _app_roles(tenant: Tenant, application: Application, user: User) -> dict[str, Any]:
    """Return `roles`: the application's own roles that the user or a direct group is assigned."""
    client = tenant.service_principal_of(application.app_id)
    if client is None:
        return {}
    values = {role["id"]: role.get("value") for role in application.properties["appRoles"]}
    principals = {user.object_id, *tenant.memberships.groups(user.object_id)}
    roles = {
        values.get(assignment.properties["appRoleId"])
        for assignment in tenant.app_role_assignments.find("resourceId", client.object_id)
        if assignment.properties["principalId"] in principals
    }
    named = sorted(role for role in roles if role)
    return {"roles": named} if named else {}
