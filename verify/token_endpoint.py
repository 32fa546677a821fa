"""Requests to the token endpoint, and how the client proves who it is there (RFC 6749 2.3, 3.2).

Entra decides by the redirect URI's platform whether a client must send its secret (`web`) or must
not (`publicClient`), so sending it just in case is no option.
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#redeem-a-code-for-an-access-token
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote_plus

import httpx

from verify.errors import SignInError, SignInRefused

ClientAuthentication = Literal["none", "body", "basic"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """Who the client is, and in which ways it may prove it."""

    client_id: str
    client_secret: str | None = field(repr=False)
    ways: tuple[ClientAuthentication, ...]
    """In this order; the next only after `invalid_client`, which leaves the code usable."""
    extra_headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def request_tokens(
    http: httpx.Client, endpoint: str, form: Mapping[str, str], authentication: Authentication
) -> Mapping[str, Any]:
    """Post `form` and return the endpoint's JSON object.

    Raises:
        SignInRefused: the endpoint answered with an OAuth error.
        SignInError: unreachable, or not an OAuth answer.
    """
    refusal: SignInRefused | None = None
    for way in authentication.ways:
        response = _post(http, endpoint, form, authentication, way)
        body = _json_object(response, endpoint)
        if response.status_code == httpx.codes.OK:
            return body
        refusal = SignInRefused(
            where="token endpoint",
            error=str(body.get("error", f"status {response.status_code}")),
            description=str(body.get("error_description", "")),
        )
        if refusal.error != "invalid_client":
            break
    if refusal is None:
        msg = f"The client {authentication.client_id} has no way to authenticate; give it one."
        raise SignInError(msg)
    raise refusal


def _post(
    http: httpx.Client,
    endpoint: str,
    form: Mapping[str, str],
    authentication: Authentication,
    way: ClientAuthentication,
) -> httpx.Response:
    client_id, secret = authentication.client_id, authentication.client_secret or ""
    data, auth = {**form, "client_id": client_id}, None
    if way == "body":
        data["client_secret"] = secret
    elif way == "basic":
        # RFC 6749 2.3.1: both are form-encoded before they are joined by the colon.
        auth = httpx.BasicAuth(quote_plus(client_id), quote_plus(secret))
    headers = {"Accept": "application/json", **authentication.extra_headers}
    try:
        return http.post(
            endpoint, data=data, headers=headers, auth=auth or httpx.USE_CLIENT_DEFAULT
        )
    except httpx.HTTPError as error:
        msg = f"The token endpoint {endpoint} cannot be reached: {error}"
        raise SignInError(msg) from error


def _json_object(response: httpx.Response, endpoint: str) -> Mapping[str, Any]:
    try:
        body = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        msg = f"The token endpoint {endpoint} answered {response.status_code} without JSON."
        raise SignInError(msg) from error
    if not isinstance(body, dict):
        msg = f"The token endpoint {endpoint} answered {response.status_code} without an object."
        raise SignInError(msg)
    return body
