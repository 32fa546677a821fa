"""What users hold now, read in as few requests as it takes.

Many users are read by pages of the whole tenant, once for all shards that a process works on; few
are asked for by object id, three hundred a request. What has been written since is forgotten, and
asked for again if it is wanted again.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.batch import MAX_ITEMS
from graph.batched_pages import collection, read_pages
from graph.client import GraphClient
from graph.directory import IN_CLAUSE_MAX, PAGE, READS_USERS, any_of
from graph.extension_values import DataType, from_graph
from graph.shards import SHARDS

Values = Mapping[str, Mapping[str, str]]
"""By object id, then by property; who is not there is not in the directory (yet)."""


@dataclass(slots=True)
class _Snapshot:
    taken_at: float
    users: dict[str, Mapping[str, Any]] = field(default_factory=dict)


class LiveValues:
    """The extension values of users; safe to use from several threads."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client
        self._snapshots: dict[tuple[str, ...], _Snapshot] = {}
        self._pages: int | None = None
        self._lock = threading.Lock()

    def read(
        self,
        extension_names: Mapping[str, str],
        data_types: Mapping[str, DataType],
        object_ids: Collection[str],
        *,
        at_most_s_old: float = math.inf,
    ) -> Values:
        """Return live values as text; `extension_names` are Graph's names by property.

        Raises:
            GraphError: the directory could not be asked.
        """
        select = tuple(sorted(set(extension_names.values())))
        found = self._known(select, object_ids, at_most_s_old)
        rest = [object_id for object_id in object_ids if object_id not in found]
        found |= self._by_id(select, rest)
        return {
            object_id: {
                name: text
                for name, extension_name in extension_names.items()
                if (text := from_graph(data_types[name], user.get(extension_name)))
            }
            for object_id, user in found.items()
        }

    def forget(self, object_ids: Collection[str]) -> None:
        """Look again at these users when they are wanted again: they have been written."""
        with self._lock:
            for snapshot in self._snapshots.values():
                for object_id in object_ids:
                    snapshot.users.pop(object_id, None)

    def _known(
        self, select: tuple[str, ...], object_ids: Collection[str], at_most_s_old: float
    ) -> dict[str, Mapping[str, Any]]:
        # Whoever comes while the pages are being read waits for them.
        with self._lock:
            snapshot = self._snapshots.get(select)
            if snapshot is None and self._pages_are_fewer(len(object_ids)):
                snapshot = self._snapshots[select] = self._by_page(select)
            if snapshot is None or self._client.clock.now() - snapshot.taken_at > at_most_s_old:
                return {}
            users = snapshot.users
            return {object_id: users[object_id] for object_id in object_ids if object_id in users}

    def _pages_are_fewer(self, users: int) -> bool:
        # The other shards have about as many users, for they are spread by hash.
        if users <= IN_CLAUSE_MAX:
            return False
        if self._pages is None:
            self._pages = math.ceil(self._client.count("/users", needs=READS_USERS) / PAGE)
        return self._pages <= SHARDS * math.ceil(users / (MAX_ITEMS * IN_CLAUSE_MAX))

    def _by_page(self, select: tuple[str, ...]) -> _Snapshot:
        snapshot = _Snapshot(taken_at=self._client.clock.now())
        query = {"$select": ",".join(("id", *select)), "$top": str(PAGE)}
        for user in self._client.pages("/users", query, needs=READS_USERS):
            snapshot.users[user["id"]] = user
        return snapshot

    def _by_id(
        self, select: tuple[str, ...], object_ids: Iterable[str]
    ) -> dict[str, Mapping[str, Any]]:
        ids, fields = list(object_ids), ",".join(("id", *select))
        asked = {
            ids[start]: collection(
                "/users",
                needs=READS_USERS,
                filter=any_of("id", ids[start : start + IN_CLAUSE_MAX]),
                select=fields,
            )
            for start in range(0, len(ids), IN_CLAUSE_MAX)
        }
        return {user["id"]: user for _, user in read_pages(self._client, asked)}
