"""The resource of user attributes as Pulumi calls it, and the texts it is called with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi.runtime import rpc

from graph.attribute_text import UserRow, write_text
from graph.pacing import WritePace
from graph.user_attributes import Provider
from tests.unit.graph.fake_graph import FakeGraph

NAMESPACE, PICTURE = "extension_0123_default_namespace", "extension_0123_picture"
NAMES = {"default_namespace": NAMESPACE, "picture": PICTURE}
UNKNOWN = rpc.deserialize_property(rpc.UNKNOWN, True)
"""What a provider is given at preview for a value that is not known yet."""
Users = Mapping[str, Mapping[str, str]]


def text(users: Users) -> str:
    rows = [
        UserRow(user_principal_name=f"{name}@contoso.example", object_id=name, values=values)
        for name, values in users.items()
    ]
    return write_text(sorted(NAMES), rows)


def inputs(users: Users, names: Any = None) -> dict[str, Any]:
    return {
        "__provider": "reference",
        "extension_names": dict(NAMES) if names is None else names,
        "data_types": dict.fromkeys(NAMES, "String"),
        "users": text(users),
    }


def provider_for(graph: FakeGraph) -> Provider:
    provider = Provider()
    provider.use(graph.client(), WritePace(graph.clock))
    return provider


def directory(*names: str) -> FakeGraph:
    graph = FakeGraph()
    for name in names:
        graph.add_user(name, name)
    return graph


def create(provider: Provider, users: Users) -> dict[str, Any]:
    return provider.create(inputs(users)).outs or {}


def update(provider: Provider, outs: dict[str, Any], users: Users) -> dict[str, Any]:
    return provider.update("id", outs, inputs(users)).outs or {}


def refreshed(provider: Provider, outs: dict[str, Any]) -> dict[str, Any]:
    read = provider.read("id", outs)
    assert read.outs is not None
    assert read.inputs is not None
    # The engine compares the next declaration with these.
    assert read.inputs == {
        key: read.outs[key] for key in ("extension_names", "data_types", "users")
    }
    return read.outs
