"""Proof Key for Code Exchange: only who asked for a code can redeem it (RFC 7636).

Only S256: the method `plain` protects nothing when the authorization request can be read.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class ProofKey:
    """A code verifier and its S256 challenge (RFC 7636 4.1, 4.2)."""

    verifier: str = field(repr=False)

    @classmethod
    def new(cls) -> Self:
        """Return 256 bits of randomness in the alphabet of RFC 7636."""
        return cls(secrets.token_urlsafe(32))

    @property
    def challenge(self) -> str:
        """BASE64URL(SHA256(verifier)), without padding."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
