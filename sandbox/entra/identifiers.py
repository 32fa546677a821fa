"""Object ids, client secrets and other identifiers of the stand-in.

Objects of a scenario have ids that follow from their names, so that a rehearsal can be compared
with the one before. Whatever is made while the sandbox runs is unpredictable, unless a seed is
given: then the same calls give the same transcript. Nothing here reads a clock.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import secrets
import uuid


def stable_id(tenant_id: str, kind: str, name: str) -> str:
    """Return the object id of `name` (compared without case), the same in every sandbox."""
    return str(uuid.uuid5(uuid.UUID(tenant_id), f"{kind}/{name.casefold()}"))


class Identifiers:
    """A source of new identifiers; `seed` makes it repeatable and therefore guessable."""

    def __init__(self, seed: int | None = None) -> None:
        self._key = secrets.token_bytes(32) if seed is None else str(seed).encode()
        self._count = itertools.count()

    def guid(self) -> str:
        """Return a new GUID, as Entra makes object, application and key ids."""
        return str(uuid.UUID(bytes=self._bytes()[:16], version=4))

    def opaque(self) -> str:
        """Return 256 bits in URL-safe text: authorization codes, refresh tokens, passwords."""
        return base64.urlsafe_b64encode(self._bytes()).rstrip(b"=").decode()

    def client_secret(self) -> str:
        """Return a client secret of 40 characters with `8Q~` in the place where Entra has it."""
        text = self.opaque() + self.opaque()
        return f"{text[:3]}8Q~{text[3:37]}".replace("_", ".").replace("-", "~")

    def number(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int.from_bytes(self._bytes(), "big") % (high - low + 1)

    def url_safe_id(self) -> str:
        """Return an id in the form of app role assignments and grants: 43 characters, no GUID."""
        return self.opaque()

    def _bytes(self) -> bytes:
        return hashlib.blake2b(
            next(self._count).to_bytes(8, "big"), key=self._key[:64], digest_size=32
        ).digest()
