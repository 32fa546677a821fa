"""`$search` over directory objects: https://learn.microsoft.com/graph/search-query-parameter

`"property:text"`, joined by OR and AND (AND binds more). In display names and descriptions a word
must begin with the text, in other properties the value must.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.entra.graph.errors import bad_request
from sandbox.entra.graph.odata_filter import All, Any, Filter, Read, StartsWith

_CLAUSE = re.compile(r'"(\w+):([^"]*)"')
_TOKENIZED = frozenset({"displayName", "description"})
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class HasWords:
    """Each of the words begins a word of the property's value."""

    name: str
    words: tuple[str, ...]

    def matches(self, read: Read) -> bool:
        """Tell whether an object fits."""
        value = read(self.name)
        found = _WORD.findall(value.casefold()) if isinstance(value, str) else []
        return all(any(word.startswith(wanted) for word in found) for wanted in self.words)


def parse_search(text: str) -> Filter:
    """Read a search.

    Raises:
        GraphError: 400 for one that is malformed.
    """
    either = [
        All(tuple(_clause(part, text) for part in re.split(r"\s+AND\s+", alternative.strip())))
        for alternative in re.split(r"\s+OR\s+", text.strip())
    ]
    return Any(tuple(either))


def _clause(part: str, text: str) -> Filter:
    match = _CLAUSE.fullmatch(part)
    if not match:
        msg = (
            f"Syntax error: character '{text[:1]}' is not valid at position 0 in '{text}'; a clause"
            ' has the form "property:text".'
        )
        raise bad_request(msg)
    name, wanted = match.groups()
    if name in _TOKENIZED:
        return HasWords(name, tuple(_WORD.findall(wanted.casefold())))
    return StartsWith(name, wanted)
