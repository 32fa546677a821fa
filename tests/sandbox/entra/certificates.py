"""A certificate of an application, and the assertions that it signs."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Certificate:
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, *, begins: datetime | None = None) -> Certificate:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "automation")])
        first = begins or datetime.now(UTC) - timedelta(days=1)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(first)
            .not_valid_after(first + timedelta(days=30))
            .sign(key, hashes.SHA256())
        )
        return cls(key, made)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def pem(self) -> bytes:
        """Key and certificate, as azure-identity reads them."""
        return self.key_pem + self.certificate_pem

    @property
    def thumbprint(self) -> str:
        return hashlib.sha1(self.der, usedforsecurity=False).hexdigest()

    def credential(self) -> dict[str, str]:
        """An entry of `keyCredentials`."""
        return {
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
            "key": base64.b64encode(self.der).decode(),
            "displayName": "automation",
        }

    def assertion(
        self,
        client_id: str,
        audience: str,
        *,
        more_headers: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        now = datetime.now(UTC)
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": "once",
            "nbf": now,
            "exp": now + timedelta(minutes=10),
        }
        digest = hashlib.sha256(self.der).digest()
        x5t = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        headers = {"x5t#S256": x5t, **(more_headers or {})}
        return jwt.encode(claims | changes, self.key, "PS256", headers=headers)
