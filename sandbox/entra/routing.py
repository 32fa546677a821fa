"""Routes as data, and how an address finds its route.

A template has `{name}` for one segment. Graph writes keys also in parentheses:
`/applications(appId='x')` is matched like `/applications/appId=x`, `/users('x')` like `/users/x`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

_PARAMETER = re.compile(r"\{(\w+)\}")
_KEY = re.compile(r"\((?:(\w+)=)?'((?:[^']|'')*)'\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation of a service and the documentation that it follows."""

    method: str
    template: str
    name: str
    """The operation's name in the documentation."""
    documentation: str
    handler: Any


R = TypeVar("R", bound=Route)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Generic[R]):
    """A route and the values of its template's parameters."""

    route: R
    parameters: dict[str, str]


class RouteTable(Generic[R]):
    """Finds the route of a method and a decoded path; the first that fits counts."""

    def __init__(self, routes: Sequence[R]) -> None:
        self._patterns = [(_compiled(route.template), route) for route in routes]

    def match(self, method: str, path: str) -> Match[R] | None:
        """Return the route, or None when there is none for both method and path."""
        plain = _KEY.sub(_key_as_segment, path)
        for pattern, route in self._patterns:
            if route.method == method and (found := pattern.fullmatch(plain)):
                return Match(route=route, parameters=found.groupdict())
        return None


def _compiled(template: str) -> re.Pattern[str]:
    position, pattern = 0, ""
    for parameter in _PARAMETER.finditer(template):
        pattern += re.escape(template[position : parameter.start()])
        pattern += f"(?P<{parameter[1]}>[^/]+)"
        position = parameter.end()
    return re.compile(pattern + re.escape(template[position:]))


def _key_as_segment(match: re.Match[str]) -> str:
    value = match[2].replace("''", "'")
    return f"/{match[1]}={value}" if match[1] else f"/{value}"
