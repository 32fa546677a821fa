"""What a request costs: https://learn.microsoft.com/graph/throttling-limits

The costs were read in the repository of that page; `getByIds` in the page's newest form, which
public reports quote. Whether a refused request (400, 403) is charged is not documented; it is here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_BATCH = "/$batch"
_SMALL_PAGE = 20
_BASE_COSTS: tuple[tuple[str, re.Pattern[str], int], ...] = tuple(
    (method, re.compile(pattern), units)
    for method, pattern, units in (
        ("GET", r"/applications", 2),
        ("GET", r"/applications/[^/]+/extensionproperties", 2),
        ("GET", r"/groups/[^/]+/members(/.+)?", 3),
        ("GET", r"/groups/[^/]+/transitivemembers(/.+)?", 5),
        ("GET", r"/(users/[^/]+|me)/(memberof|ownedobjects|transitivememberof)(/.+)?", 2),
        ("GET", r"/oauth2permissiongrants(/[^/]+)?", 2),
        ("GET", r"/serviceprincipals/[^/]+/approleassignments", 2),
        ("GET", r"/users", 2),
    )
)
_FREE_OF_WRITES: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), units)
    for pattern, units in (
        (r"/directoryobjects/getbyids", 5),
        (r"/directoryobjects/getavailableextensionproperties", 1),
        (r"/directoryobjects/validateproperties", 1),
        (r".*/checkmember(groups|objects)", 4),
        (r".*/getmember(groups|objects)", 2),
    )
)
"""Actions that only read."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Resource units, and writes."""

    units: int
    writes: int


FREE = Cost(0, 0)


def cost_of(method: str, path: str, query: Mapping[str, str]) -> Cost:
    """Return the cost of a request; a batch costs nothing, its items do."""
    plain = path.casefold()
    if plain == _BATCH:
        return FREE
    if method != "GET":
        for pattern, units in _FREE_OF_WRITES:
            if pattern.fullmatch(plain):
                return Cost(_adjusted(units, query), 0)
        return Cost(1, 1)
    for listed, pattern, units in _BASE_COSTS:
        if listed == method and pattern.fullmatch(plain):
            return Cost(_adjusted(units, query), 0)
    return Cost(_adjusted(1, query), 0)


def _adjusted(units: int, query: Mapping[str, str]) -> int:
    top = query.get("$top", "")
    units -= "$select" in query
    units += "$expand" in query
    units -= top.isdecimal() and int(top) < _SMALL_PAGE
    return max(1, units)
