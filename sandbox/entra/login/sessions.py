"""What the login endpoints remember between requests: open sign-in pages, codes, refresh tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login.redirect_uri import Platform

PAGE_LIFETIME = timedelta(minutes=30)
CODE_LIFETIME = timedelta(minutes=10)
"""https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow: some 10 minutes."""
REFRESH_TOKEN_LIFETIME = timedelta(days=90)
SPA_REFRESH_TOKEN_LIFETIME = timedelta(hours=24)
"""https://learn.microsoft.com/entra/identity-platform/refresh-tokens#token-lifetime"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A valid authorization request."""

    version: TokenVersion
    client_id: str
    redirect_uri: str
    platform: Platform
    response_types: frozenset[str]
    """`code`, `id_token` or both."""
    response_mode: str
    scope: str
    resource: str | None
    """v1 only."""
    state: str | None
    nonce: str | None
    login_hint: str | None
    code_challenge: str | None
    code_challenge_method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingSignIn:
    """A sign-in page that somebody has open."""

    request: AuthorizationRequest
    opened: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationCode:
    """What a code stands for."""

    request: AuthorizationRequest
    user_id: str
    issued: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """What a refresh token stands for. Using one does not end it, as in Entra."""

    version: TokenVersion
    client_id: str
    platform: Platform
    user_id: str
    scope: str
    resource: str | None
    auth_time: datetime
    expires: datetime


@dataclass(slots=True)
class Sessions:
    """Everything by the opaque text that clients hold."""

    pages: dict[str, PendingSignIn] = field(default_factory=dict, repr=False)
    codes: dict[str, AuthorizationCode] = field(default_factory=dict, repr=False)
    redeemed_codes: set[str] = field(default_factory=set, repr=False)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict, repr=False)
