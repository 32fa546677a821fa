"""Properties of an object of which most have the value that every new one has.

A tenant has a hundred thousand users with fifty properties each, nearly all of them null: only what
is particular to a user is kept with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Sparse(dict[str, Any]):
    """A dictionary that answers for `usual` too when it is asked for a name.

    Iteration, length and equality are those of what is particular. Usual values are shared: they
    are replaced, never changed in place.
    """

    __slots__ = ("_usual",)

    def __init__(self, usual: Mapping[str, Any], particular: Mapping[str, Any]) -> None:
        super().__init__(particular)
        self._usual = usual

    def __missing__(self, name: str) -> Any:
        return self._usual[name]

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._usual

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a property."""
        if super().__contains__(name):
            return super().__getitem__(name)
        return self._usual.get(name, default)

    def copy(self) -> Sparse:
        """Return another with the same values."""
        return Sparse(self._usual, self)

    def __or__(self, others: Mapping[str, Any]) -> Sparse:  # type: ignore[override]
        merged = self.copy()
        merged.update(others)
        return merged
