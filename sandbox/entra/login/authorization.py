"""The authorization endpoint: what a request must have before anybody is asked to sign in.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#request-an-authorization-code
Nothing is sent to a redirect URI before it is known to be the application's own: until then an
error is a page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sandbox.entra.directory.objects import Application
from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login.back_to_client import refusal
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.interaction import Interaction
from sandbox.entra.login.redirect_uri import Platform, platform_of
from sandbox.entra.login.request_errors import (
    CHALLENGE_MALFORMED,
    CHALLENGE_METHOD_UNSUPPORTED,
    PARAMETER_MISSING,
    PROMPT_UNSUPPORTED,
    REDIRECT_MISMATCH,
    RESPONSE_MODE_UNSUPPORTED,
    RESPONSE_TYPE_UNKNOWN,
    RESPONSE_TYPE_UNSUPPORTED,
    SCOPE_INVALID,
    TOKEN_NOT_ENABLED,
)
from sandbox.entra.login.scopes import find_resource, parse_scopes
from sandbox.entra.login.sessions import AuthorizationRequest, BrowserSession
from sandbox.entra.login.steps import Step

_CHALLENGE = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
"""RFC 7636 4.2"""
_PROMPTS = {
    "v1": frozenset(
        {"none", "login", "select_account", "consent", "admin_consent", "refresh_session"}
    ),
    "v2": frozenset({"none", "login", "select_account", "consent"}),
}
_RESPONSE_TYPES = frozenset({"code", "id_token", "token"})
_MODES = frozenset({"query", "fragment", "form_post"})


class Authorization:
    """The authorization endpoint's rules. Errors that it raises are shown as a page."""

    def __init__(self, context: LoginContext, interaction: Interaction) -> None:
        self._context = context
        self._interaction = interaction

    def begin(
        self, parameters: Mapping[str, str], version: TokenVersion, browser: BrowserSession
    ) -> Step:
        """Check a request and go on with whoever is at the browser.

        `domain_hint` is ignored: there is one tenant and one way to sign in.

        Raises:
            LoginError: the application or its redirect URI cannot be trusted, or the person must
                not sign in to the application.
        """
        for needed in ("client_id", "response_type"):
            if not parameters.get(needed):
                raise LoginError(PARAMETER_MISSING, parameter=needed)
        application = self._context.application(parameters["client_id"])
        redirect_uri, platform = _redirect(application, parameters.get("redirect_uri"))
        request = _request(parameters, version, redirect_uri, platform)
        try:
            self._check(request, application)
        except LoginError as error:
            return refusal(request, error)
        return self._interaction.start(request, browser)

    def _check(self, request: AuthorizationRequest, application: Application) -> None:
        _check_response(request, application)
        if request.prompt not in {None, *_PROMPTS[request.version]}:
            raise LoginError(PROMPT_UNSUPPORTED)
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
        prompt=parameters.get("prompt") or None,
        login_hint=parameters.get("login_hint") or None,
        code_challenge=parameters.get("code_challenge"),
        code_challenge_method=parameters.get("code_challenge_method") or "plain",
    )


def _check_response(request: AuthorizationRequest, application: Application) -> None:
    response_type = " ".join(sorted(request.response_types))
    if not request.response_types <= _RESPONSE_TYPES:
        raise LoginError(RESPONSE_TYPE_UNKNOWN, response_type=response_type)
    if request.response_mode not in _MODES:
        raise LoginError(RESPONSE_MODE_UNSUPPORTED, response_mode=request.response_mode)
    implicit = application.properties["web"]["implicitGrantSettings"]
    if "token" in request.response_types and not implicit.get("enableAccessTokenIssuance"):
        raise LoginError(TOKEN_NOT_ENABLED)
    if "id_token" in request.response_types and not implicit.get("enableIdTokenIssuance"):
        raise LoginError(RESPONSE_TYPE_UNSUPPORTED, response_type="id_token")
    if request.response_types != {"code"} and request.response_mode == "query":
        raise LoginError(RESPONSE_MODE_UNSUPPORTED, response_mode="query")
    if "id_token" in request.response_types and not request.nonce:
        raise LoginError(PARAMETER_MISSING, parameter="nonce")
