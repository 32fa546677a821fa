"""Who is signed in to the portal, and what it remembers of a sign-in under way.

Both are as in any confidential client: the browser holds an unguessable session id, and the tokens
stay on the server. The sign-in under way is in a signed cookie, so that the callback belongs to the
browser that asked. Nothing is kept beyond the life of the process.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field

import jwt

from verify.authorization_code import PendingSignIn, Tokens
from verify.portal_user import PortalUser

PENDING_COOKIE = "__Host-portal-sign-in"
SESSION_COOKIE = "__Host-portal-session"
"""Browsers send cookies with this prefix only over TLS and to the host that set them."""

PENDING_LIFE_S = 600
"""As long as Entra's authorization code lives."""

_ALGORITHM = "HS256"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A person's session."""

    user: PortalUser
    tokens: Tokens = field(repr=False)

    @property
    def expires_s(self) -> float:
        """When the ID token, and with it the session, ends; in seconds since the epoch."""
        return self.tokens.claims["exp"]


class Sessions:
    """Sessions by id; those whose ID token has expired are gone."""

    def __init__(self) -> None:
        self._by_id: dict[str, SignedIn] = {}

    def add(self, signed_in: SignedIn) -> str:
        """Keep a session and return its id."""
        now_s = time.time()
        for session_id in [key for key, kept in self._by_id.items() if kept.expires_s <= now_s]:
            del self._by_id[session_id]
        session_id = secrets.token_urlsafe(32)
        self._by_id[session_id] = signed_in
        return session_id

    def get(self, session_id: str | None) -> SignedIn | None:
        """Return the session, unless it is unknown or over."""
        signed_in = self._by_id.get(session_id or "")
        return signed_in if signed_in and signed_in.expires_s > time.time() else None

    def remove(self, session_id: str | None) -> SignedIn | None:
        """Forget the session and return it."""
        return self._by_id.pop(session_id or "", None)


def seal(pending: PendingSignIn, server_secret: str, *, now_s: float) -> str:
    """Return a signed cookie of what the callback needs to know; it is good for ten minutes."""
    claims = {
        "state": pending.state,
        "nonce": pending.nonce,
        "code_verifier": pending.code_verifier,
        "exp": int(now_s) + PENDING_LIFE_S,
    }
    return jwt.encode(claims, _key(server_secret), algorithm=_ALGORITHM)


def unseal(cookie: str | None, server_secret: str) -> PendingSignIn | None:
    """Return what `seal` was given, or None when the cookie is missing, changed or too old."""
    try:
        claims = jwt.decode(
            cookie or "", _key(server_secret), algorithms=[_ALGORITHM], options={"require": ["exp"]}
        )
    except jwt.InvalidTokenError:
        return None
    return PendingSignIn(
        url="",
        state=claims["state"],
        nonce=claims["nonce"],
        code_verifier=claims["code_verifier"],
    )


def _key(server_secret: str) -> bytes:
    return hashlib.sha256(b"portal sign-in cookie\0" + server_secret.encode()).digest()
