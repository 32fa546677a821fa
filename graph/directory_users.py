"""Users by the names people use for them, in as few requests as possible.

There are two ways: to ask for the names, fifteen a filter and twenty filters a batch, or to read
the whole directory in pages of 999. For few names the first is shorter, for most of a company the
second; in between the directory is asked how many users it has.
`getByIds` would do for object ids, but takes Directory.Read.All where a list of users takes less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil

from graph.batch import MAX_ITEMS
from graph.batched_pages import query, read_pages
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

_FEW_REQUESTS = 2
"""So few are not worth the request that asks how many users there are."""

OnProgress = Callable[[int, int], None]
"""Told how many users have been read, and of how many."""


def find_users(
    client: GraphClient,
    names: Iterable[str],
    *,
    also: Iterable[str] = (),
    known: Iterable[DirectoryUser] = (),
    on_progress: OnProgress | None = None,
) -> dict[str, list[DirectoryUser]]:
    """Return the users that each name can mean: an object id, a UPN, or a mail address.

    The first of these that fits counts: a mail address may belong to several users, and a guest's
    UPN is seldom known. All are compared as the directory does, without regard to case.
    A name that means nobody is in the answer with nobody. `also` are further properties to select,
    by Graph's names; `known` are users who have been read with them already.
    Takes the permission User.Read.All.

    Raises:
        GraphError: the directory could not be asked.
    """
    wanted = list(dict.fromkeys(names))
    index = _Index()
    for user in known:
        index.add(user)
    # Others may have the same mail address, so a known user's decides nothing.
    missing = [name for name in wanted if not index.by_unique_name(name)]
    fields = user_fields(also)
    by_names = _requests_by_names(missing)
    if by_names > _FEW_REQUESTS and (
        ceil((count := client.count("/users", needs=READS_USERS)) / PAGE) <= by_names
    ):
        index.add_all(_everybody(client, fields, count, on_progress))
    else:
        ids = [name for name in missing if is_object_id(name)]
        others = [name for name in missing if not is_object_id(name)]
        index.add_all(_where(client, {"id": ids, "userPrincipalName": others}, fields))
        mails = [name for name in others if not index.by_unique_name(name)]
        index.add_all(_where(client, {"mail": mails}, fields))
    return {name: index.users(name) for name in wanted}


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

    def add_all(self, users: Iterable[DirectoryUser]) -> None:
        for user in users:
            self.add(user)

    def by_unique_name(self, name: str) -> DirectoryUser | None:
        return self._unique.get(name.casefold())

    def users(self, name: str) -> list[DirectoryUser]:
        if user := self.by_unique_name(name):
            return [user]
        return list(self._mail.get(name.casefold(), {}).values())


def _requests_by_names(names: Sequence[str]) -> int:
    """How many requests it takes to ask for them, at most."""
    ids = sum(map(is_object_id, names))
    id_filters, name_filters = (ceil(count / IN_CLAUSE_MAX) for count in (ids, len(names) - ids))
    # Who is not found by UPN is asked for once more, by mail.
    return ceil((id_filters + name_filters) / MAX_ITEMS) + ceil(name_filters / MAX_ITEMS)


def _where(
    client: GraphClient, names: Mapping[str, Sequence[str]], fields: str
) -> Iterator[DirectoryUser]:
    """Give the users whose property is one of the names, by property."""
    urls: dict[str, str] = {}
    for field_name, values in names.items():
        for start in range(0, len(values), IN_CLAUSE_MAX):
            chunk = values[start : start + IN_CLAUSE_MAX]
            options = query(filter=any_of(field_name, chunk), select=fields, top=str(PAGE))
            urls[f"{field_name}-{start}"] = f"/users?{options}"
    for _, item in read_pages(client, urls, needs=READS_USERS):
        yield DirectoryUser.parse(item)


def _everybody(
    client: GraphClient, fields: str, count: int, on_progress: OnProgress | None
) -> Iterator[DirectoryUser]:
    options = {"$select": fields, "$top": str(PAGE)}
    for number, item in enumerate(client.pages("/users", options, needs=READS_USERS), start=1):
        if on_progress and number % PAGE == 0:
            on_progress(number, count)
        yield DirectoryUser.parse(item)
