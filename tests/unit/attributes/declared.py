"""Short ways to write down what is declared."""

from __future__ import annotations

from collections.abc import Mapping

from attributes.places import Place
from attributes.properties import Property
from attributes.resolution import Person
from attributes.sources import GroupRule, UserEntry, UserSources
from attributes.templates import Template

PROPERTIES = {name: Property(name=name) for name in ("default_namespace", "picture")}


def person(name: str, **properties: str | None) -> Person:
    return Person(
        object_id=f"id-of-{name}",
        user_principal_name=f"{name}@contoso.example",
        properties={"mail_nickname": name, **properties},
    )


def entry(name: str, line: int, **values: str) -> UserEntry:
    return UserEntry(name=name, values=values, place=Place("people.csv", line))


def rule(number: int, group: str, priority: int = 0, **values: str) -> GroupRule:
    return GroupRule(
        group=group,
        values=templates(values),
        priority=priority,
        place=Place(f"userAttributes.rules[{number}]"),
    )


def templates(values: Mapping[str, str]) -> dict[str, Template]:
    return {name: Template.parse(value) for name, value in values.items()}


def sources(*declared: UserEntry | GroupRule, **defaults: str) -> UserSources:
    return UserSources(
        properties=PROPERTIES,
        entries=tuple(item for item in declared if isinstance(item, UserEntry)),
        rules=tuple(item for item in declared if isinstance(item, GroupRule)),
        defaults=templates(defaults),
    )
