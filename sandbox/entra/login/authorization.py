"""The authorization endpoint: from the request to the sign-in page, and from there back.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#request-an-authorization-code
Nothing is sent to a redirect URI before it is known to be the application's own: until then, and
when the person must not sign in, an error is a page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.entra.directory.objects import Application, User
from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login.consent import (
    require_assignment,
    require_consent_v1,
    require_consent_v2,
)
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.id_token import IdTokenRequest, id_token_claims
from sandbox.entra.login.redirect_uri import Platform, platform_of
from sandbox.entra.login.request_errors import (
    APPLICATION_NOT_FOUND,
    CHALLENGE_MALFORMED,
    CHALLENGE_METHOD_UNSUPPORTED,
    LOGIN_REQUIRED,
    PARAMETER_MISSING,
    REDIRECT_MISMATCH,
    RESPONSE_MODE_UNSUPPORTED,
    RESPONSE_TYPE_UNKNOWN,
    RESPONSE_TYPE_UNSUPPORTED,
    SCOPE_INVALID,
    SIGN_IN_PAGE_EXPIRED,
    USER_DISABLED,
    USER_NOT_FOUND,
    WRONG_PASSWORD,
)
from sandbox.entra.login.scopes import find_resource, parse_scopes
from sandbox.entra.login.sessions import (
    PAGE_LIFETIME,
    AuthorizationCode,
    AuthorizationRequest,
    PendingSignIn,
)

_CHALLENGE = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
"""RFC 7636 4.2"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    """Ask the person for name and password. `error` is why they are asked again."""

    page_id: str
    application_name: str
    login: str
    error: LoginError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackToClient:
    """Send the browser back. `parameters` are in the order in which Entra writes them."""

    redirect_uri: str
    response_mode: str
    parameters: Mapping[str, str]
    error: LoginError | None = None


class Authorization:
    """The authorization endpoint's rules. Errors that it raises are shown as a page."""

    def __init__(self, context: LoginContext) -> None:
        self._context = context

    def begin(
        self, parameters: Mapping[str, str], version: TokenVersion
    ) -> SignInPage | BackToClient:
        """Check a request and open a sign-in page for it.

        Raises:
            LoginError: the application or its redirect URI cannot be trusted, or PKCE is misused.
        """
        for needed in ("client_id", "response_type"):
            if not parameters.get(needed):
                raise LoginError(PARAMETER_MISSING, parameter=needed)
        application = self._application(parameters["client_id"])
        redirect_uri, platform = _redirect(application, parameters.get("redirect_uri"))
        request = _request(parameters, version, redirect_uri, platform)
        try:
            self._check(request, application, parameters.get("prompt"))
        except LoginError as error:
            return _refusal(request, error)
        page_id = self._context.ids.opaque()
        self._context.sessions.pages[page_id] = PendingSignIn(
            request=request, opened=self._context.now()
        )
        return SignInPage(
            page_id=page_id,
            application_name=application.display_name,
            login=request.login_hint or "",
        )

    def sign_in(self, page_id: str, login: str, password: str) -> SignInPage | BackToClient:
        """Go on from the sign-in page: check the person, and what the application may know of them.

        Raises:
            LoginError: the page is stale, or the person must not sign in to the application.
        """
        pending = self._context.sessions.pages.get(page_id)
        if pending is None or pending.opened + PAGE_LIFETIME < self._context.now():
            raise LoginError(SIGN_IN_PAGE_EXPIRED)
        request = pending.request
        application = self._application(request.client_id)
        try:
            user = self._person(login, password)
        except LoginError as error:
            return SignInPage(
                page_id=page_id,
                application_name=application.display_name,
                login=login,
                error=error,
            )
        del self._context.sessions.pages[page_id]
        self._require_access(request, application, user)
        try:
            return self._answer(request, application, user)
        except LoginError as error:
            return _refusal(request, error)

    def _application(self, client_id: str) -> Application:
        application = self._context.tenant.application_of(client_id)
        if application is None:
            raise LoginError(
                APPLICATION_NOT_FOUND,
                app_id=client_id,
                tenant=self._context.tenant.display_name,
            )
        return application

    def _check(
        self, request: AuthorizationRequest, application: Application, prompt: str | None
    ) -> None:
        _check_response(request, application)
        if prompt == "none":
            raise LoginError(LOGIN_REQUIRED)
        if request.code_challenge is not None:
            if request.code_challenge_method not in {"S256", "plain"}:
                raise LoginError(CHALLENGE_METHOD_UNSUPPORTED, method=request.code_challenge_method)
            if not _CHALLENGE.fullmatch(request.code_challenge):
                raise LoginError(CHALLENGE_MALFORMED)
        if request.version == "v2":
            if not request.scope:
                raise LoginError(SCOPE_INVALID, scope="")
            parse_scopes(request.scope, self._context.tenant, self._context.endpoints)
        elif request.resource:
            find_resource(request.resource, self._context.tenant, self._context.endpoints)

    def _person(self, login: str, password: str) -> User:
        users = self._context.tenant.users
        found = users.find("userPrincipalName", login) or users.find("mail", login)
        if len(found) != 1:
            raise LoginError(USER_NOT_FOUND, login=login, tenant=self._context.tenant.display_name)
        user = found[0]
        if user.password != password:
            raise LoginError(WRONG_PASSWORD)
        if not user.properties["accountEnabled"]:
            raise LoginError(USER_DISABLED)
        return user

    def _require_access(
        self, request: AuthorizationRequest, application: Application, user: User
    ) -> None:
        tenant, endpoints = self._context.tenant, self._context.endpoints
        if client := tenant.service_principal_of(application.app_id):
            require_assignment(tenant, client, user)
        if request.version == "v2":
            asked = parse_scopes(request.scope, tenant, endpoints)
            require_consent_v2(tenant, application, user, asked)
        else:
            resource = find_resource(request.resource or endpoints.graph, tenant, endpoints)
            require_consent_v1(tenant, application, user, resource)

    def _answer(
        self, request: AuthorizationRequest, application: Application, user: User
    ) -> BackToClient:
        context, now = self._context, self._context.now()
        parameters: dict[str, str] = {}
        if "code" in request.response_types:
            code = context.ids.opaque()
            context.sessions.codes[code] = AuthorizationCode(
                request=request, user_id=user.object_id, issued=now
            )
            parameters["code"] = code
        if "id_token" in request.response_types:
            wanted = IdTokenRequest(
                application=application,
                user=user,
                version=request.version,
                scopes=frozenset(request.scope.split()),
                nonce=request.nonce,
                auth_time=now,
                token_id=context.ids.opaque(),
            )
            claims = id_token_claims(wanted, context.tenant, context.endpoints, now)
            parameters["id_token"] = context.keys.sign(claims)
        return _back(request, parameters)


