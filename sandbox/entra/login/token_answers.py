"""What the token endpoint answers with, once it is clear for whom.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#successful-response-2
A refresh token comes only for `offline_access` on v2, and always on v1. ID tokens are always
signed; the unsigned ones of v1's refresh are not here.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.entra import microsoft_graph
from sandbox.entra.directory.objects import Application, ServicePrincipal, User
from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login.access_token import (
    AccessTokenRequest,
    access_token_claims,
)
from sandbox.entra.login.consent import (
    require_assignment,
    require_consent_v1,
    require_consent_v2,
)
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.id_token import IdTokenRequest, id_token_claims
from sandbox.entra.login.redirect_uri import Platform
from sandbox.entra.login.scopes import find_resource, parse_scopes
from sandbox.entra.login.sessions import (
    REFRESH_TOKEN_LIFETIME,
    SPA_REFRESH_TOKEN_LIFETIME,
    RefreshToken,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGrant:
    """A person who has signed in to an application."""

    version: TokenVersion
    application: Application
    platform: Platform
    user: User
    scope: str
    resource: str | None
    nonce: str | None
    auth_time: datetime
    authenticated: bool


class TokenAnswers:
    """Makes the tokens of an answer and remembers refresh tokens."""

    def __init__(self, context: LoginContext) -> None:
        self._context = context

    def for_application(
        self, application: Application, resource: ServicePrincipal, version: TokenVersion
    ) -> dict[str, Any]:
        """Return the answer to client credentials."""
        request = AccessTokenRequest(
            application=application,
            resource=resource,
            authenticated=True,
            token_id=self._context.ids.opaque(),
            lifetime=self._context.access_token_lifetime(),
        )
        return self._lifetimes(version) | {"access_token": self._access_token(request)}

    def for_user(
        self, grant: UserGrant, *, with_client_info: bool, expires: datetime | None = None
    ) -> dict[str, Any]:
        """Return the answer to a code or a refresh token; `expires` is the refresh token's.

        Raises:
            LoginError: assignment or consent is gone, or AADSTS50146.
        """
        context, tenant = self._context, self._context.tenant
        if client := tenant.service_principal_of(grant.application.app_id):
            require_assignment(tenant, client, grant.user)
        resource, permissions, openid = self._allowed(grant)
        answer = self._lifetimes(grant.version)
        answer["scope"] = self._scope_text(resource, permissions, openid)
        if grant.version == "v1":
            answer["resource"] = grant.resource or context.endpoints.graph
        answer["access_token"] = self._access_token(
            AccessTokenRequest(
                application=grant.application,
                resource=resource,
                user=grant.user,
                permissions=permissions,
                authenticated=grant.authenticated,
                token_id=context.ids.opaque(),
                lifetime=context.access_token_lifetime(),
            )
        )
        if "openid" in openid:
            answer["id_token"] = self._id_token(grant, openid)
        if "offline_access" in openid or grant.version == "v1":
            answer["refresh_token"] = self._refresh_token(grant, expires)
        if with_client_info:
            answer["client_info"] = _client_info(grant.user, tenant.tenant_id)
        return answer

    def _allowed(self, grant: UserGrant) -> tuple[ServicePrincipal, frozenset[str], frozenset[str]]:
        """Return the resource, the permissions on it, and the OpenID Connect scopes."""
        tenant, endpoints = self._context.tenant, self._context.endpoints
        if grant.version == "v1":
            resource = find_resource(grant.resource or endpoints.graph, tenant, endpoints)
            permissions = require_consent_v1(tenant, grant.application, grant.user, resource)
            return resource, permissions, frozenset({"openid"})
        asked = parse_scopes(grant.scope, tenant, endpoints)
        permissions = require_consent_v2(tenant, grant.application, grant.user, asked)
        return asked.resource, permissions, asked.openid

    def _scope_text(
        self, resource: ServicePrincipal, permissions: frozenset[str], openid: frozenset[str]
    ) -> str:
        graph = self._context.endpoints.graph
        base = graph if resource.app_id == microsoft_graph.APP_ID else resource.app_id
        others = sorted(f"{base}/{name}" for name in permissions - microsoft_graph.OPENID_SCOPES)
        return " ".join([*sorted(openid - {"offline_access"}), *others])

    def _access_token(self, request: AccessTokenRequest) -> str:
        context = self._context
        claims = access_token_claims(request, context.tenant, context.endpoints, context.now())
        return context.keys.sign(claims)

    def _id_token(self, grant: UserGrant, openid: frozenset[str]) -> str:
        context = self._context
        request = IdTokenRequest(
            application=grant.application,
            user=grant.user,
            version=grant.version,
            scopes=openid,
            nonce=grant.nonce,
            auth_time=grant.auth_time,
            token_id=context.ids.opaque(),
        )
        return context.keys.sign(
            id_token_claims(request, context.tenant, context.endpoints, context.now())
        )

    def _refresh_token(self, grant: UserGrant, expires: datetime | None) -> str:
        """Remember a token; a single-page application's ends 24 hours after the sign-in."""
        spa = grant.platform == "spa"
        lifetime = SPA_REFRESH_TOKEN_LIFETIME if spa else REFRESH_TOKEN_LIFETIME
        text = self._context.ids.opaque()
        self._context.sessions.refresh_tokens[text] = RefreshToken(
            version=grant.version,
            client_id=grant.application.app_id,
            platform=grant.platform,
            user_id=grant.user.object_id,
            scope=grant.scope,
            resource=grant.resource,
            auth_time=grant.auth_time,
            expires=expires if spa and expires else self._context.now() + lifetime,
        )
        return text

    def _lifetimes(self, version: TokenVersion) -> dict[str, Any]:
        """Numbers on v2; on v1 everything is text, and absolute times come with it."""
        seconds = max(1, int(self._context.access_token_lifetime().total_seconds()) - 1)
        if version == "v2":
            return {
                "token_type": "Bearer",
                "expires_in": seconds,
                "ext_expires_in": seconds,
            }
        begins = int(self._context.now().timestamp())
        return {
            "token_type": "Bearer",
            "expires_in": str(seconds),
            "ext_expires_in": str(seconds),
            "expires_on": str(begins + seconds),
            "not_before": str(begins),
        }


def _client_info(user: User, tenant_id: str) -> str:
    """Return who signed in, as MSAL asks for it with `client_info=1`."""
    text = json.dumps({"uid": user.object_id, "utid": tenant_id})
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
