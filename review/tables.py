"""Tables of users, parsed once however many rules look at them."""

from __future__ import annotations

from functools import lru_cache

from graph.attribute_text import AttributeTable, AttributeTextError, parse_text
from review.values import Value

_MOST_TABLES = 256
"""Four sides of sixty-four shards; there are sixteen."""


def table_of(text: Value) -> AttributeTable | None:
    """Return the table in the `users` of a shard; None when it is not known, or no table."""
    return _parsed(text) if isinstance(text, str) else None


@lru_cache(maxsize=_MOST_TABLES)
def _parsed(text: str) -> AttributeTable | None:
    try:
        return parse_text(text)
    except AttributeTextError:
        return None
