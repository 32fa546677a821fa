"""Users, groups, extension properties and batches of Microsoft Graph over a socket."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.entra import Entra
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import LoginApplication

GUEST_IN_PATH = "dave_partner.example%23EXT%23@contoso.example"


def names(items: list[Any]) -> list[str]:
    return [item["displayName"] for item in items]


def test_users_are_found_by_upn_and_mail_without_regard_to_case(graph: DirectoryClient) -> None:
    found = graph.items(
        "/users", filter="userPrincipalName in ('ALICE@contoso.example','bob@contoso.example')"
    )
    assert sorted(names(found)) == ["Alice Admin", "Bob Builder"]
    [dave] = graph.items("/users", filter="mail in ('dave@partner.example')", select="id,userType")
    assert dave["userType"] == "Guest"


def test_only_selected_properties_are_shown(graph: DirectoryClient) -> None:
    [bob] = graph.items("/users", filter="mail eq 'bob@contoso.example'", select="id,mail")
    assert bob.keys() == {"id", "mail"}


def test_user_type_is_shown_only_when_selected(graph: DirectoryClient, entra: Entra) -> None:
    path = f"/users/{entra.people[1].object_id}"
    assert "userType" not in graph.get(path)
    assert graph.get(path, version="beta")["userType"] == "Member"


def test_a_name_with_an_apostrophe_is_found(graph: DirectoryClient, entra: Entra) -> None:
    graph.patch(f"/users/{entra.people[1].object_id}", {"displayName": "Bob O'Builder"})
    assert len(graph.items("/users", filter="displayName eq 'Bob O''Builder'")) == 1


def test_a_guest_is_addressed_with_an_encoded_hash(graph: DirectoryClient) -> None:
    assert graph.get(f"/users/{GUEST_IN_PATH}")["displayName"] == "Dave Partner"
    assert graph.get(f"/users('{GUEST_IN_PATH}')")["displayName"] == "Dave Partner"


def test_fifteen_values_are_allowed_and_sixteen_are_not(graph: DirectoryClient) -> None:
    for count, status in ((15, 200), (16, 400)):
        values = ",".join(f"'nobody-{number}'" for number in range(count))
        response = graph.request("GET", "/users", filter=f"mail in ({values})")
        assert response.status_code == status
        clauses = " or ".join(f"mail eq 'nobody-{number}'" for number in range(count))
        assert graph.request("GET", "/users", filter=clauses).status_code == status
    assert "Max allowed: 15" in response.json()["error"]["message"]


def test_users_are_counted_as_an_advanced_query_only(graph: DirectoryClient, entra: Entra) -> None:
    counted = graph.request("GET", "/users/$count", consistency_level="eventual")
    refused = graph.request("GET", "/users/$count")
    item = {"id": "1", "method": "GET", "url": "/users/$count"}
    batched = {"requests": [item | {"headers": {"ConsistencyLevel": "eventual"}}]}
    [response] = graph.post("/$batch", batched, expect=200)["responses"]

    assert counted.text == response["body"] == str(len(entra.people))
    assert counted.headers["content-type"].startswith("text/plain")
    assert refused.status_code == 400
    assert "$count is not currently supported" in refused.text


def test_pages_are_followed_by_their_link(graph: DirectoryClient) -> None:
    page = graph.get("/users", top="2", select="displayName")
    seen = names(page["value"])
    while link := page.get("@odata.nextLink"):
        page = graph.get(link)
        assert len(page["value"]) <= 2
        seen += names(page["value"])
    assert sorted(seen) == [
        "Alice Admin", "Bob Builder", "Carol Viewer", "Dave Partner", "Erin Elsewhere",
    ]  # fmt: skip


@pytest.mark.parametrize("top", ["0", "1000", "x"])
def test_a_page_has_at_most_999_users(graph: DirectoryClient, top: str) -> None:
    assert "999" in graph.refused(400, "GET", "/users", top=top)["message"]


def test_an_unknown_user_is_404(graph: DirectoryClient) -> None:
    error = graph.refused(404, "GET", "/users/nobody@contoso.example")
    assert error["code"] == "Request_ResourceNotFound"
    assert "'nobody@contoso.example' does not exist" in error["message"]


def test_a_value_of_an_unregistered_extension_is_refused(
    graph: DirectoryClient, entra: Entra, app: LoginApplication
) -> None:
    name = f"extension_{app.client_id.replace('-', '')}_default_namespace"
    error = graph.refused(400, "PATCH", f"/users/{entra.people[1].object_id}", {name: "x"})
    assert error["code"] == "Request_BadRequest"
    assert error["message"] == f"The following extension properties are not available: {name}."


def test_an_extension_without_service_principal_is_not_available(
    graph: DirectoryClient, entra: Entra
) -> None:
    application = graph.post("/applications", {"displayName": "alone"})
    path = f"/applications/{application['id']}/extensionProperties"
    body = {"name": "default_namespace", "dataType": "String", "targetObjects": ["User"]}
    name = graph.post(path, body)["name"]
    user = f"/users/{entra.people[1].object_id}"
    assert available(graph) == []
    assert "not available" in graph.refused(400, "PATCH", user, {name: "x"})["message"]
    graph.post("/servicePrincipals", {"appId": application["appId"]})
    assert available(graph) == [name]
    graph.patch(user, {name: "x"})


def available(graph: DirectoryClient) -> list[str]:
    path = "/directoryObjects/getAvailableExtensionProperties"
    return [item["name"] for item in graph.post(path, {}, expect=200)["value"]]


def test_an_extension_name_has_the_client_id_without_hyphens(app: LoginApplication) -> None:
    name = app.register_extension("default_namespace")
    assert name == f"extension_{app.client_id.replace('-', '')}_default_namespace"


def test_an_extension_is_registered_once_whatever_the_case(app: LoginApplication) -> None:
    app.register_extension("picture")
    body = {"name": "Picture", "dataType": "String", "targetObjects": ["User"]}
    error = app.graph.refused(400, "POST", f"{app.path}/extensionProperties", body)
    assert error["code"] == "Request_MultipleObjectsWithSameKeyValue"
    assert error["message"].startswith("An extension property exists with the name extension_")


def test_values_are_written_read_on_select_and_taken_away(
    app: LoginApplication, graph: DirectoryClient, entra: Entra
) -> None:
    name = app.register_extension("default_namespace")
    user = f"/users/{entra.people[1].object_id}"
    graph.patch(user, {name: "team-a"})
    assert name not in graph.get(user)
    assert graph.get(user, select=name)[name] == "team-a"
    [found] = graph.items("/users", filter=f"{name} eq 'team-a'", select="id")
    assert found["id"] == entra.people[1].object_id
    graph.patch(user, {name: None})
    assert name not in graph.get(user, select=name)


@pytest.mark.parametrize("value", ["x" * 257, 5, True, ["x"], ""])
def test_a_string_value_has_at_most_256_characters(
    app: LoginApplication, graph: DirectoryClient, entra: Entra, value: object
) -> None:
    name = app.register_extension("picture")
    user = f"/users/{entra.people[1].object_id}"
    graph.refused(400, "PATCH", user, {name: value})
    graph.patch(user, {name: "x" * 256})


def test_a_patch_that_is_refused_changes_nothing(
    app: LoginApplication, graph: DirectoryClient, entra: Entra
) -> None:
    good, user = app.register_extension("picture"), f"/users/{entra.people[1].object_id}"
    graph.refused(400, "PATCH", user, {good: "x", good + "_other": "y", "department": "z"})
    assert graph.get(user, select=f"{good},department").get(good) is None
    assert graph.get(user, select="department")["department"] is None


def test_a_deleted_application_takes_its_extensions_along(
    app: LoginApplication, graph: DirectoryClient, entra: Entra
) -> None:
    name = app.register_extension("picture")
    graph.delete(app.path)
    graph.refused(404, "GET", app.path)
    graph.refused(404, "GET", app.service_principal_path)
    graph.refused(400, "PATCH", f"/users/{entra.people[1].object_id}", {name: "x"})


@pytest.mark.provokes_unknown_calls
def test_a_batch_answers_each_item_on_its_own(
    app: LoginApplication, graph: DirectoryClient, entra: Entra
) -> None:
    name = app.register_extension("picture")
    headers = {"Content-Type": "application/json"}
    requests = [
        {"id": "1", "method": "PATCH", "url": f"/users/{entra.people[1].object_id}",
         "headers": headers, "body": {name: "x"}},
        {"id": "2", "method": "PATCH", "url": "/users/nobody", "headers": headers,
         "body": {name: "x"}},
        {"id": "3", "method": "GET", "url": f"/users/{GUEST_IN_PATH}?$select=id,displayName"},
        {"id": "4", "method": "DELETE", "url": "/devices/x"},
    ]  # fmt: skip
    answer = graph.post("/$batch", {"requests": requests}, expect=200)
    by_id = {response["id"]: response for response in answer["responses"]}
    assert [by_id[number]["status"] for number in "1234"] == [204, 404, 200, 501]
    assert by_id["2"]["body"]["error"]["code"] == "Request_ResourceNotFound"
    assert by_id["3"]["body"]["displayName"] == "Dave Partner"
    assert [r.status for r in entra.requests if r.in_batch] == [204, 404, 200, 501]


def test_a_batch_checks_permissions_of_each_item(graph_as: Any, entra: Entra) -> None:
    reader = graph_as("User.Read.All")
    requests = [
        {"id": "1", "method": "GET", "url": "/users"},
        {"id": "2", "method": "GET", "url": "/groups"},
    ]
    answer = reader.post("/$batch", {"requests": requests}, expect=200)
    assert [response["status"] for response in answer["responses"]] == [200, 403]


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [{"id": str(n), "method": "GET", "url": "/users"} for n in range(21)],
        [{"id": "1", "method": "GET", "url": "/users"}] * 2,
        [{"method": "GET", "url": "/users"}],
        [{"id": "1", "method": "PATCH", "url": "/users/x", "body": {}}],
    ],
)
def test_a_malformed_batch_is_refused_as_a_whole(
    graph: DirectoryClient, requests: list[Any]
) -> None:
    graph.refused(400, "POST", "/$batch", {"requests": requests})


def test_a_batch_item_fails_with_what_it_depends_on(graph: DirectoryClient) -> None:
    requests = [
        {"id": "1", "method": "GET", "url": "/users/nobody"},
        {"id": "2", "method": "GET", "url": "/users", "dependsOn": ["1"]},
    ]
    answer = graph.post("/$batch", {"requests": requests}, expect=200)
    assert [response["status"] for response in answer["responses"]] == [404, 424]


def test_objects_are_found_by_ids_of_any_kind(
    graph: DirectoryClient, entra: Entra, app: LoginApplication
) -> None:
    ids = [entra.people[1].object_id, graph.group_id("marketing"), app.object_id, "unknown"]
    path = "/directoryObjects/getByIds"
    found = graph.post(path, {"ids": ids}, expect=200)["value"]
    assert [item["@odata.type"] for item in found] == [
        "#microsoft.graph.user", "#microsoft.graph.group", "#microsoft.graph.application",
    ]  # fmt: skip
    only = graph.post(path, {"ids": ids, "types": ["group"]}, expect=200)["value"]
    assert names(only) == ["marketing"]


def test_group_members_can_be_filtered_by_id(graph: DirectoryClient, entra: Entra) -> None:
    path = f"/groups/{graph.group_id('team-a-developers')}/members"
    assert sorted(names(graph.items(path))) == ["Bob Builder", "Dave Partner"]
    assert names(graph.items(path, filter=f"id eq '{entra.people[1].object_id}'")) == [
        "Bob Builder"
    ]
    assert graph.items(path, filter=f"id eq '{entra.people[0].object_id}'") == []


def test_nested_groups_show_up_transitively(graph: DirectoryClient, entra: Entra) -> None:
    outer, inner = graph.group_id("marketing"), graph.group_id("team-a-viewers")
    entra.tenant.memberships.add(outer, inner)
    assert sorted(names(graph.items(f"/groups/{outer}/members"))) == [
        "Erin Elsewhere",
        "team-a-viewers",
    ]
    assert sorted(names(graph.items(f"/groups/{outer}/transitiveMembers"))) == [
        "Carol Viewer", "Erin Elsewhere", "team-a-viewers",
    ]  # fmt: skip
    assert names(graph.items(f"/groups/{inner}/memberOf")) == ["marketing"]


def test_nobody_has_a_manager(graph: DirectoryClient, entra: Entra) -> None:
    graph.refused(404, "GET", f"/users/{entra.people[1].object_id}/manager")


def test_members_come_in_pages_too(graph: DirectoryClient) -> None:
    path = f"/groups/{graph.group_id('team-a-developers')}/members"
    first = graph.get(path, top="1")
    second = graph.get(first["@odata.nextLink"])
    assert sorted(names(first["value"] + second["value"])) == ["Bob Builder", "Dave Partner"]
    assert "@odata.nextLink" not in second


def test_a_skip_token_from_elsewhere_is_refused(graph: DirectoryClient) -> None:
    graph.refused(400, "GET", "/users", skiptoken="nonsense")
