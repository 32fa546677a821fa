"""Groups and who is in them, directly and through other groups."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.entra import Entra
from tests.sandbox.entra.directory_client import DirectoryClient

NEW = {
    "displayName": "on-call",
    "mailEnabled": False,
    "mailNickname": "on-call",
    "securityEnabled": True,
}


@pytest.fixture
def writer(graph_as: Any) -> DirectoryClient:
    return graph_as("Group.ReadWrite.All", "Directory.Read.All")


@pytest.fixture
def group(writer: DirectoryClient) -> str:
    return f"/groups/{writer.post('/groups', NEW)['id']}"


def reference(graph: DirectoryClient, object_id: str) -> dict[str, str]:
    return {"@odata.id": f"{graph.base()}/directoryObjects/{object_id}"}


def ids(items: list[Any]) -> list[str]:
    return [item["id"] for item in items]


def test_a_group_is_made_changed_and_deleted(writer: DirectoryClient, group: str) -> None:
    assert writer.get(group)["securityEnabled"] is True
    writer.patch(group, {"description": "who is called at night"})
    assert writer.get(group)["description"] == "who is called at night"
    writer.delete(group)
    writer.refused(404, "GET", group)


def test_two_groups_may_have_one_name(writer: DirectoryClient, group: str) -> None:
    writer.post("/groups", NEW)
    assert len(writer.items("/groups", filter="displayName eq 'on-call'")) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"displayName": None},
        {"displayName": "x" * 257},
        {"mailNickname": "with blank"},
        {"securityEnabled": False},
        {"mailEnabled": True},
        {"groupTypes": ["Unified"]},
        {"nonsense": 1},
    ],
)
def test_a_group_that_cannot_be_is_refused(writer: DirectoryClient, change: dict[str, Any]) -> None:
    writer.refused(400, "POST", "/groups", {**NEW, **change})


def test_members_join_once_and_leave(writer: DirectoryClient, group: str, entra: Entra) -> None:
    bob = entra.people[1].object_id
    writer.post(f"{group}/members/$ref", reference(writer, bob), expect=204)
    error = writer.refused(400, "POST", f"{group}/members/$ref", reference(writer, bob))
    assert "already exist for the following modified properties: 'members'" in error["message"]
    assert ids(writer.items(f"{group}/members")) == [bob]
    writer.delete(f"{group}/members/{bob}/$ref")
    writer.refused(404, "DELETE", f"{group}/members/{bob}/$ref")
    writer.refused(404, "POST", f"{group}/members/$ref", reference(writer, "nobody"))


def test_many_members_join_at_once(writer: DirectoryClient, group: str, entra: Entra) -> None:
    links = [f"{writer.base()}/directoryObjects/{person.object_id}" for person in entra.people]
    writer.patch(group, {"members@odata.bind": links})
    assert len(writer.items(f"{group}/members")) == len(entra.people)
    assert writer.items(f"{group}/owners") == []


def test_a_group_in_the_recycle_bin_keeps_its_members(
    writer: DirectoryClient, entra: Entra
) -> None:
    developers = writer.group_id("team-a-developers")
    before = ids(writer.items(f"/groups/{developers}/members"))
    writer.delete(f"/groups/{developers}")
    assert ids(writer.items("/directory/deletedItems/microsoft.graph.group")) == [developers]
    writer.post(f"/directory/deletedItems/{developers}/restore", None, expect=200)
    assert ids(writer.items(f"/groups/{developers}/members")) == before


@pytest.fixture
def nested(writer: DirectoryClient, group: str) -> str:
    """The new group with the developers in it."""
    developers = writer.group_id("team-a-developers")
    writer.post(f"{group}/members/$ref", reference(writer, developers), expect=204)
    return group


def test_a_cast_keeps_one_kind_of_members(
    writer: DirectoryClient, nested: str, graph_as: Any
) -> None:
    reader = graph_as("Directory.Read.All")
    path = f"{nested}/transitiveMembers/microsoft.graph.user"
    found = reader.items(path, select="id,userPrincipalName", top="999")
    assert sorted(user["userPrincipalName"] for user in found) == [
        "bob@contoso.example", "dave_partner.example#EXT#@contoso.example",
    ]  # fmt: skip
    [inner] = reader.items(f"{nested}/members/microsoft.graph.group", select="displayName")
    assert inner == {"displayName": "team-a-developers"}
    assert reader.items(f"{nested}/members/microsoft.graph.user") == []


def test_members_of_a_kind_that_the_caller_cannot_read_are_ids(
    nested: str, graph_as: Any, entra: Entra
) -> None:
    path = f"{nested}/transitiveMembers/microsoft.graph.user"
    found = graph_as("Group.Read.All").items(path, select="id,mail")
    assert [user.keys() for user in found] == [{"id"}] * 2


def test_groups_are_found_from_their_members(
    writer: DirectoryClient, nested: str, entra: Entra
) -> None:
    bob = f"/users/{entra.people[1].object_id}"
    developers, outer = writer.group_id("team-a-developers"), nested.rpartition("/")[2]
    assert ids(writer.items(f"{bob}/memberOf")) == [developers]
    assert set(ids(writer.items(f"{bob}/transitiveMemberOf"))) == {developers, outer}
    assert ids(writer.items(f"/groups/{developers}/memberOf")) == [outer]
    body = {"securityEnabledOnly": True}
    answer = writer.post(f"{bob}/getMemberGroups", body, expect=200)
    assert set(answer["value"]) == {developers, outer}
    body = {"groupIds": [outer, "unknown", writer.group_id("marketing")]}
    assert writer.post(f"{bob}/checkMemberGroups", body, expect=200)["value"] == [outer]


def advanced(graph: DirectoryClient, path: str, **query: str) -> Any:
    return graph.http.get(
        f"{graph.base()}{path}",
        params={f"${name}": value for name, value in query.items()},
        headers={"Authorization": f"Bearer {graph.token}", "ConsistencyLevel": "eventual"},
    )


def test_counting_needs_the_advanced_index(writer: DirectoryClient, nested: str) -> None:
    for path in ("/users", "/groups", "/applications", f"{nested}/members"):
        writer.refused(400, "GET", f"{path}/$count")
        assert advanced(writer, f"{path}/$count").text.isdecimal()
    assert advanced(writer, f"{nested}/transitiveMembers/microsoft.graph.user/$count").text == "2"
    error = writer.refused(400, "GET", "/users", count="true")
    assert error["code"] == "Request_UnsupportedQuery"
    page = advanced(writer, "/users", count="true", top="2", filter="startswith(displayName,'D')")
    assert page.json()["@odata.count"] == 1


def test_some_operators_need_the_advanced_index(writer: DirectoryClient) -> None:
    for condition in (
        "endswith(mail,'@partner.example')",
        "userType ne 'Member'",
        "not(startswith(mail,'a') or startswith(mail,'b') or startswith(mail,'c')"
        " or startswith(mail,'e'))",
    ):
        error = writer.refused(400, "GET", "/users", filter=condition)
        assert "ConsistencyLevel:eventual" in error["message"]
        [found] = advanced(writer, "/users", filter=condition, count="true").json()["value"]
        assert found["displayName"] == "Dave Partner"


def test_users_are_sorted_by_name(writer: DirectoryClient) -> None:
    names = [user["displayName"] for user in writer.items("/users", orderby="displayName desc")]
    assert names == sorted(names, reverse=True)
    both = {"orderby": "displayName", "filter": "startswith(mail,'a')"}
    error = writer.refused(400, "GET", "/users", **both)
    assert error["message"] == "Sorting not supported for current query."
    assert advanced(writer, "/users", **both, count="true").status_code == 200


def test_groups_are_searched_by_the_beginnings_of_words(writer: DirectoryClient) -> None:
    search = '"displayName:team dev"'
    assert "ConsistencyLevel" in writer.refused(400, "GET", "/groups", search=search)["message"]
    [found] = advanced(writer, "/groups", search=search).json()["value"]
    assert found["displayName"] == "team-a-developers"
    either = '"displayName:developers" OR "displayName:marketing"'
    assert len(advanced(writer, "/groups", search=either).json()["value"]) == 2
    assert advanced(writer, "/groups", search="team").status_code == 400
