"""The inputs that would lead to what is live: what refresh writes back.

Pulumi compares new inputs with old ones, so drift shows in the next preview only when a refresh
puts the live values into the old inputs. What was never declared and has its default stays out;
what was declared and is live stays as it was written, so a refresh without drift changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.plugins.protocol import path as paths
from sandbox.plugins.protocol.difference import Comparison, canonical


def live_inputs(
    declared: Mapping[str, Any], live: Mapping[str, Any], rules: Comparison
) -> dict[str, Any]:
    """Return `declared` with every value that differs live replaced by the live one."""
    return _members((), declared, live, rules)


def _members(
    path: paths.Path, declared: Mapping[str, Any], live: Mapping[str, Any], rules: Comparison
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name in [*declared, *(name for name in live if name not in declared)]:
        here = (*path, name)
        before, now = declared.get(name), live.get(name)
        if rules.is_default(here, now):
            if name in declared and rules.is_default(here, before):
                merged[name] = before
            continue
        value = _value(here, before, now, rules)
        if name in declared or not rules.is_default(here, value):
            merged[name] = value
    return merged


def _value(path: paths.Path, declared: Any, live: Any, rules: Comparison) -> Any:
    if isinstance(live, Mapping):
        before = declared if isinstance(declared, Mapping) else {}
        return _members(path, before, live, rules)
    if isinstance(live, list):
        before = declared if isinstance(declared, list) else []
        return _items(path, before, live, rules)
    return live


def _items(path: paths.Path, declared: list[Any], live: list[Any], rules: Comparison) -> list[Any]:
    if rules.is_set(path):
        return _set_items(path, declared, live, rules)
    items: list[Any] = []
    for index, now in enumerate(live):
        here = (*path, index)
        before = declared[index] if index < len(declared) else None
        same = rules.essence(here, before) == rules.essence(here, now)
        items.append(before if same else _value(here, before, now, rules))
    return items


def _set_items(
    path: paths.Path, declared: list[Any], live: list[Any], rules: Comparison
) -> list[Any]:
    """Keep the declared items that are live, in their order; then come the others."""
    remaining = rules.essence(path, live)
    kept: list[Any] = []
    for index, item in enumerate(declared):
        wanted = canonical(rules.essence((*path, index), item))
        for position, essence in enumerate(remaining):
            if canonical(essence) == wanted:
                del remaining[position]
                kept.append(item)
                break
    return kept + remaining
