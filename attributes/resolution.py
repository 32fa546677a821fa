"""One value a user and property: a user's own before those of group rules, those before defaults.

Among the rules of a user's groups the higher priority counts. Rules of equal priority have to
agree; where they do not, nobody can say what is meant, and both are named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from attributes.places import Place, PlacedProblem, named
from attributes.sources import GroupRule, UserEntry, UserSources
from attributes.templates import MissingPropertyError, Template

_DEFAULTS = Place("userAttributes.defaults")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user of the directory; `properties` are by the templates' names."""

    object_id: str
    user_principal_name: str
    properties: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredUser:
    """A user and the values it shall have, canonical, by property; `places` say who declared."""

    person: Person
    values: Mapping[str, str]
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What is declared for everybody; with a problem it must not be used."""

    users: tuple[DeclaredUser, ...]
    problems: tuple[PlacedProblem, ...]


def resolve(
    sources: UserSources,
    *,
    people: Mapping[str, Sequence[Person]],
    members: Mapping[str, Sequence[Person]],
) -> Resolution:
    """Decide every value.

    `people` are the users that each entry's name can mean: none, or several, is a problem.
    `members` are the users in each rule's group.
    """
    entries, problems = _entries_by_person(sources.entries, people)
    persons = {person.object_id: person for found in members.values() for person in found}
    persons |= {
        entry_people[0].object_id: entry_people[0]
        for entry_people in people.values()
        if len(entry_people) == 1
    }
    rules: defaultdict[str, list[GroupRule]] = defaultdict(list)
    for rule in sources.rules:
        for person in members.get(rule.group, ()):
            rules[person.object_id].append(rule)
    decisions = _Decisions(sources)
    users = [
        decisions.user(person, entries.get(object_id), rules.get(object_id, ()))
        for object_id, person in persons.items()
        if object_id in entries or object_id in rules
    ]
    return Resolution(
        users=tuple(user for user in users if user),
        problems=(*problems, *decisions.problems()),
    )


def _entries_by_person(
    entries: Sequence[UserEntry], people: Mapping[str, Sequence[Person]]
) -> tuple[dict[str, UserEntry], list[PlacedProblem]]:
    by_person: dict[str, UserEntry] = {}
    problems: list[PlacedProblem] = []
    for entry in entries:
        found = people.get(entry.name, ())
        if not found:
            message = (
                f"{entry.name!r} is not in the directory; give an object id, user principal name "
                "or mail address of this tenant"
            )
        elif len(found) > 1:
            known = named(sorted(person.user_principal_name for person in found))
            message = (
                f"{entry.name!r} is {len(found)} users in the directory ({known}); give the "
                "object id of the one that is meant"
            )
        else:
            other = by_person.setdefault(found[0].object_id, entry)
            if other is entry:
                continue
            message = (
                f"{entry.name!r} is {found[0].user_principal_name}, which is given at "
                f"{other.place} as {other.name!r}; give each user in one place"
            )
        problems.append(PlacedProblem(entry.place, message))
    return by_person, problems


class _Decisions:
    """Decides user by user, and tells in the end what went wrong with how many of them."""

    def __init__(self, sources: UserSources) -> None:
        self._sources = sources
        self._read: dict[tuple[str, str], str | ValueError] = {}
        self._single: list[PlacedProblem] = []
        self._missing: defaultdict[tuple[Place, str, str], list[str]] = defaultdict(list)
        self._disagreeing: defaultdict[tuple[str, GroupRule, GroupRule], list[str]]
        self._disagreeing = defaultdict(list)
        self._faults = 0

    def user(
        self, person: Person, entry: UserEntry | None, rules: Sequence[GroupRule]
    ) -> DeclaredUser | None:
        values: dict[str, str] = {}
        places: dict[str, Place] = {}
        faults_before = self._faults
        for name in self._sources.properties:
            if entry and name in entry.values:
                values[name], places[name] = entry.values[name], entry.place
            elif decided := self._by_rule(person, name, rules) or self._by_default(person, name):
                values[name], places[name] = decided
        if values:
            return DeclaredUser(person=person, values=values, places=places)
        if entry and self._faults == faults_before:
            message = (
                f"{entry.name!r} has no value, and no rule or default gives it one; give it one, "
                "or remove the user"
            )
            self._single.append(PlacedProblem(entry.place, message))
        return None

    def problems(self) -> Iterator[PlacedProblem]:
        yield from self._single
        for (place, property_name, name), users in self._missing.items():
            yield PlacedProblem(
                place,
                f"{property_name} takes {{{name}}}, which {_users(users)} not have in the "
                "directory; set it there, or give a value of their own",
            )
        for (property_name, first, second), users in self._disagreeing.items():
            yield PlacedProblem(
                second.place,
                f"and {first.place} (groups {second.group!r} and {first.group!r}, both of "
                f"priority {first.priority}) disagree about {property_name} of {named(users)}; "
                "give one rule a higher priority, or these users a value of their own",
            )

    def _by_rule(
        self, person: Person, name: str, rules: Sequence[GroupRule]
    ) -> tuple[str, Place] | None:
        candidates = [rule for rule in rules if name in rule.values]
        if not candidates:
            return None
        highest = max(rule.priority for rule in candidates)
        decided: tuple[GroupRule, str] | None = None
        for rule in candidates:
            if rule.priority < highest:
                continue
            value = self._value(person, name, rule.values[name], rule.place)
            if value is None or (decided and decided[1] == value):
                continue
            if decided:
                about = f"{person.user_principal_name} ({decided[1]}, {value})"
                self._disagreeing[(name, decided[0], rule)].append(about)
            else:
                decided = rule, value
        return (decided[1], decided[0].place) if decided else None

    def _by_default(self, person: Person, name: str) -> tuple[str, Place] | None:
        template = self._sources.defaults.get(name)
        if template is None:
            return None
        value = self._value(person, name, template, _DEFAULTS)
        return None if value is None else (value, _DEFAULTS)

    def _value(self, person: Person, name: str, template: Template, place: Place) -> str | None:
        """Render and read; what goes wrong is remembered, and the value is None."""
        try:
            text = template.render(person.properties)
        except MissingPropertyError as error:
            self._faults += 1
            self._missing[(place, name, error.name)].append(person.user_principal_name)
            return None
        read = self._read.get((name, text))
        if read is None:
            try:
                read = self._sources.properties[name].read(text)
            except ValueError as error:
                read = error
            self._read[(name, text)] = read
        if isinstance(read, str):
            return read
        self._faults += 1
        message = f"{name} of {person.user_principal_name} comes out as {text!r}, which {read}"
        self._single.append(PlacedProblem(place, message))
        return None


def _users(names: Sequence[str]) -> str:
    return f"{named(names)} {'does' if len(names) == 1 else 'do'}"
