"""The keys that sign tokens, and the key set that the world verifies them with.

https://learn.microsoft.com/entra/identity-platform/signing-key-rollover
All tenants share them in Entra; there is one tenant here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

_ALGORITHM = "RS256"


class InvalidTokenError(Exception):
    """A token was not signed by these keys."""


class SigningKeys:
    """RSA keys of 2048 bits; the newest signs. A key's id is its thumbprint (RFC 7638)."""

    def __init__(self) -> None:
        self._keys: list[RSAKey] = []
        self.rotate()

    def rotate(self) -> None:
        """Sign with a new key from now on; what the old ones signed stays valid."""
        key = RSAKey.generate_key(2048, parameters={"use": "sig"}, private=True, auto_kid=True)
        self._keys.append(key)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return a signed token with these claims."""
        key = self._keys[-1]
        header = {"typ": "JWT", "alg": _ALGORITHM, "x5t": key.kid, "kid": key.kid}
        return jwt.encode(header, dict(claims), key, algorithms=[_ALGORITHM])

    def verify(self, token: str) -> dict[str, Any]:
        """Return the claims of a token that one of the keys signed; nothing else is checked.

        Raises:
            InvalidTokenError: it is no token, or others signed it.
        """
        try:
            return jwt.decode(token, KeySet(list(self._keys)), algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            msg = "the token was not signed by this issuer"
            raise InvalidTokenError(msg) from error

    def document(self, issuer: str | None) -> dict[str, Any]:
        """Return the key set; that of the v2 endpoint names the issuer beside each key."""
        extra = {} if issuer is None else {"issuer": issuer}
        return {"keys": [key.as_dict(private=False) | extra for key in self._keys]}
