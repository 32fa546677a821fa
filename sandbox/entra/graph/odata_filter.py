"""The part of OData's `$filter` that this project's clients use.

`eq`, `ne`, `in`, `startswith`, `endswith`, `not`, `and`, `or`, parentheses and `eq` in `any` of a
list; strings compare without case. Everything else of the language is answered 501 and never
guessed at.
https://learn.microsoft.com/graph/filter-query-parameter
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sandbox.entra.graph.errors import GraphError, not_implemented, unsupported_query

MOST_CLAUSES = 15
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<mark>[(),])|(?P<word>[^\s(),']+))", re.DOTALL
)
_ANY = "/any"
_INTEGER = re.compile(r"-?\d+")
Read = Callable[[str], object]
"""Returns the value of a property of the object that is being compared."""


@dataclass(frozen=True, slots=True)
class Equals:
    """`name eq value` and `name in (values)`."""

    name: str
    values: tuple[object, ...]

    def matches(self, read: Read) -> bool:
        """Tell whether an object fits."""
        found = _folded(read(self.name))
        return any(found == _folded(value) for value in self.values)


@dataclass(frozen=True, slots=True)
class StartsWith:
    """`startswith(name, 'prefix')`."""

    name: str
    prefix: str

    def matches(self, read: Read) -> bool:
        """Tell whether an object fits."""
        value = read(self.name)
        return isinstance(value, str) and value.casefold().startswith(self.prefix.casefold())


@dataclass(frozen=True, slots=True)
class EndsWith:
    """`endswith(name, 'suffix')`."""

    name: str
    suffix: str

    def matches(self, read: Read) -> bool:
        """Tell whether an object fits."""
        value = read(self.name)
        return isinstance(value, str) and value.casefold().endswith(self.suffix.casefold())


@dataclass(frozen=True, slots=True)
class HasItem:
    """`name/any(x:x eq value)`."""

    name: str
    value: object

    def matches(self, read: Read) -> bool:
        """Tell whether an object fits."""
        items = read(self.name)
        wanted = _folded(self.value)
        return isinstance(items, list) and any(_folded(item) == wanted for item in items)


@dataclass(frozen=True, slots=True)
class Not:
    """`not(a)` and, with a comparison in it, `name ne value`."""

    part: Filter
    operator: str

    def matches(self, read: Read) -> bool:
        """Tell whether an object fits."""
        return not self.part.matches(read)


@dataclass(frozen=True, slots=True)
class All:
    """`a and b`."""

    parts: tuple[Filter, ...]

    def matches(self, read: Read) -> bool:
        """Tell whether an object fits."""
        return all(part.matches(read) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Any:
    """`a or b`."""

    parts: tuple[Filter, ...]

    def matches(self, read: Read) -> bool:
        """Tell whether an object fits."""
        return any(part.matches(read) for part in self.parts)


class Filter(Protocol):
    """A condition on an object's properties."""

    def matches(self, read: Read) -> bool:
        """Tell whether an object fits."""
        ...


def parse_filter(text: str) -> Filter:
    """Read a filter.

    Raises:
        GraphError: 400 for one that is malformed or has too many clauses, 501 for one that Graph
            may know and the sandbox does not.
    """
    parser = _Parser(_tokens(text), text)
    result = parser.either()
    if parser.position != len(parser.tokens):
        raise _malformed(text)
    return result


def names_in(wanted: Filter) -> set[str]:
    """Return the names of the properties that a filter compares."""
    return {getattr(part, "name", "") for part in _leaves(wanted)}


def advanced_operator(wanted: Filter) -> str | None:
    """Return an operator in it that only the advanced index answers, if there is one.

    https://learn.microsoft.com/graph/aad-advanced-queries
    """
    if isinstance(wanted, All | Any):
        return next(filter(None, map(advanced_operator, wanted.parts)), None)
    if isinstance(wanted, Not):
        return wanted.operator
    return "endsWith" if isinstance(wanted, EndsWith) else None


