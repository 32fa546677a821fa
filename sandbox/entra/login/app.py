"""The login host and the sts host as ASGI applications: HTTP in, HTTP out, no rules."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route as AsgiRoute

from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login.authorization import Authorization, BackToClient, SignInPage
from sandbox.entra.login.client_authentication import ClientCredentials, read_credentials
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.documents import (
    cloud_metadata,
    instance_discovery,
    openid_configuration,
)
from sandbox.entra.login.errors import Correlation, LoginError
from sandbox.entra.login.federated_assertion import (
    require_federated_credential,
    unverified_claims,
    verify_signature,
)
from sandbox.entra.login.pages import error_page, form_post_page, sign_in_page, signed_out_page
from sandbox.entra.login.redirect_uri import with_path
from sandbox.entra.login.request_errors import (
    PARAMETER_MISSING,
    SINGLE_TENANT_ON_COMMON,
    TENANT_NOT_FOUND,
)
from sandbox.entra.login.routes import LOGIN_ROUTES, STS_ROUTES, LoginRoute
from sandbox.entra.login.token_endpoint import TokenEndpoint
from sandbox.entra.login.token_errors import GRANT_TYPE_UNSUPPORTED
from sandbox.entra.request_log import NOT_IMPLEMENTED, RecordedRequest, RequestLog
from sandbox.entra.routing import RouteTable

_ANY_TENANT = frozenset({"common", "organizations"})
_NOT_HERE = frozenset(
    {
        "password",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
    }
)
"""Grant types of Entra that the stand-in does not have."""
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class LoginHost:
    """Answers for the login host and the sts host; `lock` guards the directory."""

    def __init__(self, context: LoginContext, lock: threading.RLock, log: RequestLog) -> None:
        self._context = context
        self._lock = lock
        self._log = log
        self._authorization = Authorization(context)
        self._tokens = TokenEndpoint(context)
        self.login_app = self._app("login", LOGIN_ROUTES)
        self.sts_app = self._app("sts", STS_ROUTES)

    def _app(self, service: Any, routes: tuple[LoginRoute, ...]) -> Starlette:
        table = RouteTable(routes)

        async def answer(request: Request) -> Response:
            path: str = request.scope["path"]
            match = table.match(request.method, path)
            if match is None:
                response = _not_implemented(f"{request.method} {path}")
            else:
                handler: Callable[..., Any] = getattr(self, match.route.handler)
                options = {"version": match.route.version} if match.route.version else {}
                response = await handler(request, **match.parameters, **options)
            self._log.entries.append(
                RecordedRequest(
                    service=service,
                    method=request.method,
                    path=path,
                    status=response.status_code,
                    operation=match.route.name if match else None,
                )
            )
            return response

        return Starlette(routes=[AsgiRoute("/{path:path}", answer, methods=_METHODS)])

    async def metadata(self, request: Request) -> Response:  # noqa: ARG002
        """Cloud metadata."""
        context = self._context
        return JSONResponse(cloud_metadata(context.tenant.tenant_id, context.endpoints))

    async def instance_discovery(self, request: Request) -> Response:  # noqa: ARG002
        """Instance discovery."""
        context = self._context
        return JSONResponse(instance_discovery(context.tenant.tenant_id, context.endpoints))

    async def discovery(self, request: Request, *, tenant: str, version: TokenVersion) -> Response:
        """OpenID Connect discovery."""
        try:
            issued_for = self._tenant(tenant)
        except LoginError as error:
            return self._json_error(request, error)
        return JSONResponse(openid_configuration(issued_for, version, self._context.endpoints))

    async def keys(self, request: Request, *, tenant: str, version: TokenVersion) -> Response:
        """Signing keys."""
        try:
            issued_for = self._tenant(tenant)
        except LoginError as error:
            return self._json_error(request, error)
        issuer = self._context.endpoints.issuer(issued_for, version) if version == "v2" else None
        return JSONResponse(self._context.keys.document(issuer))

    async def authorize(self, request: Request, *, tenant: str, version: TokenVersion) -> Response:
        """The authorization endpoint; parameters come in the query or, posted, in the form."""
        parameters = dict(request.query_params)
        if request.method == "POST":
            parameters |= await _form(request)
        try:
            self._require_own_tenant(tenant, parameters.get("client_id", ""))
            with self._lock:
                result = self._authorization.begin(parameters, version)
        except LoginError as error:
            return self._error_page(request, error)
        return self._shown(request, result)

    async def sign_in(self, request: Request, *, tenant: str) -> Response:
        """The sign-in page's form."""
        form = await _form(request)
        try:
            self._require_own_tenant(tenant, "")
            with self._lock:
                result = self._authorization.sign_in(
                    form.get("ctx", ""), form.get("login", "").strip(), form.get("passwd", "")
                )
        except LoginError as error:
            return self._error_page(request, error)
        return self._shown(request, result)

    async def token(self, request: Request, *, tenant: str, version: TokenVersion) -> Response:
        """The token endpoint."""
        form = await _form(request)
        grant_type = form.get("grant_type", "")
        if grant_type in _NOT_HERE:
            return _not_implemented(f"grant_type {grant_type}")
        try:
            credentials = read_credentials(form, request.headers)
            self._require_own_tenant(tenant, credentials.client_id)
            if not grant_type:
                raise LoginError(PARAMETER_MISSING, parameter="grant_type")  # noqa: TRY301
            if grant_type == "client_credentials" and credentials.assertion:
                if self._is_certificate_assertion(credentials):
                    return _not_implemented("client_assertion signed with a certificate")
                await self._verify_assertion(credentials)
            with self._lock:
                answer = self._grant(grant_type, form, credentials, version)
        except LoginError as error:
            return self._json_error(request, error)
        return JSONResponse(answer, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})

    async def logout(self, request: Request, *, tenant: str) -> Response:
        """Sign-out: there is no session to end, so it only leads back where the client asks."""
        target = request.query_params.get("post_logout_redirect_uri")
        try:
            self._require_own_tenant(tenant, "")
        except LoginError as error:
            return self._error_page(request, error)
        if not target or not self._is_registered(target):
            return HTMLResponse(signed_out_page())
        state = request.query_params.get("state")
        return RedirectResponse(_with_query(target, {"state": state} if state else {}), 302)

    def _grant(
        self,
        grant_type: str,
        form: Mapping[str, str],
        credentials: ClientCredentials,
        version: TokenVersion,
    ) -> dict[str, Any]:
        match grant_type:
            case "authorization_code":
                return self._tokens.redeem_code(form, credentials, version)
            case "refresh_token":
                return self._tokens.refresh(form, credentials, version)
            case "client_credentials":
                return self._tokens.client_credentials(form, credentials, version)
        raise LoginError(GRANT_TYPE_UNSUPPORTED, grant_type=grant_type)

    def _is_certificate_assertion(self, credentials: ClientCredentials) -> bool:
        """An application that asserts itself does so with its certificate's key."""
        claims = unverified_claims(credentials.assertion or "")
        return claims.get("iss") == credentials.client_id

    async def _verify_assertion(self, credentials: ClientCredentials) -> None:
        assertion = credentials.assertion or ""
        claims = unverified_claims(assertion)
        with self._lock:
            require_federated_credential(self._tokens.application(credentials), claims)
        await verify_signature(self._context, assertion, str(claims.get("iss", "")))

    def _is_registered(self, redirect_uri: str) -> bool:
        with self._lock:
            return any(
                redirect_uri in application.properties[platform]["redirectUris"]
                or redirect_uri == application.properties["web"].get("logoutUrl")
                for application in self._context.tenant.applications
                for platform in ("web", "spa", "publicClient")
            )

    def _tenant(self, name: str) -> str:
        """Return the tenant that documents are about; `common` speaks of any."""
        if name in _ANY_TENANT:
            return "{tenantid}"
        if not self._context.tenant.answers_to(name):
            raise LoginError(TENANT_NOT_FOUND, tenant=name)
        return self._context.tenant.tenant_id

    def _require_own_tenant(self, name: str, client_id: str) -> None:
        if name in _ANY_TENANT:
            application = self._context.tenant.application_of(client_id)
            shown = application.display_name if application else client_id
            raise LoginError(SINGLE_TENANT_ON_COMMON, app_id=client_id, name=shown)
        if not self._context.tenant.answers_to(name):
            raise LoginError(TENANT_NOT_FOUND, tenant=name)

    def _shown(self, request: Request, result: SignInPage | BackToClient) -> Response:
        tenant = self._context.tenant
        if isinstance(result, SignInPage):
            error = self._correlation(request).describe(result.error) if result.error else None
            return HTMLResponse(sign_in_page(tenant.tenant_id, tenant.display_name, result, error))
        parameters = dict(result.parameters)
        if result.error:
            parameters["error_description"] = self._correlation(request).describe(result.error)
        if result.response_mode == "form_post":
            return HTMLResponse(form_post_page(result.redirect_uri, parameters))
        target = with_path(result.redirect_uri)
        if result.response_mode == "fragment":
            return RedirectResponse(f"{target}#{urlencode(parameters)}", 302)
        return RedirectResponse(_with_query(target, parameters), 302)

    def _error_page(self, request: Request, error: LoginError) -> Response:
        return HTMLResponse(error_page(self._correlation(request).describe(error)), 400)

    def _json_error(self, request: Request, error: LoginError) -> Response:
        body = self._correlation(request).body(error, self._context.endpoints.login)
        return JSONResponse(body, error.kind.status)

    def _correlation(self, request: Request) -> Correlation:
        context = self._context
        return Correlation(
            trace_id=context.ids.guid(),
            correlation_id=_guid(request.headers.get("client-request-id")) or context.ids.guid(),
            moment=context.now(),
        )


def _guid(text: str | None) -> str | None:
    try:
        return str(uuid.UUID(text)) if text else None
    except ValueError:
        return None


def _not_implemented(what: str) -> Response:
    text = f"The sandbox does not have this operation of Entra: {what}"
    return JSONResponse({"error": "not_implemented", "error_description": text}, NOT_IMPLEMENTED)


def _with_query(target: str, parameters: Mapping[str, str]) -> str:
    if not parameters:
        return target
    return f"{target}{'&' if '?' in target else '?'}{urlencode(parameters)}"


async def _form(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", errors="replace")
    return dict(parse_qsl(body, keep_blank_values=True))
