"""Who calls, as the access token says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sandbox.entra import microsoft_graph
from sandbox.entra.directory.objects import User
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.graph.errors import unauthenticated
from sandbox.entra.login.signing_keys import InvalidTokenError, SigningKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An application that calls as itself, or for a user."""

    app_id: str
    object_id: str
    """Of its service principal, or of the user."""
    roles: frozenset[str]
    """The application roles in the token; of a user's token the delegated permissions."""
    user: User | None = None


def identify(
    authorization: str | None,
    keys: SigningKeys,
    endpoints: EntraEndpoints,
    tenant: Tenant,
    now: datetime,
    refused_after_s: int | None = None,
) -> Caller:
    """Read the caller from the `Authorization` header.

    With `refused_after_s` a token counts as expired at that age, whatever it says itself.

    Raises:
        GraphError: 401 for a token that is missing, forged, expired or another service's, and for
            one of a user who is deleted or disabled.
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
    if not microsoft_graph.is_meant_by(claims.get("aud", ""), endpoints.graph):
        msg = "Access token validation failure. Invalid audience."
        raise unauthenticated(msg)
    if claims.get("iss") != endpoints.issuer(tenant.tenant_id, "v1"):
        msg = "Access token validation failure. Invalid issuer."
        raise unauthenticated(msg)
    ends = claims["exp"] if refused_after_s is None else claims["iat"] + refused_after_s
    if ends <= now.timestamp():
        msg = "Lifetime validation failed, the token is expired."
        raise unauthenticated(msg)
    if "scp" in claims:
        user = tenant.users.get(claims["oid"])
        if user is None or user.properties.get("accountEnabled") is False:
            msg = "Continuous access evaluation resulted in challenge: the user is gone."
            raise unauthenticated(msg)
        return Caller(
            app_id=claims["appid"],
            object_id=user.object_id,
            roles=frozenset(claims["scp"].split()),
            user=user,
        )
    return Caller(
        app_id=claims["appid"],
        object_id=claims["oid"],
        roles=frozenset(claims.get("roles", ())),
    )
