"""Who the users and groups in the settings are in the directory.

They are looked up while the program runs, so that a preview shows changes by name and an unknown
name stops it before anything is changed. Reading is all it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi

from graph.client import connect
from graph.cloud import Cloud
from graph.directory import (
    DirectoryGroup,
    DirectoryLookupError,
    DirectoryUser,
    resolve_groups,
    resolve_users,
)
from graph.errors import GraphError


class DirectoryLookupFailedError(pulumi.RunError):
    """The directory could not be asked, or does not know who is meant; nothing has been changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """What was found, by the name used in the settings."""

    users: Mapping[str, DirectoryUser]
    group_ids: Mapping[str, str]


def look_up_directory(
    tenant_id: str, cloud: Cloud, *, users: Iterable[str], groups: Iterable[str]
) -> Directory:
    """Find `users` (by UPN, mail or object id) and `groups` (by display name or object id).

    Raises:
        DirectoryLookupFailedError: listing every name that is unknown, ambiguous or of no use, or
            saying why the directory could not be asked.
    """
    problems: list[str] = []
    found_users: Mapping[str, DirectoryUser] = {}
    found_groups: Mapping[str, DirectoryGroup] = {}
    try:
        with connect(tenant_id, cloud) as client:
            try:
                found_users = resolve_users(client, users)
            except DirectoryLookupError as error:
                problems += error.problems
            try:
                found_groups = resolve_groups(client, groups)
            except DirectoryLookupError as error:
                problems += error.problems
    except GraphError as error:
        msg = f"The directory could not be asked; nothing has been changed: {error}"
        raise DirectoryLookupFailedError(msg) from error
    problems += _useless_groups(found_groups)
    if problems:
        msg = "The directory does not know who is meant; nothing has been changed:\n" + "\n".join(
            f"  {problem}" for problem in problems
        )
        raise DirectoryLookupFailedError(msg)
    return Directory(
        users=found_users,
        group_ids={name: group.object_id for name, group in found_groups.items()},
    )


def _useless_groups(groups: Mapping[str, DirectoryGroup]) -> list[str]:
    problems = [
        f"Group {name!r} is not security-enabled: it is in no token. Use a security group."
        for name, group in groups.items()
        if not group.security_enabled
    ]
    names: dict[str, str] = {}
    for name, group in groups.items():
        if (other := names.setdefault(group.object_id, name)) != name:
            problems.append(
                f"Groups {other!r} and {name!r} are the same one. Name it one way only."
            )
    return problems
