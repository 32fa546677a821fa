"""Checks an ID token as a relying party must (OpenID Connect Core, section 3.1.3.7).

PyJWT does the cryptography; it is not the library that the sandbox signs with, so one mistake
cannot hide another. It does not check what the claims are about: that is `portal_user` and the
API server's business. The trap: Entra's v1 endpoint can answer with unsigned tokens (`alg: none`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt

from verify.errors import TokenRejectedError
from verify.issuer import explain_difference

ALGORITHM = "RS256"
"""The only algorithm of Entra's ID tokens, and the one kubectl's plugin and EKS accept."""

CLOCK_SKEW_S = 5
"""The API server allows none for the expiry, so there is nothing to win by allowing more here."""

_REQUIRED = ("iss", "sub", "aud", "exp", "iat")


def verify_id_token(
    token: str, *, issuer: str, audience: str, nonce: str | None, keys: jwt.PyJWKSet
) -> dict[str, Any]:
    """Check `token` and return its claims.

    Args:
        token: the ID token in compact form.
        issuer: what `iss` must be, to the letter.
        audience: the client id that `aud` must hold.
        nonce: what was sent with the authorization request; None when there was no such request.
        keys: the issuer's published keys.

    Raises:
        TokenRejectedError: a check failed; it says which, and never shows the token.
    """
    key = _signing_key(token, keys)
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=issuer,
            audience=audience,
            leeway=CLOCK_SKEW_S,
            options={"require": list(_REQUIRED)},
        )
    except jwt.InvalidTokenError as error:
        raise _rejection(error, _unverified_claims(token), issuer, audience) from error
    if nonce is not None and claims.get("nonce") != nonce:
        raise TokenRejectedError(
            check="nonce",
            reason="its nonce is not the one of this sign-in: it was made for another sign-in and"
            " replayed here.",
        )
    return claims


def _signing_key(token: str, keys: jwt.PyJWKSet) -> jwt.PyJWK:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.DecodeError as error:
        raise TokenRejectedError(
            check="format", reason=f"it is not a JSON web token: {error}"
        ) from error
    algorithm = header.get("alg")
    if algorithm != ALGORITHM:
        raise TokenRejectedError(
            check="algorithm",
            reason=f"it is signed by {algorithm!r}, only {ALGORITHM} is accepted. Entra's v1"
            " endpoint can send unsigned tokens: use the v2 issuer.",
        )
    key_id = header.get("kid")
    for key in keys.keys:
        if key.key_id == key_id and key.public_key_use in (None, "sig"):
            return key
    raise TokenRejectedError(
        check="key",
        reason=f"its key {key_id!r} is not one of the issuer's. An application with a signing key"
        " of its own has it under ?appid=, where neither EKS nor kubectl looks: use"
        " `acceptMappedClaims` instead.",
    )


def _rejection(
    error: jwt.InvalidTokenError, claims: Mapping[str, Any], issuer: str, audience: str
) -> TokenRejectedError:
    """Say which check failed and why it matters; `claims` are unverified and only for the text."""
    match error:
        case jwt.InvalidIssuerError():
            said = str(claims.get("iss"))
            check, reason = (
                "issuer",
                f"its issuer is {said!r}, expected {issuer!r}. {explain_difference(said, issuer)}",
            )
        case jwt.InvalidAudienceError():
            check, reason = (
                "audience",
                f"it is made for {claims.get('aud')!r}, not for the client {audience!r}: whoever it"
                " was made for could replay it here.",
            )
        case jwt.ExpiredSignatureError():
            check, reason = (
                "expiry",
                "it has expired. Sign in again; if it is new, check this machine's clock.",
            )
        case jwt.ImmatureSignatureError():
            check, reason = (
                "expiry",
                "it is not valid yet: this machine's clock is behind the issuer's.",
            )
        case jwt.InvalidSignatureError():
            check, reason = (
                "signature",
                "it is not signed by the issuer's key that it names: it was forged or changed.",
            )
        case jwt.MissingRequiredClaimError():
            check, reason = "claims", f"it has no {error.claim!r} claim."
        case jwt.DecodeError():
            check, reason = "format", f"it cannot be read: {error}"
        case _:
            check, reason = "claims", str(error)
    return TokenRejectedError(check=check, reason=reason)


def _unverified_claims(token: str) -> Mapping[str, Any]:
    try:
        return jwt.decode(token, options={"verify_signature": False})
    except jwt.DecodeError:
        return {}
