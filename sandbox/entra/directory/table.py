"""Directory objects of one kind, found by object id or by an indexed property.

Graph compares strings without case, and so do the indexes. A tenant has a hundred thousand users:
looking one up by name must not read them all, and most values occur once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from sandbox.entra.directory.changes import Change, Changes
from sandbox.entra.directory.objects import DirectoryObject

T = TypeVar("T", bound=DirectoryObject)
_NAMING = ("appId", "userPrincipalName")


class Table(Generic[T]):
    """Objects in the order in which they were added; `indexed` names properties to index."""

    def __init__(self, *indexed: str, changes: Changes | None = None) -> None:
        self._changes = changes or Changes()
        self._objects: dict[str, T] = {}
        self._indexes: dict[str, dict[str, T | dict[str, T]]] = {name: {} for name in indexed}

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[T]:
        return iter(self._objects.values())

    def starting_at(self, position: int) -> Iterator[T]:
        """Return the objects from the given position on, counted from 0."""
        return itertools.islice(self._objects.values(), position, None)

    def get(self, object_id: str) -> T | None:
        """Return the object with this id; ids are compared without case."""
        return self._objects.get(object_id.casefold())

    def has_index(self, name: str) -> bool:
        """Tell whether `find` can look for this property."""
        return name in self._indexes or name == "id"

    def find(self, name: str, value: str) -> list[T]:
        """Return the objects whose indexed property has this value, compared without case."""
        if name == "id":
            found = self.get(value)
            return [found] if found else []
        entry = self._indexes[name].get(value.casefold())
        if entry is None:
            return []
        return list(entry.values()) if isinstance(entry, dict) else [entry]

    def add(self, item: T) -> None:
        """Add a new object."""
        self._add(item)
        if self._changes.active:
            self._record(item, self._remove, self._add, names=_names(item))

    def remove(self, item: T) -> None:
        """Remove an object that is in the table."""
        self._remove(item)
        if self._changes.active:
            self._record(item, self._add, self._remove)

    def update(self, item: T, changes: Mapping[str, Any]) -> None:
        """Set properties of an object that is in the table."""
        before = {name: item.properties.get(name) for name in changes}
        after = dict(changes)
        self._update(item, after)
        if self._changes.active:
            self._record(
                item,
                lambda item: self._update(item, before),
                lambda item: self._update(item, after),
            )

    def change(self, item: T, names: Iterable[str] = (), **attributes: Any) -> None:
        """Set what an object has beside its properties: owners, credentials, definitions.

        `names` are those of what is new with it, as in `Change.names`.
        """
        before = {name: getattr(item, name) for name in attributes}
        _assign(item, attributes)
        if self._changes.active:
            self._record(
                item,
                lambda item: _assign(item, before),
                lambda item: _assign(item, attributes),
                names=frozenset(name.casefold() for name in names),
            )

    def _record(
        self,
        item: T,
        undo: Callable[[T], None],
        redo: Callable[[T], None],
        names: frozenset[str] = frozenset(),
    ) -> None:
        self._changes.record(
            Change(
                object_id=item.object_id,
                kind=item.odata_type,
                undo=lambda: undo(item),
                redo=lambda: redo(item),
                names=names,
            )
        )

    def _add(self, item: T) -> None:
        self._objects[item.object_id] = item
        self._index(item, self._indexes)

    def _remove(self, item: T) -> None:
        self._unindex(item, self._indexes)
        del self._objects[item.object_id]

    def _update(self, item: T, changes: Mapping[str, Any]) -> None:
        indexed = self._indexes.keys() & changes.keys() if item.object_id in self._objects else ()
        self._unindex(item, indexed)
        item.properties.update(changes)
        self._index(item, indexed)

    def _index(self, item: T, names: Iterable[str]) -> None:
        for name in names:
            index = self._indexes[name]
            value = item.properties.get(name)
            if not isinstance(value, str):
                continue
            entry = index.setdefault(value.casefold(), item)
            if isinstance(entry, dict):
                entry[item.object_id] = item
            elif entry is not item:
                index[value.casefold()] = {entry.object_id: entry, item.object_id: item}

    def _unindex(self, item: T, names: Iterable[str]) -> None:
        for name in names:
            index = self._indexes[name]
            value = item.properties.get(name)
            if not isinstance(value, str):
                continue
            entry = index[value.casefold()]
            if isinstance(entry, dict):
                del entry[item.object_id]
                if entry:
                    continue
            del index[value.casefold()]


def _assign(item: DirectoryObject, attributes: Mapping[str, Any]) -> None:
    for name, value in attributes.items():
        setattr(item, name, value)


def _names(item: DirectoryObject) -> frozenset[str]:
    """The words by which requests may mean an object."""
    known = (item.object_id, *(item.properties.get(name) for name in _NAMING))
    return frozenset(name.casefold() for name in known if isinstance(name, str))
