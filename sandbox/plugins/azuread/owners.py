"""Owners of applications and service principals.

Whoever creates an object is always its first owner in the request, and is removed at the end unless
it is declared: with `Application.ReadWrite.OwnedBy` alone, an undeclared caller thereby loses the
object it has just made. That is the official plugin's behaviour, and worth rehearsing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sandbox.plugins.azuread.graph import Graph

OWNERS_IN_REQUEST: Final = 20


def initial_owners(graph: Graph, declared: Sequence[str]) -> list[str]:
    """Return the first `owners@odata.bind` entries: the caller, then the declared ones."""
    return _all_owners(graph, declared)[:OWNERS_IN_REQUEST]


def bind(graph: Graph, owners: Sequence[str]) -> list[str]:
    """Return owners as references."""
    return [graph.reference(owner) for owner in owners]


def complete_owners(graph: Graph, path: str, declared: Sequence[str]) -> None:
    """Add the owners that did not fit into the request; remove the caller if not declared."""
    for owner in _all_owners(graph, declared)[OWNERS_IN_REQUEST:]:
        _add(graph, path, owner)
    if graph.caller_object_id not in declared:
        graph.delete(f"{path}/owners/{graph.caller_object_id}/$ref")


def live_owners(graph: Graph, path: str) -> list[str]:
    """Return the object ids of the owners of the object at `path`."""
    return [owner["id"] for owner in graph.list(f"{path}/owners")]


def change_owners(graph: Graph, path: str, declared: Sequence[str]) -> None:
    """Make the declared owners the live ones."""
    live = live_owners(graph, path)
    for owner in [owner for owner in declared if owner not in live]:
        _add(graph, path, owner)
    for owner in [owner for owner in live if owner not in declared]:
        graph.delete_if_there(f"{path}/owners/{owner}/$ref")


def _all_owners(graph: Graph, declared: Sequence[str]) -> list[str]:
    caller = graph.caller_object_id
    return [caller, *(owner for owner in declared if owner != caller)]


def _add(graph: Graph, path: str, owner: str) -> None:
    graph.post(f"{path}/owners/$ref", {"@odata.id": graph.reference(owner)})
