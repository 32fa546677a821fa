"""Who is meant by a name, and what is told when that is not clear."""

from __future__ import annotations

import pytest

from graph.directory import DirectoryLookupError, resolve_groups, resolve_users
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
        user = resolve_users(client, [name])[name]

    assert user.object_id == object_id


def test_a_guest_is_known_as_one(graph: FakeGraph) -> None:
    with graph.client() as client:
        user = resolve_users(client, ["dave@partner.example"])["dave@partner.example"]

    assert (user.user_type, user.mail) == ("Guest", "dave@partner.example")


def test_a_quote_in_a_name_stays_in_the_name(graph: FakeGraph) -> None:
    graph.add_user("o'hara", NOBODY)

    with graph.client() as client:
        assert resolve_users(client, ["o'hara@contoso.example"])


def test_a_upn_goes_before_the_same_mail_of_another_user(graph: FakeGraph) -> None:
    graph.add_user("other", NOBODY, mail="alice@contoso.example")

    with graph.client() as client:
        users = resolve_users(client, ["alice@contoso.example"])

    assert users["alice@contoso.example"].object_id == ALICE


def test_every_unclear_name_is_in_one_error(graph: FakeGraph) -> None:
    graph.add_user("x", NOBODY, mail="shared@contoso.example")
    graph.add_user("y", NOBODY[:-1] + "d", mail="shared@contoso.example")

    with graph.client() as client, pytest.raises(DirectoryLookupError) as caught:
        resolve_users(
            client,
            ["alice@contoso.example", "who@contoso.example", "shared@contoso.example", ALICE],
        )

    assert caught.value.problems == [
        "User 'who@contoso.example' is not in the directory; give an object id, user principal "
        "name or mail address of this tenant.",
        "User 'shared@contoso.example' is 2 in the directory (x@contoso.example, "
        "y@contoso.example); give the object id of the one that is meant.",
        f"Users 'alice@contoso.example' and '{ALICE}' are the same user, alice@contoso.example; "
        "name it once.",
    ]


def test_many_users_take_few_requests() -> None:
    graph = FakeGraph(page_size=4)
    names = [f"user{n}@contoso.example" for n in range(40)]
    for n in range(40):
        graph.add_user(f"user{n}", f"aaaaaaaa-0000-4000-8000-0000000000{n:02d}")

    with graph.client() as client:
        assert list(resolve_users(client, names)) == names

    # Fifteen a filter, four a page: 4 + 4 + 3.
    assert len(graph.asked) == 11


def test_nobody_asked_for_is_nothing_asked(graph: FakeGraph) -> None:
    with graph.client() as client:
        assert resolve_users(client, []) == {}
        assert resolve_groups(client, []) == {}
    assert graph.asked == []


def test_a_group_is_found_by_display_name_or_object_id(graph: FakeGraph) -> None:
    with graph.client() as client:
        groups = resolve_groups(client, ["team a", NOBODY])

    assert groups["team a"].object_id == ALICE
    assert not groups[NOBODY].security_enabled


def test_every_unclear_group_is_in_one_error(graph: FakeGraph) -> None:
    with graph.client() as client, pytest.raises(DirectoryLookupError) as caught:
        resolve_groups(client, ["twins", "nobodies"])

    assert caught.value.problems == [
        f"Group 'twins' is 2 in the directory (Twins ({NOBODY}), twins ({GUEST})); give the object "
        "id of the one that is meant.",
        "Group 'nobodies' is not in the directory; give an object id or display name of this "
        "tenant.",
    ]
