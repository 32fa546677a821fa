"""Client assertions of other issuers: workload identity federation.

https://learn.microsoft.com/entra/workload-id/workload-identity-federation
The keys are fetched from the other issuer by OpenID Connect discovery, on every use.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from sandbox.entra.directory.objects import Application
from sandbox.entra.login.assertion_header import AssertionRegistry
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.token_errors import (
    ASSERTION_AUDIENCE_UNKNOWN,
    ASSERTION_ISSUER_UNKNOWN,
    ASSERTION_KEYS_UNREACHABLE,
    ASSERTION_MALFORMED,
    ASSERTION_NOT_IN_TIME,
    ASSERTION_SIGNATURE_WRONG,
    ASSERTION_SUBJECT_UNKNOWN,
)

_TIMEOUT_S = 10
_REGISTRY = AssertionRegistry(algorithms=["RS256"])
_CLOCK_SKEW_S = 300


def unverified_claims(assertion: str) -> Mapping[str, Any]:
    """Return the claims of an assertion that nobody has checked.

    Raises:
        LoginError: AADSTS50027, it is no JWT.
    """
    try:
        payload = jws.extract_compact(assertion.encode(), registry=_REGISTRY).payload
        claims = json.loads(payload) if payload else None
    except (JoseError, ValueError) as error:
        raise LoginError(ASSERTION_MALFORMED) from error
    if not isinstance(claims, dict):
        raise LoginError(ASSERTION_MALFORMED)
    return claims


def require_federated_credential(application: Application, claims: Mapping[str, Any]) -> None:
    """Check that issuer, subject and audience are those of one federated identity credential.

    All three are compared exactly, with case.

    Raises:
        LoginError: AADSTS700211, 700213 or 700212: the first of the three that no credential has.
    """
    issuer, subject = str(claims.get("iss", "")), str(claims.get("sub", ""))
    audiences = claims.get("aud", "")
    audience = audiences[0] if isinstance(audiences, list) and audiences else str(audiences)
    credentials = [c for c in application.federated_credentials.values() if c["issuer"] == issuer]
    if not credentials:
        raise LoginError(ASSERTION_ISSUER_UNKNOWN, issuer=issuer)
    credentials = [c for c in credentials if c["subject"] == subject]
    if not credentials:
        raise LoginError(ASSERTION_SUBJECT_UNKNOWN, subject=subject)
    if not any(audience in credential["audiences"] for credential in credentials):
        raise LoginError(ASSERTION_AUDIENCE_UNKNOWN, audience=audience)


async def verify_signature(context: LoginContext, assertion: str, issuer: str) -> None:
    """Check an assertion's signature and times with the issuer's published keys.

    It must not be called with the directory's lock held: the issuer may be this process.

    Raises:
        LoginError: AADSTS50166 no keys, 50013 wrong signature, 700024 expired or not yet valid.
    """
    keys = await _fetch_keys(context, issuer)
    try:
        token = jwt.decode(assertion, keys, registry=_REGISTRY)
    except (JoseError, ValueError) as error:
        reason = "The key was not found or the signature does not match."
        raise LoginError(ASSERTION_SIGNATURE_WRONG, reason=reason) from error
    require_in_time(token.claims, context.now())


def require_in_time(claims: Mapping[str, Any], now: datetime) -> None:
    """Check `nbf` and `exp`, with five minutes for clocks that differ.

    Raises:
        LoginError: AADSTS700024.
    """
    moment, expires, begins = now.timestamp(), claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(expires, int | float) or not isinstance(begins, int | float):
        raise LoginError(ASSERTION_NOT_IN_TIME)
    if not begins - _CLOCK_SKEW_S <= moment < expires + _CLOCK_SKEW_S:
        raise LoginError(ASSERTION_NOT_IN_TIME)


async def _fetch_keys(context: LoginContext, issuer: str) -> KeySet:
    ca_file = context.issuer_ca_file
    trust = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    try:
        async with httpx.AsyncClient(verify=trust, timeout=_TIMEOUT_S, trust_env=False) as http:
            url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
            document = (await http.get(url)).raise_for_status().json()
            if document["issuer"] != issuer:
                raise LoginError(ASSERTION_KEYS_UNREACHABLE)
            keys = (await http.get(document["jwks_uri"])).raise_for_status().json()
        return KeySet.import_key_set(keys)
    except (httpx.HTTPError, httpx.InvalidURL, JoseError, ValueError, KeyError, TypeError) as error:
        raise LoginError(ASSERTION_KEYS_UNREACHABLE) from error
