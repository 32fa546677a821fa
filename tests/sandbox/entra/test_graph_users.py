"""Users are made, changed, deleted and restored; deltas tell what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.entra import Entra
from tests.sandbox.entra.conftest import Clock
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import LoginApplication

NEW = {
    "accountEnabled": True,
    "displayName": "Nina New",
    "mailNickname": "nina",
    "userPrincipalName": "nina@contoso.example",
    "passwordProfile": {"password": "correct horse"},
}


@pytest.fixture
def writer(graph_as: Any) -> DirectoryClient:
    return graph_as("User.ReadWrite.All", "Directory.Read.All")


def test_a_user_is_made_with_values_and_never_shows_its_password(
    writer: DirectoryClient, app: LoginApplication
) -> None:
    name = app.register_extension("picture")
    made = writer.post("/users", {**NEW, name: "x", "department": "IT"})
    assert "correct horse" not in str(made)
    path = f"/users/{made['id']}"
    assert writer.get(path, select=f"department,{name}")[name] == "x"
    assert writer.get("/users/nina@contoso.example")["id"] == made["id"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"displayName": None}, "A value is required for property 'displayName'"),
        ({"passwordProfile": None}, "A value is required for property 'passwordProfile'"),
        ({"passwordProfile": {"password": "short"}}, "password complexity"),
        ({"userPrincipalName": "nina@fabrikam.example"}, "domain portion"),
        ({"userPrincipalName": "BOB@contoso.example"}, "Another object with the same value"),
        ({"nonsense": 1}, "Invalid property 'nonsense'"),
    ],
)
def test_a_user_that_cannot_be_is_refused(
    writer: DirectoryClient, change: dict[str, Any], message: str
) -> None:
    error = writer.refused(400, "POST", "/users", {**NEW, **change})
    assert error["code"] == "Request_BadRequest"
    assert message in error["message"]


def test_a_deleted_user_frees_its_name_and_comes_back_with_its_groups(
    writer: DirectoryClient, graph: DirectoryClient, entra: Entra
) -> None:
    bob = entra.people[1].object_id
    members = f"/groups/{graph.group_id('team-a-developers')}/members"
    writer.delete(f"/users/{bob}")
    writer.refused(404, "GET", f"/users/{bob}")
    assert bob not in [item["id"] for item in graph.items(members)]
    [deleted] = writer.items("/directory/deletedItems/microsoft.graph.user")
    prefix = bob.replace("-", "")
    assert deleted["userPrincipalName"] == f"{prefix}bob@contoso.example"
    assert writer.get(f"/directory/deletedItems/{bob}")["@odata.type"] == "#microsoft.graph.user"
    restored = writer.post(f"/directory/deletedItems/{bob}/restore", None, expect=200)
    assert restored["userPrincipalName"] == "bob@contoso.example"
    assert bob in [item["id"] for item in graph.items(members)]
    assert writer.items("/directory/deletedItems/microsoft.graph.user") == []


def test_a_name_that_was_taken_meanwhile_stops_restoring(
    writer: DirectoryClient, entra: Entra
) -> None:
    bob = entra.people[1].object_id
    writer.delete(f"/users/{bob}")
    writer.post("/users", {**NEW, "userPrincipalName": "bob@contoso.example"})
    writer.refused(400, "POST", f"/directory/deletedItems/{bob}/restore")


def test_after_thirty_days_or_on_demand_a_user_is_gone_for_good(
    writer: DirectoryClient, entra: Entra, http: Any, clock: Clock
) -> None:
    bob, carol = entra.people[1].object_id, entra.people[2].object_id
    for user in (bob, carol):
        writer.delete(f"/users/{user}")
    writer.delete(f"/directory/deletedItems/{carol}")
    writer.refused(404, "POST", f"/directory/deletedItems/{carol}/restore")
    clock.ahead = timedelta(days=31)
    later = DirectoryClient.of_deployer(entra, http)
    assert later.items("/directory/deletedItems/microsoft.graph.user") == []


def test_a_reader_of_users_cannot_restore_them(
    writer: DirectoryClient, graph: DirectoryClient, entra: Entra
) -> None:
    bob = entra.people[1].object_id
    writer.delete(f"/users/{bob}")
    graph.refused(403, "POST", f"/directory/deletedItems/{bob}/restore")
    graph.refused(403, "DELETE", f"/directory/deletedItems/{bob}")


def rounds(graph: DirectoryClient, link: str) -> tuple[list[Any], str]:
    page = graph.get(link)
    found = page["value"]
    while following := page.get("@odata.nextLink"):
        page = graph.get(following)
        found += page["value"]
    return found, page["@odata.deltaLink"]


def test_a_delta_tells_everybody_and_then_only_what_changed(
    writer: DirectoryClient, app: LoginApplication, entra: Entra
) -> None:
    name = app.register_extension("picture")
    everybody, link = rounds(writer, f"/users/delta?$select=department,{name}")
    assert len(everybody) == len(entra.people)
    assert rounds(writer, link)[0] == []
    bob, carol = entra.people[1].object_id, entra.people[2].object_id
    writer.patch(f"/users/{bob}", {"department": "IT"})
    writer.patch(f"/users/{bob}", {name: "x"})
    writer.delete(f"/users/{carol}")
    changed, link = rounds(writer, link)
    assert changed == [
        {"department": "IT", "id": bob, name: "x"},
        {"id": carol, "@removed": {"reason": "changed"}},
    ]
    writer.delete(f"/directory/deletedItems/{carol}")
    assert rounds(writer, link)[0] == [{"id": carol, "@removed": {"reason": "deleted"}}]


def test_a_delta_can_begin_now(writer: DirectoryClient, entra: Entra) -> None:
    nobody, link = rounds(writer, "/users/delta?$deltaToken=latest&$select=department")
    assert nobody == []
    writer.patch(f"/users/{entra.people[1].object_id}", {"department": "IT"})
    [changed], _ = rounds(writer, link)
    assert changed["department"] == "IT"


def test_long_deltas_come_in_pages(writer: DirectoryClient, entra: Entra) -> None:
    _, link = rounds(writer, "/users/delta?$deltaToken=latest")
    for number in range(205):
        name = f"user{number}@contoso.example"
        writer.post("/users", {**NEW, "userPrincipalName": name})
    changed, _ = rounds(writer, link)
    assert len({user["id"] for user in changed}) == len(changed) == 205
    everybody, _ = rounds(writer, "/users/delta")
    assert len(everybody) == 205 + len(entra.people)


def test_a_delta_refuses_what_it_cannot_do(writer: DirectoryClient) -> None:
    for option in ("top", "orderby", "search"):
        writer.refused(400, "GET", "/users/delta", **{option: "1"})
    assert writer.refused(410, "GET", "/users/delta", deltatoken="x")["code"] == "syncStateNotFound"
