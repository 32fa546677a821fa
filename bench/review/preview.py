"""A preview as `pulumi preview --json` writes it when every user of a company changes."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any, Final

from graph.attribute_text import UserRow, write_text
from graph.shards import SHARDS, shard_of

PROPERTIES: Final = ("default_namespace", "picture")
_PREFIX: Final = "urn:pulumi:bench::entra-eks-sso::"
_KIND: Final = "pulumi-python:dynamic/entra:UserAttributes"


def digest(users: int) -> str:
    """Return the digest: sixteen shards in which each user's default namespace changes."""
    steps = [
        {"op": "update", "urn": new["urn"], "oldState": old, "newState": new}
        for old, new in _shards(users)
    ]
    return json.dumps({"steps": steps, "changeSummary": {"update": len(steps)}})


def events(users: int) -> str:
    """Return the same as the engine's events, a line each."""
    told: list[dict[str, Any]] = [{"preludeEvent": {"config": {}}}]
    shards = list(_shards(users))
    for old, new in shards:
        metadata = {"op": "update", "urn": new["urn"], "old": old, "new": new}
        told += [{kind: {"metadata": metadata}} for kind in ("resourcePreEvent", "resOutputsEvent")]
    changes = {"update": len(shards)}
    told.append({"summaryEvent": {"resourceChanges": changes, "result": "succeeded"}})
    return "\n".join(map(json.dumps, told)) + "\n"


def _shards(users: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    members: dict[int, list[int]] = {}
    for user in range(users):
        members.setdefault(shard_of(str(uuid.UUID(int=user))), []).append(user)
    for shard in range(SHARDS):
        numbers = members.get(shard, [])
        yield _state(shard, _table(numbers, "team-a")), _state(shard, _table(numbers, "team-b"))


def _table(users: list[int], namespace: str) -> str:
    return write_text(
        PROPERTIES,
        [
            UserRow(
                user_principal_name=f"user{user:06d}@contoso.example",
                object_id=str(uuid.UUID(int=user)),
                values={
                    "default_namespace": namespace,
                    "picture": f"https://people.contoso.example/{user}.png",
                },
            )
            for user in users
        ],
    )


def _state(shard: int, table: str) -> dict[str, Any]:
    return {
        "urn": f"{_PREFIX}{_KIND}::users-{shard:02d}",
        "type": _KIND,
        "custom": True,
        "inputs": {"users": table, "extension_names": {}},
        "outputs": {"users": table, "extension_names": {}, "changed_by_others": ""},
    }