def _redirect(application: Application, given: str | None) -> tuple[str, Platform]:
    """Without a redirect URI in the request, the only registered one is used."""
    registered = [
        uri
        for platform in ("web", "spa", "publicClient")
        for uri in application.properties[platform]["redirectUris"]
    ]
    only = registered[0] if len(registered) == 1 else ""
    redirect_uri = only if given is None else given
    platform = platform_of(application, redirect_uri)
    if platform is None:
        raise LoginError(REDIRECT_MISMATCH, redirect_uri=redirect_uri, app_id=application.app_id)
    return redirect_uri, platform


def _request(
    parameters: Mapping[str, str], version: TokenVersion, redirect_uri: str, platform: Platform
) -> AuthorizationRequest:
    response_types = frozenset(parameters["response_type"].split())
    default_mode = "query" if response_types == {"code"} else "fragment"
    return AuthorizationRequest(
        version=version,
        client_id=parameters["client_id"],
        redirect_uri=redirect_uri,
        platform=platform,
        response_types=response_types,
        response_mode=parameters.get("response_mode") or default_mode,
        scope=parameters.get("scope", ""),
        resource=parameters.get("resource"),
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        login_hint=parameters.get("login_hint"),
        code_challenge=parameters.get("code_challenge"),
        code_challenge_method=parameters.get("code_challenge_method") or "plain",
    )


def _check_response(request: AuthorizationRequest, application: Application) -> None:
    response_type = " ".join(sorted(request.response_types))
    if not request.response_types <= {"code", "id_token"}:
        raise LoginError(RESPONSE_TYPE_UNKNOWN, response_type=response_type)
    if request.response_mode not in {"query", "fragment", "form_post"}:
        raise LoginError(RESPONSE_MODE_UNSUPPORTED, response_mode=request.response_mode)
    if "id_token" not in request.response_types:
        return
    implicit = application.properties["web"]["implicitGrantSettings"]
    if not implicit.get("enableIdTokenIssuance"):
        raise LoginError(RESPONSE_TYPE_UNSUPPORTED, response_type="id_token")
    if request.response_mode == "query":
        raise LoginError(RESPONSE_MODE_UNSUPPORTED, response_mode="query")
    if not request.nonce:
        raise LoginError(PARAMETER_MISSING, parameter="nonce")


def _refusal(request: AuthorizationRequest, error: LoginError) -> BackToClient:
    answer = _back(request, {"error": error.kind.error})
    mode = request.response_mode
    return BackToClient(
        redirect_uri=answer.redirect_uri,
        response_mode=mode if mode in {"query", "fragment", "form_post"} else "query",
        parameters=answer.parameters,
        error=error,
    )


def _back(request: AuthorizationRequest, parameters: Mapping[str, str]) -> BackToClient:
    state = {} if request.state is None else {"state": request.state}
    return BackToClient(
        redirect_uri=request.redirect_uri,
        response_mode=request.response_mode,
        parameters={**parameters, **state},
    )
