"""Decisions that look random and are not: they follow from a seed and from what is decided."""

from __future__ import annotations

import hashlib
from collections import Counter

_RANGE = 2**64


class Chance:
    """Draws numbers; two clients that ask for different things do not disturb each other."""

    def __init__(self, seed: int) -> None:
        self._key = seed.to_bytes(16, "big", signed=True)
        self._times: Counter[tuple[str, ...]] = Counter()

    def of(self, *what: str) -> float:
        """Return a number from 0 up to 1, the same for the same words."""
        digest = hashlib.blake2b("\0".join(what).encode(), key=self._key, digest_size=8).digest()
        return int.from_bytes(digest, "big") / _RANGE

    def next_of(self, *what: str) -> float:
        """Return another number each time that the same words are asked for."""
        self._times[what] += 1
        return self.of(*what, str(self._times[what]))
