"""The claims of an ID token.

https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
The version follows from the endpoint that was asked, never from `requestedAccessTokenVersion`.
Guests have no `upn` unless an optional claim asks for it, and members of the tenant no `email`.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.entra.directory.objects import Application, User
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.endpoints import EntraEndpoints, TokenVersion
from sandbox.entra.login.group_claims import group_claims
from sandbox.entra.login.mapped_claims import mapped_claims
from sandbox.entra.login.optional_claims import OptionalClaimsRequest, optional_claims
from sandbox.entra.login.sessions import SignedIn
from sandbox.entra.login.subjects import (
    LOOPBACK,
    identity_provider,
    pairwise_subject,
    shown_name,
)

ID_TOKEN_LIFETIME = timedelta(hours=1)

_CORE = frozenset(
    {"aud", "iss", "iat", "nbf", "exp", "nonce", "oid", "sub", "tid", "uti", "ver"}
    | {"aio", "at_hash", "c_hash", "rh"}
)
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
    account: SignedIn
    lifetime: timedelta
    token_id: str
    code: str | None = None
    access_token: str | None = field(default=None, repr=False)
    """What is sent beside the token from the authorization endpoint; None elsewhere."""
    in_url: bool = False
    """Whether the token is sent in an address."""


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
    wanted = OptionalClaimsRequest(
        token="idToken",  # noqa: S106 - a list in the registration
        has_profile=v1 or "profile" in request.scopes,
        account=request.account,
    )
    claims = {
        "aud": application.app_id,
        "iss": endpoints.issuer(tenant.tenant_id, request.version),
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + request.lifetime).timestamp()),
        "aio": request.token_id[:24],
        "at_hash": half_hash(request.access_token),
        "c_hash": half_hash(request.code),
        "idp": identity_provider(user, endpoints),
        "nonce": request.nonce,
        "rh": f"1.{request.token_id[:20]}.",
        "sub": pairwise_subject(tenant.tenant_id, application.app_id, user.object_id),
        "tid": tenant.tenant_id,
        "uti": request.token_id[:22],
        "ver": "1.0" if v1 else "2.0",
        **(_v1_claims(user) if v1 else _v2_claims(user, request.scopes)),
        **_app_roles(tenant, application, user),
        **group_claims(
            tenant,
            application,
            user,
            endpoints.graph,
            token=wanted.token,
            in_url=request.in_url,
        ),
        **optional_claims(tenant, application, user, wanted),
    }
    if not mapped.with_basic_claims:
        claims = {name: value for name, value in claims.items() if name in _CORE}
    claims.update(mapped.claims)
    return {name: value for name, value in claims.items() if value is not None}


def half_hash(text: str | None) -> str | None:
    """Return `at_hash` or `c_hash` of a text (OpenID Connect Core 3.3.2.11)."""
    if text is None:
        return None
    digest = hashlib.sha256(text.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _v1_claims(user: User) -> dict[str, Any]:
    return {
        "amr": ["pwd"],
        "email": user.mail if user.is_guest else None,
        "family_name": user.properties.get("surname"),
        "given_name": user.properties.get("givenName"),
        "ipaddr": LOOPBACK,
        "name": user.display_name,
        "oid": user.object_id,
        "unique_name": shown_name(user),
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
            "preferred_username": shown_name(user),
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
