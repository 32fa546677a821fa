"""From settings and files to the sources of user attributes, and what is wrong with them.

Values are read as their property's data type says; what the portal does with its two claims decides
what those may hold besides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TypeVar

from attributes.files import read_files
from attributes.places import Place, PlacedProblem
from attributes.properties import Property
from attributes.sources import GroupRule, UserEntry, UserSources, named_twice
from attributes.templates import Template
from settings.model import Settings
from settings.problems import Problem, property_path
from settings.restricted_claims import is_restricted
from settings.text import dns_label, https_url

Read = TypeVar("Read")

_WELL_KNOWN: Mapping[str, Callable[[str], object]] = {
    "default_namespace": dns_label,
    "picture": https_url,
}
"""What the KubeRocketCI portal does with these two claims decides what they may hold."""
MOST_PROPERTIES = 100
"""Graph keeps no more extension values on one object, of all applications together:
https://learn.microsoft.com/graph/api/resources/extensionproperty"""


def user_sources(
    settings: Settings, folder: Path
) -> tuple[UserSources, list[Problem | PlacedProblem]]:
    """Return everything that gives users values, and all that is wrong in it.

    Files are looked for in `folder`, the project's. With a problem the sources are not complete.
    """
    problems: list[Problem | PlacedProblem] = list(_setting_problems(settings))
    properties = _properties(settings)
    entries: list[UserEntry] = []
    for user, given in settings.users.items():
        values, wrong = _values(("users", user), given, properties)
        problems += wrong
        entries.append(
            UserEntry(name=user, values=values, place=Place(property_path(("users", user))))
        )
    rules: list[GroupRule] = []
    for number, rule in enumerate(settings.user_attributes.rules):
        keys = ("userAttributes", "rules", number)
        templates, wrong = _templates((*keys, "values"), rule.values, properties)
        problems += wrong
        rules.append(
            GroupRule(
                group=rule.group,
                values=templates,
                priority=rule.priority,
                place=Place(property_path(keys)),
            )
        )
    defaults, wrong = _templates(
        ("userAttributes", "defaults"), settings.user_attributes.defaults, properties
    )
    problems += wrong
    read, wrong = read_files(folder, settings.user_attributes.files, properties)
    entries += read
    problems += wrong
    if problems:
        # Without any, the same users are told with those whom the directory does not know.
        problems += named_twice(entries)
    sources = UserSources(
        properties=properties, entries=tuple(entries), rules=tuple(rules), defaults=defaults
    )
    return sources, problems


def _properties(settings: Settings) -> dict[str, Property]:
    return {
        declared.name: Property(
            name=declared.name,
            data_type=declared.data_type,
            rule=_WELL_KNOWN.get(declared.name) if declared.data_type == "String" else None,
        )
        for declared in settings.extension_properties
    }


def _setting_problems(settings: Settings) -> Iterator[Problem]:
    declared = settings.extension_properties
    if len(declared) > MOST_PROPERTIES:
        yield Problem(
            path="extensionProperties",
            message=f"has {len(declared)} properties; Microsoft Graph keeps at most "
            f"{MOST_PROPERTIES} values on a user",
        )
    for number, extension_property in enumerate(declared):
        if extension_property.claim and extension_property.data_type != "String":
            yield Problem(
                path=property_path(("extensionProperties", number, "claim")),
                value=True,
                message=f"is for properties of text, and {extension_property.name} is of type "
                f"{extension_property.data_type}; remove it, or keep the value as String",
            )
        if extension_property.is_claim and is_restricted(extension_property.name):
            yield Problem(
                path=property_path(("extensionProperties", number, "name")),
                value=extension_property.name,
                message="cannot be a claim: Entra keeps that name for itself; choose another, or "
                "set claim to false",
            )
    attributes = settings.user_attributes
    for number, file in enumerate(attributes.files):
        path = property_path(("userAttributes", "files", number))
        if PurePosixPath(file).is_absolute() or Path(file).is_absolute():
            yield Problem(
                path=path,
                value=file,
                message="must be relative to the project, so that it is the same file for everyone",
            )
        elif file in attributes.files[:number]:
            yield Problem(path=path, value=file, message="is named twice; name it once")
    if not attributes.rules and not attributes.defaults:
        for user, values in settings.users.items():
            if not values:
                yield Problem(
                    path=property_path(("users", user)),
                    message="has no value; give one, or remove the user",
                )


def _values(
    keys: tuple[str | int, ...], given: Mapping[str, object], properties: Mapping[str, Property]
) -> tuple[dict[str, str], list[Problem]]:
    return _each(keys, given, properties, lambda declared, value: declared.read(value))


def _templates(
    keys: tuple[str | int, ...], given: Mapping[str, object], properties: Mapping[str, Property]
) -> tuple[dict[str, Template], list[Problem]]:
    return _each(keys, given, properties, _template)


def _template(declared: Property, value: object) -> Template:
    if isinstance(value, str):
        template = Template.parse(value)
        if template.names:
            return template  # what it comes out as is read for each user
        value = template.render({})
    return Template.constant(declared.read(value))


def _each(
    keys: tuple[str | int, ...],
    given: Mapping[str, object],
    properties: Mapping[str, Property],
    read: Callable[[Property, object], Read],
) -> tuple[dict[str, Read], list[Problem]]:
    found: dict[str, Read] = {}
    problems: list[Problem] = []
    for name, value in given.items():
        path = property_path((*keys, name))
        declared = properties.get(name)
        if declared is None:
            known = ", ".join(sorted(properties)) or "none"
            message = f"is not one of extensionProperties ({known}); declare it"
            problems.append(Problem(path=path, message=message))
            continue
        try:
            found[name] = read(declared, value)
        except ValueError as error:
            problems.append(Problem(path=path, value=value, message=str(error)))
    return found, problems
