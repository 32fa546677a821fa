"""What changed between the old and the new inputs, property by property.

The engine shows exactly the paths that are named here, so a preview says `~ web.redirectUris[0]`
and not `~ web`. Lists that the service treats as sets are compared without order; a property that
only spells out its default is no change. Both as the Terraform schemas behind the official
providers have it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sandbox.plugins.protocol import path as paths
from sandbox.plugins.protocol.values import UNKNOWN


class ChangeKind(Enum):
    """How a property changes."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One changed property; `replaces` when it cannot change in place."""

    path: paths.Path
    kind: ChangeKind
    replaces: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The rules by which the inputs of one kind of resource are compared.

    `sets` are the lists without order, `replace_on` what cannot change in place (everything under
    it included), `defaults` the values that mean the same as leaving the property out. So do None,
    False, "", [] and {}, as in every Terraform schema, unless `empty_is_absent` is false.
    """

    sets: frozenset[paths.Pattern] = frozenset()
    replace_on: frozenset[paths.Pattern] = frozenset()
    defaults: Mapping[paths.Pattern, Any] = field(default_factory=dict)
    empty_is_absent: bool = True

    def is_default(self, path: paths.Path, value: Any) -> bool:
        """Tell whether `value` at `path` means the same as leaving the property out."""
        if value is None:
            return True
        if self.empty_is_absent and (value is False or value in ("", [])):
            return True
        if self.empty_is_absent and isinstance(value, Mapping):
            return all(self.is_default((*path, name), member) for name, member in value.items())
        return any(
            paths.matches(path, wanted) and value == default
            for wanted, default in self.defaults.items()
        )

    def is_set(self, path: paths.Path) -> bool:
        """Tell whether the list at `path` has no order."""
        return any(paths.matches(path, wanted) for wanted in self.sets)

    def essence(self, path: paths.Path, value: Any) -> Any:
        """Return `value` without the members that only spell out a default."""
        if isinstance(value, Mapping):
            return {
                name: self.essence((*path, name), member)
                for name, member in value.items()
                if not self.is_default((*path, name), member)
            }
        if isinstance(value, list):
            return [self.essence((*path, index), item) for index, item in enumerate(value)]
        return value

    def changes(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
        """Return every change from the inputs `old` to the inputs `new`, by path."""
        return self._members((), old, new)

    def _members(
        self, path: paths.Path, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> list[Change]:
        found: list[Change] = []
        for name in sorted({*old, *new}):
            if name.startswith("__"):
                continue
            found += self._values((*path, name), old.get(name), new.get(name))
        return found

    def _values(self, path: paths.Path, old: Any, new: Any) -> list[Change]:
        if old == new or (self.is_default(path, old) and self.is_default(path, new)):
            return []
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            return self._members(path, old, new)
        if isinstance(old, list) and isinstance(new, list):
            if self.is_set(path):
                return self._set_items(path, old, new)
            return self._list_items(path, old, new)
        return [self._change(path, old, new)]

    def _list_items(self, path: paths.Path, old: list[Any], new: list[Any]) -> list[Change]:
        found: list[Change] = []
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            after = new[index] if index < len(new) else None
            if before is None or after is None:
                found.append(self._change((*path, index), before, after))
            else:
                found += self._values((*path, index), before, after)
        return found

    def _set_items(self, path: paths.Path, old: list[Any], new: list[Any]) -> list[Change]:
        before, after = self.essence(path, old), self.essence(path, new)
        gone = _positions_missing_from(before, after)
        added = _positions_missing_from(after, before)
        return [
            self._change((*path, i), old[i] if i in gone else None, new[i] if i in added else None)
            for i in sorted(gone | added)
        ]

    def _change(self, path: paths.Path, old: Any, new: Any) -> Change:
        if old is None:
            kind = ChangeKind.ADD
        elif new is None:
            kind = ChangeKind.DELETE
        else:
            kind = ChangeKind.UPDATE
        return Change(path=path, kind=kind, replaces=paths.is_under(path, self.replace_on))


def _positions_missing_from(these: list[Any], those: list[Any]) -> set[int]:
    others = [canonical(item) for item in those]
    missing: set[int] = set()
    for position, item in enumerate(these):
        text = canonical(item)
        if text in others:
            others.remove(text)
        else:
            missing.add(position)
    return missing


def canonical(value: Any) -> str:
    """Return a text that is equal for values that differ only in the order of their lists."""
    return _text(_ordered(value))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _ordered(member) for name, member in value.items()}
    if isinstance(value, list):
        return sorted((_ordered(item) for item in value), key=_text)
    return repr(value) if value is UNKNOWN else value
