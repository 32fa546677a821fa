"""What the login endpoints remember: browsers, open pages, codes, device codes, refresh tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login.redirect_uri import Platform

PAGE_LIFETIME = timedelta(minutes=30)
CODE_LIFETIME = timedelta(minutes=10)
"""https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow: some 10 minutes."""
DEVICE_CODE_LIFETIME = timedelta(minutes=15)
"""https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code"""
REFRESH_TOKEN_LIFETIME = timedelta(days=90)
SPA_REFRESH_TOKEN_LIFETIME = timedelta(hours=24)
"""https://learn.microsoft.com/entra/identity-platform/refresh-tokens#token-lifetime"""
BROWSER_LIFETIME = timedelta(hours=24)
"""https://learn.microsoft.com/entra/identity-platform/configurable-token-lifetimes: a session that
is not kept open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A valid authorization request."""

    version: TokenVersion
    client_id: str
    redirect_uri: str
    platform: Platform
    response_types: frozenset[str]
    """Of `code`, `id_token` and `token`."""
    response_mode: str
    scope: str
    resource: str | None
    """v1 only."""
    state: str | None
    nonce: str | None
    prompt: str | None
    login_hint: str | None
    code_challenge: str | None
    code_challenge_method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRequest:
    """What a device asks for, and by which code a person finds it."""

    version: TokenVersion
    client_id: str
    scope: str
    resource: str | None
    """v1 only."""
    user_code: str
    issued: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody who is signed in, in one browser."""

    user_id: str
    auth_time: datetime
    session_id: str
    """The claim `sid`."""


@dataclass(slots=True, kw_only=True)
class BrowserSession:
    """Everybody who is signed in in one browser, in the order in which they came."""

    accounts: dict[str, SignedIn] = field(default_factory=dict)

    def current(self, now: datetime) -> list[SignedIn]:
        """Return those whose sign-in still counts."""
        return [a for a in self.accounts.values() if a.auth_time + BROWSER_LIFETIME > now]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """A page of a sign-in that somebody has open; `account` is who it is, once that is known."""

    request: AuthorizationRequest | DeviceRequest
    opened: datetime
    account: SignedIn | None = None
    confirmed: bool = False
    """Devices only: the person has said that it is theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """What a code stands for."""

    request: AuthorizationRequest
    account: SignedIn
    issued: datetime


@dataclass(slots=True, kw_only=True)
class DeviceCode:
    """What a device code stands for, and what has become of it."""

    request: DeviceRequest
    state: Literal["pending", "approved", "declined", "redeemed"] = "pending"
    account: SignedIn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """What a refresh token stands for. Using one does not end it, as in Entra."""

    version: TokenVersion
    client_id: str
    platform: Platform
    account: SignedIn
    scope: str
    resource: str | None
    issued: datetime
    expires: datetime


@dataclass(slots=True)
class Sessions:
    """Everything by the opaque text that browsers and clients hold."""

    browsers: dict[str, BrowserSession] = field(default_factory=dict, repr=False)
    pages: dict[str, OpenPage] = field(default_factory=dict, repr=False)
    codes: dict[str, AuthorizationCode] = field(default_factory=dict, repr=False)
    redeemed_codes: set[str] = field(default_factory=set, repr=False)
    device_codes: dict[str, DeviceCode] = field(default_factory=dict, repr=False)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict, repr=False)

    def device_of(self, user_code: str) -> DeviceCode | None:
        """Return the device that shows this code; people type it in any case, with spaces."""
        wanted = "".join(user_code.split()).replace("-", "").upper()
        for device in self.device_codes.values():
            if device.request.user_code == wanted:
                return device
        return None
