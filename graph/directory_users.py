"""Users by the names people use for them and by their groups, in as few requests as possible.

There are two ways to names: to ask for them, fifteen a filter and twenty filters a batch, or to
read the whole directory in pages of 999. For few names the first is shorter, for most of a company
the second; in between the directory is asked how many users it has.
`getByIds` would do for object ids, but takes Directory.Read.All where a list of users takes less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from graph.batch import MAX_ITEMS
from graph.batched_pages import Collection, collection, read_pages
from graph.client import GraphClient
from graph.directory import (
    IN_CLAUSE_MAX,
    PAGE,
    READS_USERS,
    DirectoryUser,
    any_of,
    is_object_id,
    user_fields,
)
from graph.group_members import members_of, user_among

_FEW_REQUESTS = 2
"""So few are not worth the request that asks how many users there are."""
_EVERYBODY = "everybody"

OnProgress = Callable[[int, int], None]
"""Told how many users have been read, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Users by what they were asked for."""

    by_name: Mapping[str, Sequence[DirectoryUser]]
    """Whom each name can mean: nobody, one, or several."""
    by_group: Mapping[str, Sequence[DirectoryUser]]
    """The users in each group, directly or through nested groups, by the group's object id."""


def find_people(
    client: GraphClient,
    names: Iterable[str],
    *,
    group_ids: Iterable[str] = (),
    also: Iterable[str] = (),
    on_progress: OnProgress | None = None,
) -> People:
    """Find the users that `names` can mean and those in groups.

    A name is an object id, a UPN, or a mail address, and the first of these that fits counts: a
    mail address may belong to several users, and a guest's UPN is seldom known. All are compared as
    the directory does, without regard to case. `also` are further properties to select, by Graph's
    names. Members are read while the directory is, in the same batches.
    Takes the permissions User.Read.All and, for groups, GroupMember.Read.All.

    Raises:
        GraphError: the directory could not be asked.
    """
    wanted = list(dict.fromkeys(names))
    fields = user_fields(also)
    collections = {group_id: members_of(group_id, fields) for group_id in group_ids}
    members: dict[str, dict[str, DirectoryUser]] = {group_id: {} for group_id in collections}
    users = _users_to_read(client, wanted)
    if users is not None:
        collections[_EVERYBODY] = collection(
            "/users", needs=READS_USERS, select=fields, top=str(PAGE)
        )
    index = _Index()
    read = 0
    for key, item in read_pages(client, collections):
        if key != _EVERYBODY:
            if member := user_among(key, item):
                members[key][member.object_id] = member
                index.add(member)
            continue
        index.add(DirectoryUser.parse(item))
        read += 1
        if on_progress and users and read % PAGE == 0:
            on_progress(read, users)
    if users is None:
        _ask_for_names(client, wanted, fields, index)
    return People(
        by_name={name: index.users(name) for name in wanted},
        by_group={group_id: list(found.values()) for group_id, found in members.items()},
    )


def _users_to_read(client: GraphClient, names: Sequence[str]) -> int | None:
    """Return how many users the directory has, where reading them all is the shorter way."""
    by_names = _requests_by_names(names)
    if by_names <= _FEW_REQUESTS:
        return None
    users = client.count("/users", needs=READS_USERS)
    return users if ceil(users / PAGE) <= by_names else None


def _requests_by_names(names: Sequence[str]) -> int:
    """How many requests it takes to ask for them, at most."""
    ids = sum(map(is_object_id, names))
    id_filters, name_filters = (ceil(count / IN_CLAUSE_MAX) for count in (ids, len(names) - ids))
    # Who is not found by UPN is asked for once more, by mail.
    return ceil((id_filters + name_filters) / MAX_ITEMS) + ceil(name_filters / MAX_ITEMS)


class _Index:
    """Users by what can name them, without regard to case."""

    def __init__(self) -> None:
        self._unique: dict[str, DirectoryUser] = {}
        self._mail: defaultdict[str, dict[str, DirectoryUser]] = defaultdict(dict)

    def add(self, user: DirectoryUser) -> None:
        self._unique[user.object_id.casefold()] = user
        self._unique[user.user_principal_name.casefold()] = user
        if user.mail:
            self._mail[user.mail.casefold()][user.object_id] = user

    def by_unique_name(self, name: str) -> DirectoryUser | None:
        return self._unique.get(name.casefold())

    def users(self, name: str) -> list[DirectoryUser]:
        if user := self.by_unique_name(name):
            return [user]
        return list(self._mail.get(name.casefold(), {}).values())


def _ask_for_names(client: GraphClient, names: Sequence[str], fields: str, index: _Index) -> None:
    """Add the users to the index whom members have not brought there already.

    A member's mail address decides nothing: others may have the same.
    """
    missing = [name for name in names if not index.by_unique_name(name)]
    ids = [name for name in missing if is_object_id(name)]
    others = [name for name in missing if not is_object_id(name)]
    for user in _where(client, {"id": ids, "userPrincipalName": others}, fields):
        index.add(user)
    mails = [name for name in others if not index.by_unique_name(name)]
    for user in _where(client, {"mail": mails}, fields):
        index.add(user)


def _where(
    client: GraphClient, names: Mapping[str, Sequence[str]], fields: str
) -> Iterator[DirectoryUser]:
    """Give the users whose property is one of the names, by property."""
    collections: dict[str, Collection] = {}
    for field_name, values in names.items():
        for start in range(0, len(values), IN_CLAUSE_MAX):
            chunk = values[start : start + IN_CLAUSE_MAX]
            collections[f"{field_name}-{start}"] = collection(
                "/users",
                needs=READS_USERS,
                filter=any_of(field_name, chunk),
                select=fields,
                top=str(PAGE),
            )
    for _, item in read_pages(client, collections):
        yield DirectoryUser.parse(item)
