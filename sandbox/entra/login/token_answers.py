"""What the token endpoint answers with, once it is clear for whom.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#successful-response-2
A refresh token comes only for `offline_access` on v2, and always on v1.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.entra import microsoft_graph
from sandbox.entra.directory.objects import Application, ServicePrincipal, User
from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login.access_errors import BLOCKED_BY_CONDITIONAL_ACCESS
from sandbox.entra.login.access_token import (
    AccessTokenRequest,
    Authentication,
    access_token_claims,
)
from sandbox.entra.login.consent import (
    require_assignment,
    require_consent_v1,
    require_consent_v2,
)
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.id_token import ID_TOKEN_LIFETIME, IdTokenRequest, id_token_claims
from sandbox.entra.login.people import require_enabled
from sandbox.entra.login.redirect_uri import Platform
from sandbox.entra.login.scopes import find_resource, parse_scopes
from sandbox.entra.login.sessions import (
    REFRESH_TOKEN_LIFETIME,
    SPA_REFRESH_TOKEN_LIFETIME,
    RefreshToken,
    SignedIn,
)
from sandbox.entra.login.signing_keys import unsigned


@dataclass(frozen=True, slots=True, kw_only=True)
class UserGrant:
    """A person who has signed in to an application."""

    version: TokenVersion
    application: Application
    platform: Platform
    user: User
    account: SignedIn
    scope: str
    resource: str | None
    nonce: str | None
    authentication: Authentication
    refreshed: bool = False
    """Whether this comes of a refresh token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Allowed:
    """What the token is for, once consent is clear."""

    resource: ServicePrincipal
    identifier: str
    permissions: frozenset[str]
    openid: frozenset[str]


