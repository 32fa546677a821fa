"""The keys that sign tokens, and the key set that the world verifies them with.

https://learn.microsoft.com/entra/identity-platform/signing-key-rollover
All tenants share them in Entra; there is one tenant here. Each key has a certificate, and is known
by its thumbprint (RFC 7517 4.7, 4.8).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

_ALGORITHM = "RS256"
LONGEST_TOKEN_LIFETIME = timedelta(hours=24)
"""https://learn.microsoft.com/entra/identity-platform/configurable-token-lifetimes"""
_CERTIFICATE_LIFETIME = timedelta(days=5 * 365)


class InvalidTokenError(Exception):
    """A token was not signed by these keys."""


@dataclass(frozen=True, slots=True)
class _Key:
    jwk: RSAKey
    replaced: datetime | None = None


class SigningKeys:
    """RSA keys of 2048 bits; the newest signs."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._keys: list[_Key] = []
        self.rotate()

    def rotate(self) -> None:
        """Sign with a new key from now on.

        The others stay in the key set until the last token that they signed has run out.
        """
        moment = self._now()
        stay = [
            _Key(key.jwk, key.replaced or moment)
            for key in self._keys
            if key.replaced is None or key.replaced + LONGEST_TOKEN_LIFETIME > moment
        ]
        self._keys = [*stay, _Key(_new_key(moment))]

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return a signed token with these claims."""
        key = self._keys[-1].jwk
        header = {"typ": "JWT", "alg": _ALGORITHM, "x5t": key.kid, "kid": key.kid}
        return jwt.encode(header, dict(claims), key, algorithms=[_ALGORITHM])

    def verify(self, token: str) -> dict[str, Any]:
        """Return the claims of a token that one of the keys signed; nothing else is checked.

        Raises:
            InvalidTokenError: it is no token, or others signed it.
        """
        try:
            keys = KeySet([key.jwk for key in self._current()])
            return jwt.decode(token, keys, algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            msg = "the token was not signed by this issuer"
            raise InvalidTokenError(msg) from error

    def document(self, extra: Mapping[str, str]) -> dict[str, Any]:
        """Return the key set, with `extra` beside each key."""
        return {"keys": [{**key.jwk.as_dict(private=False), **extra} for key in self._current()]}

    def _current(self) -> list[_Key]:
        moment = self._now()
        return [
            key
            for key in self._keys
            if key.replaced is None or key.replaced + LONGEST_TOKEN_LIFETIME > moment
        ]


def unsigned(claims: Mapping[str, Any]) -> str:
    """Return a token that nobody signed, as v1 sometimes does (RFC 7519 6)."""
    header = {"typ": "JWT", "alg": "none"}
    return f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(claims).encode())}."


def _new_key(moment: datetime) -> RSAKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "accounts.accesscontrol.sandbox")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment)
        .not_valid_after(moment + _CERTIFICATE_LIFETIME)
        .sign(private, hashes.SHA256())
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    thumbprint = _encoded(hashlib.sha1(der, usedforsecurity=False).digest())
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return RSAKey.import_key(
        pem,
        {
            "use": "sig",
            "kid": thumbprint,
            "x5t": thumbprint,
            "x5c": [base64.b64encode(der).decode()],
        },
    )


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
