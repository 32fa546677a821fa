"""What becomes of applications, their extension properties and values when they are deleted."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.entra import Entra
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import LoginApplication

BIN = "/directory/deletedItems"


@pytest.fixture
def bob(entra: Entra) -> str:
    return f"/users/{entra.people[1].object_id}"


def test_values_come_back_with_application_and_service_principal(
    app: LoginApplication, graph: DirectoryClient, bob: str
) -> None:
    """https://learn.microsoft.com/graph/extensibility-overview: "undiscoverable" meanwhile."""
    name = app.register_extension("picture")
    graph.patch(bob, {name: "x"})
    graph.delete(app.path)
    for path in (app.path, app.service_principal_path):
        graph.refused(404, "GET", path)
        graph.get(f"{BIN}/{path.rpartition('/')[2]}")
    assert name not in graph.get(bob, select=name)
    graph.post(f"{BIN}/{app.object_id}/restore", None, expect=200)
    assert name not in graph.get(bob, select=name), "the service principal is still deleted"
    graph.post(f"{BIN}/{app.service_principal_id}/restore", None, expect=200)
    assert graph.get(bob, select=name)[name] == "x"
    assert graph.get(app.path)["deletedDateTime"] is None


def test_a_service_principal_comes_back_only_to_its_application(
    app: LoginApplication, graph: DirectoryClient
) -> None:
    graph.delete(app.path)
    error = graph.refused(400, "POST", f"{BIN}/{app.service_principal_id}/restore")
    assert "backing application" in error["message"]
    refused = graph.refused(400, "POST", "/servicePrincipals", {"appId": app.client_id})
    assert "does not reference a valid application object" in refused["message"]


def test_only_an_owner_restores_with_owned_by(
    app: LoginApplication, graph: DirectoryClient, graph_as: Any
) -> None:
    graph.delete(app.path)
    stranger = graph_as("Application.ReadWrite.OwnedBy")
    stranger.refused(403, "POST", f"{BIN}/{app.object_id}/restore")
    graph.delete(f"{BIN}/{app.object_id}")
    graph.refused(404, "POST", f"{BIN}/{app.object_id}/restore")


def test_values_outlive_their_definition(
    app: LoginApplication, graph: DirectoryClient, bob: str
) -> None:
    name = app.register_extension("picture")
    graph.patch(bob, {name: "x"})
    [definition] = graph.items(f"{app.path}/extensionProperties")
    graph.delete(f"{app.path}/extensionProperties/{definition['id']}")
    assert name not in graph.get(bob, select=name)
    app.register_extension("picture")
    assert graph.get(bob, select=name)[name] == "x"


def register(app: LoginApplication, name: str, data_type: str, **more: Any) -> str:
    body = {"name": name, "dataType": data_type, "targetObjects": ["User"], **more}
    return app.graph.post(f"{app.path}/extensionProperties", body)["name"]


@pytest.mark.parametrize(
    ("data_type", "good", "bad"),
    [
        ("Integer", [0, -(2**31), 2**31 - 1], ["1", 1.5, True, 2**31]),
        ("LargeInteger", [2**63 - 1], [2**63, "1"]),
        ("Boolean", [True, False], ["true", 1]),
        ("DateTime", ["2026-11-24T12:00:00Z"], ["2026-11-24", "noon", 5, "2026-13-01T00:00:00Z"]),
        ("Binary", ["AAEC", "A" * 340], ["not base64", "A" * 348, 5]),
    ],
)
def test_values_have_the_type_of_their_definition(
    app: LoginApplication, graph: DirectoryClient, bob: str,
    data_type: str, good: list[object], bad: list[object],
) -> None:  # fmt: skip
    name = register(app, "value", data_type)
    for value in good:
        graph.patch(bob, {name: value})
        assert graph.get(bob, select=name)[name] == value
    for value in bad:
        graph.refused(400, "PATCH", bob, {name: value})
    assert graph.get(bob, select=name)[name] == good[-1]


def test_a_moment_is_kept_in_utc(app: LoginApplication, graph: DirectoryClient, bob: str) -> None:
    name = register(app, "since", "DateTime")
    graph.patch(bob, {name: "2026-11-24T12:00:00.50+02:00"})
    assert graph.get(bob, select=name)[name] == "2026-11-24T10:00:00.5Z"


def test_a_typed_value_is_filtered_by(
    app: LoginApplication, graph: DirectoryClient, bob: str
) -> None:
    level, active = register(app, "level", "Integer"), register(app, "active", "Boolean")
    graph.patch(bob, {level: 3, active: True})
    assert len(graph.items("/users", filter=f"{level} eq 3 and {active} eq true")) == 1
    assert graph.items("/users", filter=f"{level} eq 4") == []


def test_a_list_of_values_is_kept_as_one(
    app: LoginApplication, graph: DirectoryClient, bob: str
) -> None:
    name = register(app, "tags", "String", isMultiValued=True)
    graph.patch(bob, {name: ["a", "b"]})
    assert graph.get(bob, select=name)[name] == ["a", "b"]
    graph.refused(400, "PATCH", bob, {name: "a"})
    graph.patch(bob, {name: []})
    assert name not in graph.get(bob, select=name)


def test_a_user_has_at_most_a_hundred_values_of_all_applications(
    app: LoginApplication, graph: DirectoryClient, bob: str
) -> None:
    other = LoginApplication.declare(graph)
    names = [register(app, f"value{n}", "String") for n in range(60)]
    names += [register(other, f"value{n}", "String") for n in range(41)]
    graph.patch(bob, dict.fromkeys(names[:100], "x"))
    error = graph.refused(400, "PATCH", bob, {names[100]: "x"})
    assert "at most 100 values" in error["message"]
    graph.patch(bob, {names[0]: None, names[100]: "x"})
    graph.patch(bob, {names[1]: "changed"})


def test_beta_shows_extension_values_without_being_asked(
    app: LoginApplication, graph: DirectoryClient, bob: str
) -> None:
    name = app.register_extension("picture")
    graph.patch(bob, {name: "x"})
    assert graph.get(bob, version="beta")[name] == "x"
    assert name not in graph.get(bob)
