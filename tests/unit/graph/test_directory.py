"""Who is meant by a name, and by how many requests that is found out."""

from __future__ import annotations

import pytest

from graph.directory import find_groups
from graph.directory_users import find_people
from graph.errors import GraphError, GraphRequestError
from tests.unit.graph.fake_graph import FakeGraph

ALICE = "aaaaaaaa-0000-4000-8000-00000000000a"
GUEST = "bbbbbbbb-0000-4000-8000-00000000000b"
NOBODY = "cccccccc-0000-4000-8000-00000000000c"


@pytest.fixture
def graph() -> FakeGraph:
    graph = FakeGraph()
    graph.add_user("alice", ALICE)
    graph.add_user(
        "dave",
        GUEST,
        userPrincipalName="dave_partner.example#EXT#@contoso.example",
        mail="dave@partner.example",
        userType="Guest",
    )
    graph.groups = [
        {"id": ALICE, "displayName": "Team A", "securityEnabled": True},
        {"id": GUEST, "displayName": "twins", "securityEnabled": True},
        {"id": NOBODY, "displayName": "Twins", "securityEnabled": False},
    ]
    return graph


@pytest.mark.parametrize(
    ("name", "object_id"),
    [
        ("Alice@Contoso.example", ALICE),
        (ALICE.upper(), ALICE),
        ("dave@partner.example", GUEST),
        ("dave_partner.example#EXT#@contoso.example", GUEST),
    ],
)
def test_a_user_is_found_by_upn_mail_or_object_id(
    graph: FakeGraph, name: str, object_id: str
) -> None:
    with graph.client() as client:
        [user] = find_people(client, [name]).by_name[name]

    assert user.object_id == object_id


def test_a_quote_in_a_name_stays_in_the_name(graph: FakeGraph) -> None:
    graph.add_user("o'hara", NOBODY)

    with graph.client() as client:
        [user] = find_people(client, ["o'hara@contoso.example"]).by_name["o'hara@contoso.example"]

    assert user.object_id == NOBODY


def test_a_upn_goes_before_the_same_mail_of_another_user(graph: FakeGraph) -> None:
    graph.add_user("other", NOBODY, mail="alice@contoso.example")

    with graph.client() as client:
        [user] = find_people(client, ["alice@contoso.example"]).by_name["alice@contoso.example"]

    assert user.object_id == ALICE


def test_a_name_of_nobody_and_of_several_is_told_as_it_is(graph: FakeGraph) -> None:
    graph.add_user("x", NOBODY, mail="shared@contoso.example")
    graph.add_user("y", NOBODY[:-1] + "d", mail="Shared@contoso.example")

    with graph.client() as client:
        found = find_people(client, ["who@contoso.example", "shared@contoso.example"]).by_name

    assert found["who@contoso.example"] == []
    assert len(found["shared@contoso.example"]) == 2


def test_a_member_who_was_read_already_is_not_asked_for_again(graph: FakeGraph) -> None:
    graph.members[NOBODY] = [{"@odata.type": "#microsoft.graph.user", **graph.users[ALICE]}]

    with graph.client() as client:
        people = find_people(client, ["alice@contoso.example", ALICE], group_ids=[NOBODY])

    assert [len(users) for users in people.by_name.values()] == [1, 1]
    assert graph.asked == ["POST /$batch", f"GET /groups/{NOBODY}/transitiveMembers"]


def test_the_mail_of_a_known_user_may_be_somebody_elses_too(graph: FakeGraph) -> None:
    graph.add_user("other", NOBODY, mail="dave@partner.example")
    graph.members[NOBODY] = [{"@odata.type": "#microsoft.graph.user", **graph.users[GUEST]}]

    with graph.client() as client:
        people = find_people(client, ["dave@partner.example"], group_ids=[NOBODY])

    assert {user.object_id for user in people.by_name["dave@partner.example"]} == {GUEST, NOBODY}


def test_nobody_asked_for_is_nothing_asked(graph: FakeGraph) -> None:
    with graph.client() as client:
        assert find_people(client, []).by_name == {}
        assert find_groups(client, []) == {}
        assert find_people(client, (), group_ids=[]).by_group == {}
    assert graph.asked == []


def test_a_missing_permission_is_named(graph: FakeGraph) -> None:
    graph.fail("GET /users", 403)

    with graph.client() as client, pytest.raises(GraphRequestError) as caught:
        find_people(client, ["alice@contoso.example"])

    assert str(caught.value) == (
        "Microsoft Graph refused GET /users: 403 Code403: No (request-id r-1). Give the identity "
        "that runs Pulumi the application permission User.Read.All, with admin consent. A "
        "permission granted less than an hour ago takes effect with the next token: run the "
        "command again."
    )


def test_a_group_is_found_by_display_name_or_object_id(graph: FakeGraph) -> None:
    with graph.client() as client:
        groups = find_groups(client, ["team a", NOBODY, "twins", "nobodies"])

    assert [group.object_id for group in groups["team a"]] == [ALICE]
    assert [group.security_enabled for group in groups[NOBODY]] == [False]
    assert len(groups["twins"]) == 2
    assert groups["nobodies"] == []


def test_members_that_are_no_users_are_left_out(graph: FakeGraph) -> None:
    graph.members[NOBODY] = [
        {"@odata.type": "#microsoft.graph.group", "id": GUEST, "displayName": "nested"},
        {"@odata.type": "#microsoft.graph.user", **graph.users[ALICE]},
    ]

    with graph.client() as client:
        members = find_people(client, (), group_ids=[NOBODY]).by_group

    assert [user.object_id for user in members[NOBODY]] == [ALICE]


def test_members_shown_by_their_id_alone_are_a_missing_permission(graph: FakeGraph) -> None:
    graph.members[NOBODY] = [
        {"@odata.type": "#microsoft.graph.user", "id": ALICE, "userPrincipalName": None}
    ]

    with graph.client() as client, pytest.raises(GraphError, match=r"permission User\.Read\.All"):
        find_people(client, (), group_ids=[NOBODY])


def test_a_next_page_elsewhere_is_not_followed(graph: FakeGraph) -> None:
    with graph.client() as client:
        graph.page_size = 1
        link = client.base_url.replace("https://", "https://not.")
        client_answer = graph.answer

        def answer(method, path, query, body):
            response = client_answer(method, path, query, body)
            if b"nextLink" in response.content:
                changed = response.json() | {"@odata.nextLink": f"{link}users?$skiptoken=1"}
                return type(response)(200, json=changed)
            return response

        graph.answer = answer
        with pytest.raises(GraphError, match="cannot be followed"):
            find_people(client, ["alice@contoso.example", "dave@partner.example", ALICE, GUEST])
