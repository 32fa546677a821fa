"""Users and groups of the directory as this program knows them, and groups by their names.

Read-only, so that a preview with a read-only identity can name who is meant.
A user's object id stays; its UPN and mail change hands. So names are resolved on every run, and
only object ids are kept. Users and members are found in `directory_users`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.batched_pages import Collection, collection, read_pages
from graph.client import GraphClient, Json

IN_CLAUSE_MAX = 15
"""Graph refuses a filter with more: "Too many child clauses specified … Max allowed: 15"."""
PAGE = 999
"""The largest page of users and members: https://learn.microsoft.com/graph/api/user-list"""
READS_USERS = "User.Read.All"
READS_GROUPS = "Group.Read.All (or GroupMember.Read.All)"
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_USER_FIELDS = ("id", "userPrincipalName", "mail")
_GROUP_FIELDS = "id,displayName,securityEnabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryUser:
    """A member or guest of the tenant."""

    object_id: str
    user_principal_name: str
    mail: str | None = None
    selected: Mapping[str, Any] = field(default_factory=dict)
    """Everything that was asked for, by Graph's names; extension values are absent without one."""

    @classmethod
    def parse(cls, item: Json) -> DirectoryUser:
        """Read a user that was selected with `user_fields`."""
        return cls(
            object_id=item["id"],
            user_principal_name=item["userPrincipalName"],
            mail=item.get("mail"),
            selected=item,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryGroup:
    """A group of the tenant; only security-enabled ones come into tokens."""

    object_id: str
    display_name: str
    security_enabled: bool


def user_fields(also: Iterable[str] = ()) -> str:
    """Return what to select of a user: what names it, and `also`, by Graph's names."""
    return ",".join(dict.fromkeys((*_USER_FIELDS, *also)))


def is_object_id(name: str) -> bool:
    """Tell whether a name can only be an object id."""
    return _GUID.fullmatch(name) is not None


def any_of(field_name: str, values: Iterable[str]) -> str:
    """Return a filter: the property is one of at most `IN_CLAUSE_MAX` values."""
    # OData doubles a quote inside a literal.
    literals = ",".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"{field_name} in ({literals})"


def find_groups(client: GraphClient, names: Iterable[str]) -> dict[str, list[DirectoryGroup]]:
    """Return the groups that each name can mean: an object id or a display name.

    A name that means none is in the answer with none.
    Takes the permission Group.Read.All (or GroupMember.Read.All).

    Raises:
        GraphError: the directory could not be asked.
    """
    wanted = list(dict.fromkeys(names))
    collections: dict[str, Collection] = {}
    for field_name, is_id in (("id", True), ("displayName", False)):
        of_kind = [name for name in wanted if is_object_id(name) is is_id]
        for number, chunk in enumerate(_chunks(of_kind)):
            collections[f"{field_name}-{number}"] = collection(
                "/groups",
                needs=READS_GROUPS,
                filter=any_of(field_name, chunk),
                select=_GROUP_FIELDS,
                top=str(PAGE),
            )
    by_name: defaultdict[str, list[DirectoryGroup]] = defaultdict(list)
    for key, item in read_pages(client, collections):
        group = DirectoryGroup(
            object_id=item["id"],
            display_name=item["displayName"],
            security_enabled=bool(item.get("securityEnabled")),
        )
        by_name[item[key.partition("-")[0]].casefold()].append(group)
    return {name: by_name.get(name.casefold(), []) for name in wanted}


def _chunks(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + IN_CLAUSE_MAX] for start in range(0, len(names), IN_CLAUSE_MAX))
