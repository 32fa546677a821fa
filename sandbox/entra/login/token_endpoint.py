"""The token endpoint: codes, refresh tokens, device codes and credentials into tokens.

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
from sandbox.entra.login.access_errors import APPLICATION_DISABLED
from sandbox.entra.login.client_authentication import (
    ClientCredentials,
    authenticate_as,
    fallback_platform,
    require_proof,
)
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.people import authenticate
from sandbox.entra.login.request_errors import (
    CLIENT_CREDENTIALS_SCOPE_INVALID,
    NO_SERVICE_PRINCIPAL,
    PARAMETER_MISSING,
    PKCE_REQUIRED_FOR_SPA,
    REDIRECT_CHANGED,
    RESOURCE_ON_V2,
)
from sandbox.entra.login.scopes import find_resource
from sandbox.entra.login.sessions import (
    CODE_LIFETIME,
    DEVICE_CODE_LIFETIME,
    AuthorizationCode,
    RefreshToken,
    SignedIn,
)
from sandbox.entra.login.token_answers import TokenAnswers, UserGrant
from sandbox.entra.login.token_errors import (
    AUTHORIZATION_DECLINED,
    AUTHORIZATION_PENDING,
    CODE_REDEEMED,
    DEVICE_CODE_EXPIRED,
    DEVICE_CODE_UNKNOWN,
    GRANT_EXPIRED,
    GRANT_MALFORMED,
    GRANT_OF_ANOTHER_CLIENT,
    GRANT_REVOKED,
    GRANT_TYPE_UNSUPPORTED,
    REFRESH_TOKEN_EXPIRED,
    VERIFIER_WRONG,
)

_DEFAULT_SCOPE = "/.default"


class TokenEndpoint:
    """The token endpoint's rules: each grant takes the form of a request and returns the JSON.

    Client assertions must have been verified before.
    """

    def __init__(self, context: LoginContext, answers: TokenAnswers) -> None:
        self._context = context
        self._answers = answers

    def grant(
        self, form: Mapping[str, str], credentials: ClientCredentials, version: TokenVersion
    ) -> dict[str, Any]:
        """Answer a request by its `grant_type`.

        Raises:
            LoginError: as its code says.
        """
        if version == "v2" and "resource" in form:
            raise LoginError(RESOURCE_ON_V2)
        application = self._context.application(credentials.client_id)
        self._require_enabled(application)
        grant_type = _needed(form, "grant_type")
        match grant_type:
            case "authorization_code":
                return self._redeem_code(form, application, credentials, version)
            case "refresh_token":
                return self._refresh(form, application, credentials, version)
            case "client_credentials":
                return self._client_credentials(form, application, credentials, version)
            case "password":
                return self._password(form, application, credentials, version)
            case "device_code" | "urn:ietf:params:oauth:grant-type:device_code":
                return self._device(form, application, credentials, version)
        raise LoginError(GRANT_TYPE_UNSUPPORTED, grant_type=grant_type)

    def _redeem_code(
        self,
        form: Mapping[str, str],
        application: Application,
        credentials: ClientCredentials,
        version: TokenVersion,
    ) -> dict[str, Any]:
        text = _needed(form, "code")
        code = self._code(text)
        request = code.request
        if request.client_id != application.app_id:
            raise LoginError(GRANT_OF_ANOTHER_CLIENT)
        authenticate_as(request.platform, application, credentials, self._context.now())
        _check_redemption(form, code)
        self._context.sessions.redeemed_codes.add(text)
        return self._answers.for_user(
            UserGrant(
                version=version,
                application=application,
                platform=request.platform,
                user=self._user(code.account),
                account=code.account,
                scope=form.get("scope") or request.scope,
                resource=form.get("resource") or request.resource,
                nonce=request.nonce,
                authentication=credentials.authentication,
            ),
            with_client_info=_wants_client_info(form),
        )

    def _refresh(
        self,
        form: Mapping[str, str],
        application: Application,
        credentials: ClientCredentials,
        version: TokenVersion,
    ) -> dict[str, Any]:
        """Without `scope`, what was asked for at first counts. The old token stays good.

        A refresh token is bound to user and client, not to a resource: other scopes are answered
        when they have been consented to.
        https://learn.microsoft.com/entra/identity-platform/refresh-tokens
        """
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
            user=self._user(token.account),
            account=token.account,
            scope=form.get("scope") or token.scope,
            resource=form.get("resource") or token.resource,
            nonce=None,
            authentication=credentials.authentication,
            refreshed=True,
        )
        return self._answers.for_user(
            grant, with_client_info=_wants_client_info(form), expires=token.expires
        )

    def _client_credentials(
        self,
        form: Mapping[str, str],
        application: Application,
        credentials: ClientCredentials,
        version: TokenVersion,
    ) -> dict[str, Any]:
        require_proof(application, credentials, self._context.now())
        if version == "v2":
            scope = _needed(form, "scope")
            if not scope.endswith(_DEFAULT_SCOPE) or " " in scope:
                raise LoginError(CLIENT_CREDENTIALS_SCOPE_INVALID, scope=scope)
            name = scope.removesuffix(_DEFAULT_SCOPE)
        else:
            name = _needed(form, "resource")
        tenant = self._context.tenant
        resource = find_resource(name, tenant, self._context.endpoints)
        if tenant.service_principal_of(application.app_id) is None:
            raise LoginError(
                NO_SERVICE_PRINCIPAL, app_id=application.app_id, tenant=tenant.tenant_id
            )
        return self._answers.for_application(
            application, resource, name, version, credentials.authentication
        )

    def _password(
        self,
        form: Mapping[str, str],
        application: Application,
        credentials: ClientCredentials,
        version: TokenVersion,
    ) -> dict[str, Any]:
        """https://learn.microsoft.com/entra/identity-platform/v2-oauth-ropc"""
        platform, now = fallback_platform(application), self._context.now()
        authenticate_as(platform, application, credentials, now)
        login, password = _needed(form, "username"), _needed(form, "password")
        user = authenticate(self._context.tenant, login, password)
        account = SignedIn(
            user_id=user.object_id, auth_time=now, session_id=self._context.ids.guid()
        )
        grant = UserGrant(
            version=version,
            application=application,
            platform=platform,
            user=user,
            account=account,
            scope=_needed(form, "scope") if version == "v2" else form.get("scope", ""),
            resource=form.get("resource"),
            nonce=None,
            authentication=credentials.authentication,
        )
        return self._answers.for_user(grant, with_client_info=_wants_client_info(form))

    def _device(
        self,
        form: Mapping[str, str],
        application: Application,
        credentials: ClientCredentials,
        version: TokenVersion,
    ) -> dict[str, Any]:
        """https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code"""
        platform, now = fallback_platform(application), self._context.now()
        authenticate_as(platform, application, credentials, now)
        # v1 calls it `code`.
        text = form.get("device_code") or _needed(
            form, "code" if version == "v1" else "device_code"
        )
        device = self._context.sessions.device_codes.get(text)
        if device is None or device.state == "redeemed":
            raise LoginError(DEVICE_CODE_UNKNOWN)
        request, account = device.request, device.account
        if request.client_id != application.app_id:
            raise LoginError(GRANT_OF_ANOTHER_CLIENT)
        if request.issued + DEVICE_CODE_LIFETIME <= now:
            raise LoginError(DEVICE_CODE_EXPIRED)
        if device.state == "declined":
            raise LoginError(AUTHORIZATION_DECLINED)
        if account is None:
            raise LoginError(AUTHORIZATION_PENDING)
        device.state = "redeemed"
        grant = UserGrant(
            version=version,
            application=application,
            platform=platform,
            user=self._user(account),
            account=account,
            scope=request.scope,
            resource=request.resource,
            nonce=None,
            authentication=credentials.authentication,
        )
        return self._answers.for_user(grant, with_client_info=_wants_client_info(form))

    def _require_enabled(self, application: Application) -> None:
        client = self._context.tenant.service_principal_of(application.app_id)
        if client and not client.properties["accountEnabled"]:
            raise LoginError(
                APPLICATION_DISABLED, app_id=application.app_id, name=application.display_name
            )

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

    def _user(self, account: SignedIn) -> User:
        user = self._context.tenant.users.get(account.user_id)
        if user is None:
            raise LoginError(GRANT_REVOKED)
        return user


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
