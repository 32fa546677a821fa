"""How a client proves to the token endpoint which application it is.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#redeem-a-code-for-an-access-token
What is allowed follows from the platform of the redirect URI: `web` must prove it, `publicClient`
must not, `spa` has to be a browser's cross-origin request. Where there is no redirect URI,
`isFallbackPublicClient` of the application decides.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote_plus

from sandbox.entra.directory.objects import Application
from sandbox.entra.login.access_token import Authentication
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.redirect_uri import Platform
from sandbox.entra.login.request_errors import PARAMETER_MISSING
from sandbox.entra.login.token_errors import (
    ASSERTION_TYPE_UNKNOWN,
    CROSS_ORIGIN_ONLY,
    SECRET_EXPIRED,
    SECRET_MISSING,
    SECRET_NOT_ALLOWED,
    SECRET_WRONG,
)

_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """What a token request says about its client. An `assertion` is verified before it is used."""

    client_id: str
    secret: str | None = field(default=None, repr=False)
    assertion: str | None = field(default=None, repr=False)
    origin: str | None = None
    """The `Origin` header, which browsers send cross-origin."""

    @property
    def are_presented(self) -> bool:
        """Whether there is a secret or an assertion at all."""
        return self.secret is not None or self.assertion is not None

    @property
    def authentication(self) -> Authentication:
        """How the client proves who it is."""
        if self.assertion is not None:
            return "assertion"
        return "none" if self.secret is None else "secret"


def read_credentials(form: Mapping[str, str], headers: Mapping[str, str]) -> ClientCredentials:
    """Read them from the form, or from Basic authentication (RFC 6749 2.3.1).

    Raises:
        LoginError: AADSTS900144, nothing says which client it is, or which kind of assertion that
            is; AADSTS90023, it is of another kind.
    """
    client_id, secret = form.get("client_id"), form.get("client_secret")
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "basic":
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user = password = ""
        if user:
            client_id, secret = unquote_plus(user), unquote_plus(password)
    if not client_id:
        raise LoginError(PARAMETER_MISSING, parameter="client_id")
    assertion = form.get("client_assertion") or None
    if assertion:
        kind = form.get("client_assertion_type")
        if not kind:
            raise LoginError(PARAMETER_MISSING, parameter="client_assertion_type")
        if kind != _JWT_BEARER:
            raise LoginError(ASSERTION_TYPE_UNKNOWN)
    return ClientCredentials(
        client_id=client_id,
        secret=secret or None,
        assertion=assertion,
        origin=headers.get("origin"),
    )


def authenticate_as(
    platform: Platform, application: Application, credentials: ClientCredentials, now: datetime
) -> None:
    """Check that the client may redeem what was issued to a redirect URI of `platform`.

    Raises:
        LoginError: AADSTS7000218, 7000215, 7000222, 700025 or 9002327.
    """
    if platform == "web":
        require_proof(application, credentials, now)
    elif credentials.are_presented:
        raise LoginError(SECRET_NOT_ALLOWED)
    elif platform == "spa" and not credentials.origin:
        raise LoginError(CROSS_ORIGIN_ONLY)


def fallback_platform(application: Application) -> Platform:
    """Return what the client counts as where no redirect URI says it: device code, passwords.

    https://learn.microsoft.com/graph/api/resources/application: `isFallbackPublicClient`
    """
    return "publicClient" if application.properties["isFallbackPublicClient"] else "web"


def require_proof(application: Application, credentials: ClientCredentials, now: datetime) -> None:
    """Check the client secret, unless there is an assertion, which has been verified.

    Raises:
        LoginError: AADSTS7000218 none, 7000215 wrong, 7000222 expired.
    """
    if credentials.assertion is not None:
        return
    if credentials.secret is None:
        raise LoginError(SECRET_MISSING)
    matching = [
        secret for secret in application.secrets.values() if secret.matches(credentials.secret)
    ]
    if not matching:
        raise LoginError(SECRET_WRONG, app_id=application.app_id)
    if all(secret.ends <= now for secret in matching):
        raise LoginError(SECRET_EXPIRED, app_id=application.app_id)
