"""Users and groups of the directory by the names people use for them.

Read-only, so that a preview with a read-only identity can name who is meant.
A user's object id stays; its UPN and mail change hands. So names are resolved on every run, and
only object ids are kept.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from graph.client import GraphClient, Json
from graph.errors import GraphError

_IN_CLAUSE_MAX = 15
"""Graph refuses a filter with more: "Too many child clauses specified … Max allowed: 15"."""
_PAGE = 999
"""The largest page of users: https://learn.microsoft.com/graph/api/user-list"""
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_USER_FIELDS = "id,userPrincipalName,mail,displayName,userType"
_GROUP_FIELDS = "id,displayName,securityEnabled"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryUser:
    """A member or guest of the tenant."""

    object_id: str
    user_principal_name: str
    display_name: str
    mail: str | None = None
    user_type: str | None = None
    """`Member` or `Guest`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryGroup:
    """A group of the tenant; only security-enabled ones come into tokens."""

    object_id: str
    display_name: str
    security_enabled: bool


class DirectoryLookupError(GraphError):
    """Names that the directory does not know, or knows more than once; `problems` has them all."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def resolve_users(client: GraphClient, names: Iterable[str]) -> dict[str, DirectoryUser]:
    """Return the user each name means: an object id, a UPN, or a mail address, in that order.

    Mail and UPN are compared as the directory does, without regard to case. A mail address may
    belong to several users, and a guest's UPN is seldom known: so UPN goes first.
    Takes the permission User.Read.All.

    Raises:
        DirectoryLookupError: listing every name that means nobody, several users, or the same user
            as another name.
        GraphError: the directory could not be asked.
    """
    wanted = list(dict.fromkeys(names))
    ids = [name for name in wanted if _GUID.fullmatch(name)]
    others = [name for name in wanted if not _GUID.fullmatch(name)]
    found = _find_users(client, "id", ids) | _find_users(client, "userPrincipalName", others)
    found |= _find_users(client, "mail", [name for name in others if name not in found])
    problems = [
        problem
        for name in wanted
        if (
            problem := _problem(
                "User",
                name,
                [user.user_principal_name for user in found.get(name, [])],
                asked_for="an object id, user principal name or mail address",
            )
        )
    ]
    resolved = {name: users[0] for name in wanted if len(users := found.get(name, [])) == 1}
    problems += _same_user_twice(resolved)
    if problems:
        raise DirectoryLookupError(problems)
    return resolved


def resolve_groups(client: GraphClient, names: Iterable[str]) -> dict[str, DirectoryGroup]:
    """Return the group each name means: an object id or a display name, in that order.

    Takes the permission Group.Read.All (or GroupMember.Read.All).

    Raises:
        DirectoryLookupError: listing every name that means no group or several.
        GraphError: the directory could not be asked.
    """
    wanted = list(dict.fromkeys(names))
    ids = [name for name in wanted if _GUID.fullmatch(name)]
    others = [name for name in wanted if not _GUID.fullmatch(name)]
    found = _find_groups(client, "id", ids) | _find_groups(client, "displayName", others)
    problems = [
        problem
        for name in wanted
        if (
            problem := _problem(
                "Group",
                name,
                [f"{group.display_name} ({group.object_id})" for group in found.get(name, [])],
                asked_for="an object id or display name",
            )
        )
    ]
    if problems:
        raise DirectoryLookupError(problems)
    return {name: found[name][0] for name in wanted}


def _find_users(
    client: GraphClient, field: str, names: Sequence[str]
) -> dict[str, list[DirectoryUser]]:
    items = _where_in(client, "/users", field, names, select=_USER_FIELDS, needs="User.Read.All")
    return _by_name(names, ((item[field], _user(item)) for item in items))


def _find_groups(
    client: GraphClient, field: str, names: Sequence[str]
) -> dict[str, list[DirectoryGroup]]:
    items = _where_in(client, "/groups", field, names, select=_GROUP_FIELDS, needs="Group.Read.All")
    return _by_name(names, ((item[field], _group(item)) for item in items))


def _where_in(
    client: GraphClient, path: str, field: str, names: Sequence[str], *, select: str, needs: str
) -> Iterator[Json]:
    remaining = iter(names)
    while chunk := list(islice(remaining, _IN_CLAUSE_MAX)):
        # OData doubles a quote inside a literal; the client percent-encodes the rest (`#EXT#`).
        literals = ",".join("'" + name.replace("'", "''") + "'" for name in chunk)
        query = {"$filter": f"{field} in ({literals})", "$select": select, "$top": str(_PAGE)}
        yield from client.pages(path, query, needs=needs)


def _by_name(names: Sequence[str], found: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    by_folded: defaultdict[str, list[T]] = defaultdict(list)
    for key, value in found:
        by_folded[key.casefold()].append(value)
    return {name: by_folded[name.casefold()] for name in names if name.casefold() in by_folded}


def _user(item: Json) -> DirectoryUser:
    return DirectoryUser(
        object_id=item["id"],
        user_principal_name=item["userPrincipalName"],
        display_name=item.get("displayName") or item["userPrincipalName"],
        mail=item.get("mail"),
        user_type=item.get("userType"),
    )


def _group(item: Json) -> DirectoryGroup:
    return DirectoryGroup(
        object_id=item["id"],
        display_name=item["displayName"],
        security_enabled=bool(item.get("securityEnabled")),
    )


def _problem(kind: str, name: str, found: Sequence[str], *, asked_for: str) -> str | None:
    if not found:
        return f"{kind} {name!r} is not in the directory; give {asked_for} of this tenant."
    if len(found) > 1:
        return (
            f"{kind} {name!r} is {len(found)} in the directory ({', '.join(sorted(found))}); "
            "give the object id of the one that is meant."
        )
    return None


def _same_user_twice(resolved: dict[str, DirectoryUser]) -> list[str]:
    names_by_id: defaultdict[str, list[str]] = defaultdict(list)
    for name, user in resolved.items():
        names_by_id[user.object_id].append(name)
    return [
        f"Users {' and '.join(repr(name) for name in names)} are the same user, "
        f"{resolved[names[0]].user_principal_name}; name it once."
        for names in names_by_id.values()
        if len(names) > 1
    ]