def _leaves(wanted: Filter) -> Iterator[Filter]:
    match wanted:
        case All() | Any():
            for part in wanted.parts:
                yield from _leaves(part)
        case Not():
            yield from _leaves(wanted.part)
        case _:
            yield wanted


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position, stripped = [], 0, text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise _malformed(text)
        kind = match.lastgroup or ""
        tokens.append((kind, match[kind]))
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], text: str) -> None:
        self.tokens = tokens
        self.position = 0
        self._text = text

    def either(self) -> Filter:
        parts = [self._both()]
        while self._take_word("or"):
            parts.append(self._both())
        _limit(len(parts))
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _both(self) -> Filter:
        parts = [self._one()]
        while self._take_word("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Filter:
        if self._take_mark("("):
            inner = self.either()
            self._need_mark(")")
            return inner
        if self._take_word("not"):
            return Not(self._one(), "Not")
        name = self._need("word")
        if self._take_mark("("):
            return self._function(name)
        operator = self._need("word").casefold()
        if operator == "eq":
            return Equals(name, (self._value(),))
        if operator == "ne":
            return Not(Equals(name, (self._value(),)), "ne")
        if operator == "in":
            return Equals(name, self._values())
        raise self._not_here(operator)

    def _function(self, name: str) -> Filter:
        if name.endswith(_ANY):
            return self._any(name)
        kind = {"startswith": StartsWith, "endswith": EndsWith}.get(name.casefold())
        if kind is None:
            raise self._not_here(name)
        compared = self._need("word")
        self._need_mark(",")
        text = self._value()
        self._need_mark(")")
        if not isinstance(text, str):
            raise _malformed(self._text)
        return kind(compared, text)

    def _any(self, name: str) -> Filter:
        declared = self._need("word")
        variable, _, compared = declared.partition(":")
        if not variable or compared != variable or not self._take_word("eq"):
            raise self._not_here(name)
        value = self._value()
        self._need_mark(")")
        return HasItem(name.removesuffix(_ANY), value)

    def _values(self) -> tuple[object, ...]:
        self._need_mark("(")
        values = [self._value()]
        while self._take_mark(","):
            values.append(self._value())
        self._need_mark(")")
        _limit(len(values))
        return tuple(values)

    def _value(self) -> object:
        kind, token = self._next()
        if kind == "text":
            return token[1:-1].replace("''", "'")
        if kind != "word":
            raise _malformed(self._text)
        if _INTEGER.fullmatch(token):
            return int(token)
        return {"true": True, "false": False, "null": None}.get(token.casefold(), token)

    def _next(self) -> tuple[str, str]:
        if self.position >= len(self.tokens):
            raise _malformed(self._text)
        self.position += 1
        return self.tokens[self.position - 1]

    def _need(self, kind: str) -> str:
        found, token = self._next()
        if found != kind:
            raise _malformed(self._text)
        return token

    def _need_mark(self, mark: str) -> None:
        if not self._take_mark(mark):
            raise _malformed(self._text)

    def _take_mark(self, mark: str) -> bool:
        return self._take(("mark", mark))

    def _take_word(self, word: str) -> bool:
        if self.position < len(self.tokens):
            kind, token = self.tokens[self.position]
            return (
                self._take((kind, token)) if (kind, token.casefold()) == ("word", word) else False
            )
        return False

    def _take(self, token: tuple[str, str]) -> bool:
        if self.position < len(self.tokens) and self.tokens[self.position] == token:
            self.position += 1
            return True
        return False

    def _not_here(self, what: str) -> GraphError:
        return not_implemented(f"{what!r} in $filter={self._text}")


def _limit(clauses: int) -> None:
    if clauses > MOST_CLAUSES:
        message = (
            "Too many child clauses specified in search filter expression containing 'OR'"
            f" operators: {clauses}. Max allowed: {MOST_CLAUSES}."
        )
        raise unsupported_query(message)


def _malformed(text: str) -> GraphError:
    return GraphError(400, "BadRequest", f"Invalid filter clause: {text}")


def _folded(value: object) -> object:
    """Return what is compared: text without case, and truth values never like numbers."""
    if isinstance(value, bool):
        return ("truth", value)
    return value.casefold() if isinstance(value, str) else value
