"""The one access key that the account of a sandbox has."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field
from typing import Self

_ID_CHARACTERS = string.ascii_uppercase + "234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """What AWS clients sign with."""

    access_key_id: str
    secret_access_key: str = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """Make one of the form that AWS gives a user: `AKIA` and 16 characters, 40 of secret."""
        suffix = "".join(secrets.choice(_ID_CHARACTERS) for _ in range(16))
        return cls(access_key_id=f"AKIA{suffix}", secret_access_key=secrets.token_urlsafe(30))
