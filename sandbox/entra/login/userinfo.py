"""UserInfo: who the bearer of an access token is.

https://learn.microsoft.com/entra/identity-platform/userinfo
"You can't add to or customize the information returned": claims come in ID tokens only.
"""

from __future__ import annotations

from typing import Any

from sandbox.entra import microsoft_graph
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.signing_keys import InvalidTokenError, SigningKeys
from sandbox.entra.login.subjects import pairwise_subject

_REFUSED = "Access token validation failure."


class UserInfoError(Exception):
    """The bearer's token does not do; the message says why, as Graph would."""


def user_info(
    authorization: str | None,
    tenant: Tenant,
    endpoints: EntraEndpoints,
    keys: SigningKeys,
    now_s: float,
) -> dict[str, Any]:
    """Return the claims for the token in an `Authorization` header.

    Raises:
        UserInfoError: no token of a person with the scope `openid` for Microsoft Graph.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.casefold() != "bearer" or not token:
        msg = "Access token is empty."
        raise UserInfoError(msg)
    try:
        claims = keys.verify(token.strip())
    except InvalidTokenError as error:
        msg = f"{_REFUSED} Invalid signature."
        raise UserInfoError(msg) from error
    if not microsoft_graph.is_meant_by(claims.get("aud", ""), endpoints.graph):
        msg = f"{_REFUSED} Invalid audience."
        raise UserInfoError(msg)
    if claims["exp"] <= now_s:
        msg = "Lifetime validation failed, the token is expired."
        raise UserInfoError(msg)
    scopes = str(claims.get("scp", "")).split()
    user = tenant.users.get(claims["oid"])
    if "openid" not in scopes or user is None:
        msg = f"{_REFUSED} The token has no scope `openid`."
        raise UserInfoError(msg)
    found: dict[str, Any] = {
        "sub": pairwise_subject(tenant.tenant_id, claims["appid"], user.object_id)
    }
    if "profile" in scopes:
        found |= {
            "name": user.display_name,
            "family_name": user.properties.get("surname"),
            "given_name": user.properties.get("givenName"),
            "picture": f"{endpoints.graph}/v1.0/me/photo/$value",
        }
    if "email" in scopes:
        found["email"] = user.mail
    return {name: value for name, value in found.items() if value is not None}


def user_info_of(context: LoginContext, authorization: str | None) -> dict[str, Any]:
    """Return the claims, in the login service's own terms.

    Raises:
        UserInfoError: see `user_info`.
    """
    return user_info(
        authorization,
        context.tenant,
        context.endpoints,
        context.keys,
        context.now().timestamp(),
    )
