"""Which values the settings give to whom in a scenario, without asking any directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from attributes.resolution import DeclaredUser, Person, resolve
from sandbox.entra.scenario import Scenario, ScenarioPerson
from settings.model import Settings
from settings.user_sources import user_sources

_PROJECT_FOLDER = Path(__file__).parent.parent


def declared_values(settings: Settings, scenario: Scenario) -> Mapping[str, DeclaredUser]:
    """Return everybody that is given values, by user principal name.

    Raises:
        ValueError: the sources contradict themselves or name somebody who is not in the scenario.
    """
    sources, problems = user_sources(settings, _PROJECT_FOLDER)
    persons = {person.object_id: _person(person) for person in scenario.people}
    by_name = {
        name: persons[person.object_id]
        for person in scenario.people
        for name in person.names_casefolded
    }
    resolution = resolve(
        sources,
        people={
            entry.name: [by_name[folded]] if (folded := entry.name.casefold()) in by_name else []
            for entry in sources.entries
        },
        members={
            group: [persons[object_id] for object_id in _members(scenario, group)]
            for group in sources.groups
        },
    )
    if wrong := [*map(str, problems), *map(str, resolution.problems)]:
        raise ValueError("\n".join(wrong))
    return {user.person.user_principal_name: user for user in resolution.users}


def _members(scenario: Scenario, name: str) -> Iterator[str]:
    """Object ids of the people in a group, nested groups included."""
    wanted = scenario.group(name).display_name
    for person in scenario.people:
        waiting, seen = list(scenario.groups_of(person)), set[str]()
        while waiting:
            group = waiting.pop()
            if group not in seen:
                seen.add(group)
                waiting += scenario.group(group).member_of
        if wanted in seen:
            yield person.object_id


def _person(person: ScenarioPerson) -> Person:
    return Person(
        object_id=person.object_id,
        user_principal_name=person.user_principal_name,
        properties={
            "display_name": person.display_name,
            "given_name": person.given_name,
            "mail": person.mail,
            "mail_nickname": person.user_principal_name.partition("@")[0],
            "object_id": person.object_id,
            "surname": person.surname,
            "user_principal_name": person.user_principal_name,
            "user_type": person.user_type,
        },
    )
