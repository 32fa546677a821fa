"""Who the users and groups in the settings are in the directory, and what users hold there now.

They are looked up while the program runs, so that a preview shows changes by name and an unknown
name stops it before anything is changed. Reading is all it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pulumi

from attributes.live import overwrites, table
from attributes.places import listed
from attributes.resolution import DeclaredUser, Person, resolve
from attributes.sources import UserSources
from attributes.templates import DIRECTORY_PROPERTIES
from graph.available_extensions import (
    AvailableExtension,
    SeveralApplicationsError,
    available_of,
)
from graph.client import GraphClient, connect
from graph.cloud import Cloud
from graph.directory import DirectoryGroup, DirectoryUser, find_groups
from graph.directory_users import People, find_people
from graph.errors import GraphError, GraphRequestError
from graph.extension_values import DataType, from_graph


class DirectoryLookupFailedError(pulumi.RunError):
    """The directory could not be asked, or does not know who is meant; nothing has been changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """What was found."""

    users: tuple[DeclaredUser, ...]
    """Everybody that values are declared for."""
    group_ids: Mapping[str, str]
    """Object ids of the groups in `access`, by the name used there."""


def look_up_directory(
    tenant_id: str,
    cloud: Cloud,
    *,
    application_name: str,
    sources: UserSources,
    access_groups: Iterable[str],
) -> Directory:
    """Find the groups of `access` and of rules, and everybody that `sources` give values.

    Where the application exists with its extension properties, what users hold now is read in the
    same pages, and values that are going to be overwritten are told.

    Raises:
        DirectoryLookupFailedError: listing every name that is unknown, ambiguous or of no use, or
            saying why the directory could not be asked.
    """
    access_groups = tuple(access_groups)
    try:
        with connect(tenant_id, cloud, on_wait=pulumi.log.info) as client:
            groups = find_groups(client, [*access_groups, *sources.groups])
            problems = [*_group_problems(groups, access_groups, sources)]
            extensions = _extensions(client, application_name, sources)
            people = _people(client, sources, groups, extensions)
    except GraphError as error:
        msg = f"The directory could not be asked; nothing has been changed: {error}"
        raise DirectoryLookupFailedError(msg) from error
    resolution = resolve(
        sources,
        people={name: [*map(_person, found)] for name, found in people.by_name.items()},
        members={
            name: [*map(_person, people.by_group.get(found[0].object_id, ()))]
            for name in sources.groups
            if len(found := groups[name]) == 1
        },
    )
    problems += map(str, resolution.problems)
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems):,} problems"
        msg = f"Users and groups: {count}; nothing has been changed:\n{listed(problems)}"
        raise DirectoryLookupFailedError(msg)
    everybody = [
        user for found in (*people.by_name.values(), *people.by_group.values()) for user in found
    ]
    _tell_overwrites(resolution.users, everybody, extensions, sources)
    return Directory(
        users=resolution.users,
        group_ids={name: groups[name][0].object_id for name in access_groups},
    )


def _people(
    client: GraphClient,
    sources: UserSources,
    groups: Mapping[str, list[DirectoryGroup]],
    extensions: Mapping[str, AvailableExtension],
) -> People:
    """Find whom each entry's name can mean, and the members of each rule's group."""
    also = [DIRECTORY_PROPERTIES[name] for name in sorted(sources.directory_properties)]
    also += [extension.name for extension in extensions.values()]
    return find_people(
        client,
        [entry.name for entry in sources.entries],
        group_ids=[
            found[0].object_id for name in sources.groups if len(found := groups[name]) == 1
        ],
        also=also,
        on_progress=_tell_progress,
    )


def _person(user: DirectoryUser) -> Person:
    return Person(
        object_id=user.object_id,
        user_principal_name=user.user_principal_name,
        properties={
            name: user.selected.get(graph_name)
            for name, graph_name in DIRECTORY_PROPERTIES.items()
            if graph_name in user.selected
        },
    )


def _group_problems(
    groups: Mapping[str, list[DirectoryGroup]], access_groups: tuple[str, ...], sources: UserSources
) -> Iterator[str]:
    places = dict.fromkeys(access_groups, "")
    for rule in sources.rules:
        places.setdefault(rule.group, f"{rule.place}.group: ")
    for name, place in places.items():
        found = groups[name]
        if not found:
            yield (
                f"{place}Group {name!r} is not in the directory; give an object id or display "
                "name of this tenant."
            )
        elif len(found) > 1:
            known = ", ".join(
                sorted(f"{group.display_name} ({group.object_id})" for group in found)
            )
            yield (
                f"{place}Group {name!r} is {len(found)} in the directory ({known}); give the "
                "object id of the one that is meant."
            )
    names: dict[str, str] = {}
    for name in access_groups:
        for group in groups[name][:1] if len(groups[name]) == 1 else ():
            if not group.security_enabled:
                yield (
                    f"Group {name!r} is not security-enabled: it is in no token. Use a security "
                    "group."
                )
            if (other := names.setdefault(group.object_id, name)) != name:
                yield (f"Groups {other!r} and {name!r} are the same one. Name it one way only.")


def _extensions(
    client: GraphClient, application_name: str, sources: UserSources
) -> Mapping[str, AvailableExtension]:
    """Return the declared properties whose live values can be read, by name; a courtesy."""
    if not sources.entries and not sources.rules:
        return {}
    try:
        available = available_of(client, application_name)
    except SeveralApplicationsError as error:
        reason = str(error)
    except GraphRequestError as error:
        if error.fault.status != 403:
            raise
        reason = str(error)
    else:
        return {
            name: found
            for name, declared in sources.properties.items()
            if (found := available.get(name.lower())) and found.data_type == declared.data_type
        }
    pulumi.log.info(f"What users hold now is not compared with what is declared: {reason}")
    return {}


def _tell_overwrites(
    users: Iterable[DeclaredUser],
    everybody: Iterable[DirectoryUser],
    extensions: Mapping[str, AvailableExtension],
    sources: UserSources,
) -> None:
    types: dict[str, DataType] = {
        name: declared.data_type for name, declared in sources.properties.items()
    }
    live = {
        user.object_id: {
            name: from_graph(types[name], user.selected.get(extension.name))
            for name, extension in extensions.items()
        }
        for user in everybody
    }
    if found := overwrites(users, live):
        values = "1 value differs" if len(found) == 1 else f"{len(found):,} values differ"
        pulumi.log.info(
            f"{values} in the directory from what is declared; `pulumi up` overwrites them with "
            "the lines of their users below. Where a user has no line below, the value was changed "
            f"since the last run, and `pulumi up --refresh` puts it back.\n{table(found)}"
        )


def _tell_progress(read: int, count: int) -> None:
    pulumi.log.info(f"Reading the directory: {read:,} of {count:,} users", ephemeral=True)