class TokenAnswers:
    """Makes the tokens of an answer and remembers refresh tokens."""

    def __init__(self, context: LoginContext) -> None:
        self._context = context

    def for_application(
        self,
        application: Application,
        resource: ServicePrincipal,
        identifier: str,
        version: TokenVersion,
        authentication: Authentication,
    ) -> dict[str, Any]:
        """Return the answer to client credentials."""
        lifetime = self._context.access_token_lifetime()
        request = AccessTokenRequest(
            application=application,
            resource=resource,
            identifier=identifier,
            authentication=authentication,
            lifetime=lifetime,
            token_id=self._context.ids.opaque(),
        )
        return self._lifetimes(version, lifetime) | {"access_token": self._access_token(request)}

    def for_user(
        self, grant: UserGrant, *, with_client_info: bool, expires: datetime | None = None
    ) -> dict[str, Any]:
        """Return the answer to a code or a refresh token; `expires` is the refresh token's.

        Raises:
            LoginError: the person may no longer sign in, consent is gone, or mapped claims do not
                fit.
        """
        context, tenant = self._context, self._context.tenant
        self._require_access(grant)
        allowed, lifetime = self._allowed(grant), self._context.access_token_lifetime()
        answer = self._lifetimes(grant.version, lifetime)
        answer["scope"] = self._scope_text(allowed)
        if grant.version == "v1":
            answer["resource"] = grant.resource or context.endpoints.graph
        answer["access_token"] = self._user_access_token(grant, allowed, lifetime)
        if "openid" in allowed.openid:
            answer["id_token"] = self._id_token(grant, allowed.openid)
        if "offline_access" in allowed.openid or grant.version == "v1":
            answer["refresh_token"] = self._refresh_token(grant, expires)
        if with_client_info:
            answer["client_info"] = _client_info(grant.user, tenant.tenant_id)
        return answer

    def in_front_channel(
        self, grant: UserGrant, response_types: frozenset[str], code: str | None
    ) -> dict[str, str]:
        """Return the tokens that the authorization endpoint sends in an address or a form.

        Raises:
            LoginError: mapped claims do not fit.
        """
        allowed, lifetime = self._allowed(grant), self._context.access_token_lifetime()
        answer: dict[str, str] = {}
        if "token" in response_types:
            expires_in = max(1, int(lifetime.total_seconds()) - 1)
            answer = {
                "access_token": self._user_access_token(grant, allowed, lifetime),
                "token_type": "Bearer",
                "expires_in": str(expires_in),
                "scope": self._scope_text(allowed),
            }
        if "id_token" in response_types:
            answer["id_token"] = self._id_token(
                grant,
                allowed.openid,
                code=code,
                access_token=answer.get("access_token"),
                in_url=True,
            )
        return answer

    def _require_access(self, grant: UserGrant) -> None:
        require_enabled(grant.user)
        client = self._context.tenant.service_principal_of(grant.application.app_id)
        if client:
            require_assignment(self._context.tenant, client, grant.user)
        if self._context.behaviour().blocks(grant.user.user_principal_name):
            raise LoginError(BLOCKED_BY_CONDITIONAL_ACCESS)

    def _allowed(self, grant: UserGrant) -> _Allowed:
        tenant, endpoints = self._context.tenant, self._context.endpoints
        if grant.version == "v1":
            identifier = grant.resource or endpoints.graph
            resource = find_resource(identifier, tenant, endpoints)
            return _Allowed(
                resource=resource,
                identifier=identifier,
                permissions=require_consent_v1(tenant, grant.application, grant.user, resource),
                openid=frozenset({"openid"}),
            )
        asked = parse_scopes(grant.scope, tenant, endpoints)
        return _Allowed(
            resource=asked.resource,
            identifier=asked.identifier,
            permissions=require_consent_v2(tenant, grant.application, grant.user, asked),
            openid=asked.openid,
        )

    def _scope_text(self, allowed: _Allowed) -> str:
        asked_by_id = allowed.identifier == microsoft_graph.APP_ID
        base = self._context.endpoints.graph if asked_by_id else allowed.identifier.rstrip("/")
        others = sorted(
            f"{base}/{name}" for name in allowed.permissions - microsoft_graph.OPENID_SCOPES
        )
        return " ".join([*sorted(allowed.openid - {"offline_access"}), *others])

    def _user_access_token(self, grant: UserGrant, allowed: _Allowed, lifetime: timedelta) -> str:
        return self._access_token(
            AccessTokenRequest(
                application=grant.application,
                resource=allowed.resource,
                identifier=allowed.identifier,
                user=grant.user,
                account=grant.account,
                permissions=allowed.permissions,
                authentication=grant.authentication,
                lifetime=lifetime,
                token_id=self._context.ids.opaque(),
            )
        )

    def _access_token(self, request: AccessTokenRequest) -> str:
        context = self._context
        claims = access_token_claims(request, context.tenant, context.endpoints, context.now())
        return context.keys.sign(claims)

    def _id_token(
        self,
        grant: UserGrant,
        openid: frozenset[str],
        *,
        code: str | None = None,
        access_token: str | None = None,
        in_url: bool = False,
    ) -> str:
        context = self._context
        request = IdTokenRequest(
            application=grant.application,
            user=grant.user,
            version=grant.version,
            scopes=openid,
            nonce=grant.nonce,
            account=grant.account,
            lifetime=ID_TOKEN_LIFETIME,
            token_id=context.ids.opaque(),
            code=code,
            access_token=access_token,
            in_url=in_url,
        )
        claims = id_token_claims(request, context.tenant, context.endpoints, context.now())
        if (
            context.behaviour().unsigned_v1_refresh
            and grant.version == "v1"
            and grant.refreshed
            and "openid" in grant.scope.split()
        ):
            return unsigned(claims)
        return context.keys.sign(claims)

    def _refresh_token(self, grant: UserGrant, expires: datetime | None) -> str:
        """Remember a token; a single-page application's ends 24 hours after the sign-in."""
        spa = grant.platform == "spa"
        lifetime = SPA_REFRESH_TOKEN_LIFETIME if spa else REFRESH_TOKEN_LIFETIME
        text, now = self._context.ids.opaque(), self._context.now()
        self._context.sessions.refresh_tokens[text] = RefreshToken(
            version=grant.version,
            client_id=grant.application.app_id,
            platform=grant.platform,
            account=grant.account,
            scope=grant.scope,
            resource=grant.resource,
            issued=now,
            expires=expires if spa and expires else now + lifetime,
        )
        return text

    def _lifetimes(self, version: TokenVersion, lifetime: timedelta) -> dict[str, Any]:
        """Numbers on v2; on v1 everything is text, and absolute times come with it."""
        expires_in = max(1, int(lifetime.total_seconds()) - 1)
        if version == "v2":
            return {
                "token_type": "Bearer",
                "expires_in": expires_in,
                "ext_expires_in": expires_in,
            }
        begins = int(self._context.now().timestamp())
        return {
            "token_type": "Bearer",
            "expires_in": str(expires_in),
            "ext_expires_in": str(expires_in),
            "expires_on": str(begins + expires_in),
            "not_before": str(begins),
        }


def _client_info(user: User, tenant_id: str) -> str:
    """Return who signed in, as MSAL asks for it with `client_info=1`."""
    text = json.dumps({"uid": user.object_id, "utid": tenant_id})
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
