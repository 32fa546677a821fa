"""Which application roles an operation needs.

https://learn.microsoft.com/graph/permissions-overview: what the caller's token carries counts, not
what has been assigned since. `*.OwnedBy` roles reach only what the caller owns.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

_OWNED_BY = ".OwnedBy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """Alternatives, each of them roles that are needed together, the least privileged first."""

    alternatives: tuple[frozenset[str], ...]

    def decide(self, roles: AbstractSet[str]) -> Literal["denied", "owned only", "granted"]:
        """Say what a caller with these roles may do."""
        sufficient = [needed for needed in self.alternatives if needed <= roles]
        if not sufficient:
            return "denied"
        if all(any(role.endswith(_OWNED_BY) for role in needed) for needed in sufficient):
            return "owned only"
        return "granted"


def any_of(*roles: str) -> Permissions:
    """Each of the roles is enough by itself."""
    return Permissions(alternatives=tuple(frozenset({role}) for role in roles))


def each_of(*parts: Permissions) -> Permissions:
    """Every part is needed."""
    combined: tuple[frozenset[str], ...] = (frozenset(),)
    for part in parts:
        combined = tuple(done | more for done in combined for more in part.alternatives)
    return Permissions(alternatives=combined)
