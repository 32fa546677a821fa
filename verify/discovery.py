"""What an issuer says about itself: OpenID Connect discovery and its signing keys.

https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
The trap: a document found at an address may be another issuer's. `.../<tenant>/` on Entra's login
host answers with the v1 issuer of another host, and tokens then fail everywhere. So the document
must carry exactly the issuer that was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from verify.errors import DiscoveryError
from verify.issuer import explain_difference


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMetadata:
    """The parts of a discovery document that a relying party needs."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None
    code_challenge_methods_supported: tuple[str, ...]
    """Empty for Entra, which supports S256 without saying so."""


def discover(http: httpx.Client, issuer: str) -> ProviderMetadata:
    """Fetch and check the discovery document of `issuer`.

    Raises:
        DiscoveryError: unreachable, not a discovery document, or another issuer's.
    """
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    document = _get_json(http, url)
    said = document.get("issuer")
    if said != issuer:
        msg = (
            f"{url} is the document of the issuer {said!r}, not of {issuer!r}."
            f" {explain_difference(str(said), issuer)}"
        )
        raise DiscoveryError(msg)
    required = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if missing := [name for name in required if not isinstance(document.get(name), str)]:
        msg = f"{url} has no {', '.join(missing)}: it is not an OpenID provider's document."
        raise DiscoveryError(msg)
    end_session = document.get("end_session_endpoint")
    return ProviderMetadata(
        issuer=issuer,
        authorization_endpoint=document["authorization_endpoint"],
        token_endpoint=document["token_endpoint"],
        jwks_uri=document["jwks_uri"],
        end_session_endpoint=end_session if isinstance(end_session, str) else None,
        code_challenge_methods_supported=tuple(
            document.get("code_challenge_methods_supported") or ()
        ),
    )


def fetch_keys(http: httpx.Client, jwks_uri: str) -> jwt.PyJWKSet:
    """Fetch the keys with which the issuer signs.

    Raises:
        DiscoveryError: unreachable, or no usable key.
    """
    document = _get_json(http, jwks_uri)
    try:
        return jwt.PyJWKSet.from_dict(dict(document))
    except (jwt.PyJWKSetError, jwt.PyJWKError, AttributeError, TypeError) as error:
        msg = f"{jwks_uri} holds no key that can check a signature: {error}"
        raise DiscoveryError(msg) from error


def _get_json(http: httpx.Client, url: str) -> Mapping[str, Any]:
    try:
        response = http.get(url, headers={"Accept": "application/json"})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        msg = (
            f"{url} cannot be reached: {error}. Check the issuer's spelling and, for a private"
            " certificate authority, its file."
        )
        raise DiscoveryError(msg) from error
    if response.status_code != httpx.codes.OK:
        msg = f"{url} answered {response.status_code}: check the issuer's spelling and its tenant."
        raise DiscoveryError(msg)
    try:
        document = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        msg = f"{url} did not answer with JSON."
        raise DiscoveryError(msg) from error
    if not isinstance(document, dict):
        msg = f"{url} did not answer with a JSON object."
        raise DiscoveryError(msg)
    return document
