"""Handlers of what programs ask: token, device authorization, UserInfo of v1."""

from __future__ import annotations

import threading

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login.certificate_assertion import verify_certificate_assertion
from sandbox.entra.login.client_authentication import ClientCredentials, read_credentials
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.device_endpoint import DeviceEndpoint
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.federated_assertion import (
    require_federated_credential,
    unverified_claims,
    verify_signature,
)
from sandbox.entra.login.replies import Replies, not_implemented, read_form
from sandbox.entra.login.request_errors import PARAMETER_MISSING
from sandbox.entra.login.token_endpoint import TokenEndpoint
from sandbox.entra.login.userinfo import UserInfoError, user_info_of

_NOT_HERE = frozenset(
    {
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
    }
)
"""Grant types of Entra that the stand-in does not have: on behalf of, and SAML."""
_NOT_STORED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class TokenHandlers:
    """JSON in forms, JSON out; `lock` guards the directory."""

    def __init__(
        self,
        context: LoginContext,
        replies: Replies,
        lock: threading.RLock,
        tokens: TokenEndpoint,
        devices: DeviceEndpoint,
    ) -> None:
        self._context = context
        self._replies = replies
        self._lock = lock
        self._tokens = tokens
        self._devices = devices

    async def token(self, request: Request, *, tenant: str, version: TokenVersion) -> Response:
        """The token endpoint."""
        form = await read_form(request)
        grant_type = form.get("grant_type", "")
        if grant_type in _NOT_HERE:
            return not_implemented(f"grant_type {grant_type}")
        try:
            credentials = read_credentials(form, request.headers)
            self._replies.require_tenant(tenant, credentials.client_id)
            if not grant_type:
                raise LoginError(PARAMETER_MISSING, parameter="grant_type")  # noqa: TRY301
            await self._verify_assertion(credentials)
            with self._lock:
                answer = self._tokens.grant(form, credentials, version)
        except LoginError as error:
            return self._replies.json_error(request, error)
        return JSONResponse(answer, headers=_NOT_STORED)

    async def device_code(
        self, request: Request, *, tenant: str, version: TokenVersion
    ) -> Response:
        """The device authorization endpoint."""
        form = await read_form(request)
        try:
            self._replies.require_tenant(tenant, form.get("client_id") or None)
            with self._lock:
                answer = self._devices.authorize(form, version)
        except LoginError as error:
            return self._replies.json_error(request, error)
        return JSONResponse(answer, headers=_NOT_STORED)

    async def user_info(self, request: Request, *, tenant: str) -> Response:
        """UserInfo of the v1 endpoints."""
        try:
            self._replies.require_tenant(tenant)
            with self._lock:
                answer = user_info_of(self._context, request.headers.get("authorization"))
        except LoginError as error:
            return self._replies.json_error(request, error)
        except UserInfoError as error:
            body = {"error": "invalid_token", "error_description": str(error)}
            challenge = f'Bearer error="invalid_token", error_description="{error}"'
            return JSONResponse(body, 401, {"WWW-Authenticate": challenge})
        return JSONResponse(answer, headers=_NOT_STORED)

    async def _verify_assertion(self, credentials: ClientCredentials) -> None:
        """An application that asserts itself does so with its certificate's key; else others do."""
        context, assertion = self._context, credentials.assertion
        if assertion is None:
            return
        claims = unverified_claims(assertion)
        with self._lock:
            application = context.application(credentials.client_id)
            if claims.get("iss") == claims.get("sub"):
                audiences = [
                    address
                    for tenant in (context.tenant.tenant_id, context.tenant.domain)
                    for address in (
                        context.endpoints.oauth2(tenant, "v1", "token"),
                        context.endpoints.oauth2(tenant, "v2", "token"),
                        context.endpoints.issuer(tenant, "v2"),
                        context.endpoints.issuer(tenant, "v1"),
                    )
                ]
                verify_certificate_assertion(assertion, application, audiences, context.now())
                return
            require_federated_credential(application, claims)
        await verify_signature(context, assertion, str(claims.get("iss", "")))
