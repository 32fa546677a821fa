"""The token endpoint: codes, refresh tokens and client credentials into tokens.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
A failed client authentication leaves the code usable: libraries try Basic first and then the form.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from sandbox.entra.directory.objects import Application, User
from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login.client_authentication import (
    ClientCredentials,
    authenticate_as,
    require_secret,
)
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.request_errors import (
    APPLICATION_NOT_FOUND,
    CLIENT_CREDENTIALS_SCOPE_INVALID,
    NO_SERVICE_PRINCIPAL,
    PARAMETER_MISSING,
    PKCE_REQUIRED_FOR_SPA,
    REDIRECT_CHANGED,
    RESOURCE_ON_V2,
)
from sandbox.entra.login.scopes import find_resource
from sandbox.entra.login.sessions import CODE_LIFETIME, AuthorizationCode, RefreshToken
from sandbox.entra.login.token_answers import TokenAnswers, UserGrant
from sandbox.entra.login.token_errors import (
    CODE_REDEEMED,
    GRANT_EXPIRED,
    GRANT_MALFORMED,
    GRANT_OF_ANOTHER_CLIENT,
    REFRESH_TOKEN_EXPIRED,
    VERIFIER_WRONG,
)

_DEFAULT_SCOPE = "/.default"


class TokenEndpoint:
    """The token endpoint's rules: `answer` takes the form of a request and returns the JSON."""

    def __init__(self, context: LoginContext) -> None:
        self._context = context
        self._answers = TokenAnswers(context)

    def redeem_code(
        self, form: Mapping[str, str], credentials: ClientCredentials, version: TokenVersion
    ) -> dict[str, Any]:
        """Grant type `authorization_code`.

        Raises:
            LoginError: as its code says.
        """
        self._refuse_resource_on_v2(form, version)
        application = self.application(credentials)
        text = _needed(form, "code")
        code = self._code(text)
        if code.request.client_id != application.app_id:
            raise LoginError(GRANT_OF_ANOTHER_CLIENT)
        authenticate_as(code.request.platform, application, credentials, self._context.now())
        _check_redemption(form, code)
        self._context.sessions.redeemed_codes.add(text)
        request = code.request
        grant = UserGrant(
            version=version,
            application=application,
            platform=request.platform,
            user=self._user(code.user_id),
            scope=request.scope,
            resource=form.get("resource") or request.resource,
            nonce=request.nonce,
            auth_time=code.issued,
            authenticated=request.platform == "web",
        )
        return self._answers.for_user(grant, with_client_info=_wants_client_info(form))

    def refresh(
        self, form: Mapping[str, str], credentials: ClientCredentials, version: TokenVersion
    ) -> dict[str, Any]:
        """Grant type `refresh_token`. Without `scope`, what was asked for at first counts.

        Raises:
            LoginError: as its code says.
        """
        self._refuse_resource_on_v2(form, version)
        application = self.application(credentials)
        token = self._refresh_token(_needed(form, "refresh_token"))
        if token.client_id != application.app_id:
            raise LoginError(GRANT_OF_ANOTHER_CLIENT)
        now = self._context.now()
        authenticate_as(token.platform, application, credentials, now)
        if token.expires <= now:
            raise LoginError(REFRESH_TOKEN_EXPIRED)
        grant = UserGrant(
            version=version,
            application=application,
            platform=token.platform,
            user=self._user(token.user_id),
            scope=form.get("scope") or token.scope,
            resource=form.get("resource") or token.resource,
            nonce=None,
            auth_time=token.auth_time,
            authenticated=token.platform == "web",
        )
        return self._answers.for_user(
            grant, with_client_info=_wants_client_info(form), expires=token.expires
        )

    def client_credentials(
        self, form: Mapping[str, str], credentials: ClientCredentials, version: TokenVersion
    ) -> dict[str, Any]:
        """Grant type `client_credentials`; an assertion must have been verified before.

        Raises:
            LoginError: as its code says.
        """
        self._refuse_resource_on_v2(form, version)
        application = self.application(credentials)
        if credentials.assertion is None:
            require_secret(application, credentials, self._context.now())
        if version == "v2":
            scope = _needed(form, "scope")
            if not scope.endswith(_DEFAULT_SCOPE) or " " in scope:
                raise LoginError(CLIENT_CREDENTIALS_SCOPE_INVALID, scope=scope)
            name = scope.removesuffix(_DEFAULT_SCOPE)
        else:
            name = _needed(form, "resource")
        resource = find_resource(name, self._context.tenant, self._context.endpoints)
        if self._context.tenant.service_principal_of(application.app_id) is None:
            raise LoginError(
                NO_SERVICE_PRINCIPAL,
                app_id=application.app_id,
                tenant=self._context.tenant.tenant_id,
            )
        return self._answers.for_application(application, resource, version)

    def application(self, credentials: ClientCredentials) -> Application:
        """Return the application that a request's client id names.

        Raises:
            LoginError: AADSTS700016.
        """
        application = self._context.tenant.application_of(credentials.client_id)
        if application is None:
            raise LoginError(
                APPLICATION_NOT_FOUND,
                app_id=credentials.client_id,
                tenant=self._context.tenant.display_name,
            )
        return application

    def _code(self, text: str) -> AuthorizationCode:
        code = self._context.sessions.codes.get(text)
        if code is None:
            raise LoginError(GRANT_MALFORMED)
        if text in self._context.sessions.redeemed_codes:
            raise LoginError(CODE_REDEEMED)
        if code.issued + CODE_LIFETIME <= self._context.now():
            raise LoginError(GRANT_EXPIRED)
        return code

    def _refresh_token(self, text: str) -> RefreshToken:
        token = self._context.sessions.refresh_tokens.get(text)
        if token is None:
            raise LoginError(GRANT_MALFORMED)
        return token

    def _user(self, object_id: str) -> User:
        user = self._context.tenant.users.get(object_id)
        if user is None:
            raise LoginError(GRANT_EXPIRED)
        return user

    def _refuse_resource_on_v2(self, form: Mapping[str, str], version: TokenVersion) -> None:
        if version == "v2" and "resource" in form:
            raise LoginError(RESOURCE_ON_V2)


def _needed(form: Mapping[str, str], name: str) -> str:
    value = form.get(name)
    if not value:
        raise LoginError(PARAMETER_MISSING, parameter=name)
    return value


def _wants_client_info(form: Mapping[str, str]) -> bool:
    return form.get("client_info") == "1"


def _check_redemption(form: Mapping[str, str], code: AuthorizationCode) -> None:
    """Check what only the one who began can know: redirect URI and code verifier (RFC 7636 4.6)."""
    request = code.request
    redirect_uri = form.get("redirect_uri")
    if redirect_uri != request.redirect_uri:
        raise LoginError(REDIRECT_CHANGED, redirect_uri=redirect_uri, original=request.redirect_uri)
    challenge, verifier = request.code_challenge, form.get("code_verifier")
    if challenge is None:
        if request.platform == "spa":
            raise LoginError(PKCE_REQUIRED_FOR_SPA)
        return
    if verifier is None or not hmac.compare_digest(
        _challenge_of(verifier, request.code_challenge_method), challenge
    ):
        raise LoginError(VERIFIER_WRONG)


def _challenge_of(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
