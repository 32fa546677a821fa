"""From the engine's steps to what happens to a resource.

A replacement is three steps of one resource, and one change. A refresh shows as steps of its own
(`refresh`), or, in a digest, as an update or deletion of something that the program declares too.
"""

from __future__ import annotations

from typing import cast

from review import kinds
from review.diff import same_content
from review.model import Change, Operation, Resource

_OPERATIONS: dict[str, Operation] = {
    "create": "create",
    "update": "update",
    "replace": "replace",
    "delete": "delete",
    "same": "same",
    "read": "read",
    "import": "import",
    "read-replacement": "replace",
    "import-replacement": "replace",
}
_PARTS_OF_A_REPLACEMENT = {"create-replacement", "delete-replaced", "discard-replaced"}
_NOT_OF_THE_PROGRAM = {"discard", "remove-pending-replace"}


def operation_of(name: str) -> Operation | None:
    """Return what a step does; None for a part of another step, or one that changes nothing.

    A step that is not known is an update: something happens, and it must be seen.
    """
    if name in _PARTS_OF_A_REPLACEMENT or name in _NOT_OF_THE_PROGRAM:
        return None
    return _OPERATIONS.get(name, cast("Operation", "update"))


def in_order(changes: dict[str, Change]) -> tuple[Change, ...]:
    """Return the changes sorted by name: the engine's order differs from run to run."""
    return tuple(changes[urn] for urn in sorted(changes))


def drifted(urn: str, recorded: Resource | None, found: Resource | None) -> Change | None:
    """Return what a refresh has found to be other than recorded; None when nothing is."""
    if recorded is None or kinds.is_component(recorded.type) or kinds.is_provider(recorded.type):
        return None
    if found is None:
        return Change(operation="delete", urn=urn, old=recorded)
    if same_content(recorded, found):
        return None
    return Change(operation="update", urn=urn, old=recorded, new=found)
