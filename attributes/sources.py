"""What is declared about users, read and checked, before anybody has been looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from attributes.places import Place, PlacedProblem
from attributes.properties import Property
from attributes.templates import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEntry:
    """One user's own values, canonical, by property; `name` is a UPN, mail or object id."""

    name: str
    values: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupRule:
    """Values for everybody in a group, nested groups included; the higher priority counts."""

    group: str
    """Display name or object id."""
    values: Mapping[str, Template]
    priority: int = 0
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSources:
    """Everything that gives users values."""

    properties: Mapping[str, Property] = field(default_factory=dict)
    entries: tuple[UserEntry, ...] = ()
    rules: tuple[GroupRule, ...] = ()
    defaults: Mapping[str, Template] = field(default_factory=dict)
    """For every user that an entry or a rule names, where neither has a value."""

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that rules name, each once."""
        return tuple(dict.fromkeys(rule.group for rule in self.rules))

    @property
    def directory_properties(self) -> frozenset[str]:
        """The properties of users that templates name."""
        templates = [self.defaults, *(rule.values for rule in self.rules)]
        return frozenset[str]().union(
            *(template.names for values in templates for template in values.values())
        )


def named_twice(entries: Iterable[UserEntry]) -> Iterator[PlacedProblem]:
    """Yield a problem for every entry whose name an earlier one has; case does not count."""
    first: dict[str, Place] = {}
    for entry in entries:
        place = first.setdefault(entry.name.casefold(), entry.place)
        if place is not entry.place:
            yield PlacedProblem(
                entry.place,
                f"{entry.name!r} is given at {place} as well; give each user in one place",
            )
