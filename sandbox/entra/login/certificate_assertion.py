"""Client assertions signed with a certificate of the application (`private_key_jwt`).

https://learn.microsoft.com/entra/identity-platform/certificate-credentials
The header names the certificate by its thumbprint: `x5t#S256`, or the older `x5t`. A certificate in
`x5c` proves nothing by itself: what counts is that it is registered.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from sandbox.entra.directory.objects import Application
from sandbox.entra.login.assertion_header import AssertionRegistry
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.federated_assertion import require_in_time
from sandbox.entra.login.token_errors import (
    ASSERTION_AUDIENCE_WRONG,
    ASSERTION_MALFORMED,
    ASSERTION_OF_ANOTHER_CLIENT,
    CERTIFICATE_UNKNOWN,
)

_REGISTRY = AssertionRegistry(algorithms=["RS256", "PS256"])


def verify_certificate_assertion(
    assertion: str, application: Application, audiences: Collection[str], now: datetime
) -> None:
    """Check an assertion in which an application speaks for itself.

    `audiences` are the addresses that `aud` may be: of the token endpoint, or the issuer.

    Raises:
        LoginError: AADSTS50027, 700027, 700021, 700023 or 700024.
    """
    header = _header(assertion)
    certificate = _registered(application, header, now)
    pem = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        claims = jwt.decode(assertion, RSAKey.import_key(pem), registry=_REGISTRY).claims
    except (JoseError, ValueError) as error:
        reason = "The signature does not match"
        raise LoginError(CERTIFICATE_UNKNOWN, reason=reason, app_id=application.app_id) from error
    if not claims.get("iss") == claims.get("sub") == application.app_id:
        raise LoginError(ASSERTION_OF_ANOTHER_CLIENT)
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if not {str(name).rstrip("/") for name in named} & {a.rstrip("/") for a in audiences}:
        raise LoginError(ASSERTION_AUDIENCE_WRONG)
    require_in_time(claims, now)


def _header(assertion: str) -> Mapping[str, Any]:
    try:
        return jws.extract_compact(assertion.encode(), registry=_REGISTRY).headers()
    except (JoseError, ValueError) as error:
        raise LoginError(ASSERTION_MALFORMED) from error


def _registered(
    application: Application, header: Mapping[str, Any], now: datetime
) -> x509.Certificate:
    wanted = {str(header[name]).rstrip("=") for name in ("x5t#S256", "x5t") if name in header}
    for der in application.certificates.values():
        digests = (hashlib.sha256(der), hashlib.sha1(der, usedforsecurity=False))
        if wanted.isdisjoint(_encoded(digest.digest()) for digest in digests):
            continue
        certificate = x509.load_der_x509_certificate(der)
        if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
            reason = "The key used is expired"
            raise LoginError(CERTIFICATE_UNKNOWN, reason=reason, app_id=application.app_id)
        return certificate
    reason = "The key was not found"
    raise LoginError(CERTIFICATE_UNKNOWN, reason=reason, app_id=application.app_id)


def read_certificate(text: str) -> bytes:
    """Return the DER of a certificate as Graph takes it in `key`: base64 of DER or of PEM.

    Raises:
        ValueError: it is no certificate.
    """
    octets = base64.b64decode(text, validate=True)
    if b"-----BEGIN" in octets:
        loaded = x509.load_pem_x509_certificate(octets)
    else:
        loaded = x509.load_der_x509_certificate(octets)
    return loaded.public_bytes(serialization.Encoding.DER)


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
