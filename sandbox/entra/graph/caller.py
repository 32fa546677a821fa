"""Who calls, as the access token says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.graph.errors import not_implemented, unauthenticated
from sandbox.entra.login.signing_keys import InvalidTokenError, SigningKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An application that calls as itself."""

    app_id: str
    object_id: str
    """Of its service principal."""
    roles: frozenset[str]


def identify(
    authorization: str | None,
    keys: SigningKeys,
    endpoints: EntraEndpoints,
    tenant_id: str,
    now: datetime,
    refused_after_s: int | None = None,
) -> Caller:
    """Read the caller from the `Authorization` header.

    With `refused_after_s` a token counts as expired at that age, whatever it says itself.

    Raises:
        GraphError: 401 for a token that is missing, forged, expired or another service's; 501 for a
            user's token: nothing here is called on a user's behalf.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.casefold() != "bearer" or not token:
        msg = "Access token is empty."
        raise unauthenticated(msg)
    try:
        claims = keys.verify(token.strip())
    except InvalidTokenError as error:
        message = "Access token validation failure. Invalid signature."
        raise unauthenticated(message) from error
    if claims.get("aud") != endpoints.graph:
        msg = "Access token validation failure. Invalid audience."
        raise unauthenticated(msg)
    if claims.get("iss") != endpoints.issuer(tenant_id, "v1"):
        msg = "Access token validation failure. Invalid issuer."
        raise unauthenticated(msg)
    ends = claims["exp"] if refused_after_s is None else claims["iat"] + refused_after_s
    if ends <= now.timestamp():
        msg = "Lifetime validation failed, the token is expired."
        raise unauthenticated(msg)
    if "scp" in claims:
        what = "calls on behalf of a user"
        raise not_implemented(what)
    return Caller(
        app_id=claims["appid"],
        object_id=claims["oid"],
        roles=frozenset(claims.get("roles", ())),
    )
