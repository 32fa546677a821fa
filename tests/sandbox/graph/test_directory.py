"""Names and memberships against the emulated directory: who is found, and by how many requests."""

from __future__ import annotations

import math

import pytest

from graph.directory import find_groups
from graph.directory_users import find_people
from graph.errors import GraphError, GraphRequestError
from tests.sandbox.graph.conftest import Directory, DirectoryWithout

GUEST = "dave_partner.example#EXT#@contoso.example"


def requests_of(directory: Directory) -> list[str]:
    """Paths of what was sent to Graph; a batch is one request."""
    return [
        entry.path
        for entry in directory.entra.requests
        if entry.service == "graph" and not entry.in_batch
    ]


def test_people_are_found_by_upn_mail_or_object_id(directory: Directory) -> None:
    bob = directory.object_id("bob")
    names = ["Alice@contoso.example", bob, "dave@partner.example", GUEST, "x@y", "o'hara@y"]

    found = find_people(directory.client, names, also=["displayName", "userType"]).by_name

    assert [[user.selected["displayName"] for user in found[name]] for name in names] == [
        ["Alice Admin"],
        ["Bob Builder"],
        ["Dave Partner"],
        ["Dave Partner"],
        [],
        [],
    ]
    assert found[GUEST][0].selected["userType"] == "Guest"


def test_groups_are_found_by_display_name_or_object_id(directory: Directory) -> None:
    [admins] = find_groups(directory.client, ["platform-admins"])["platform-admins"]

    assert admins.security_enabled
    assert find_groups(directory.client, [admins.object_id])[admins.object_id] == [admins]


@pytest.mark.parametrize(
    ("asked_for", "tenant", "most"),
    [
        (40, 1200, 2),  # three filters of UPNs in one batch, and perhaps one of mails
        (300, 1200, 2),  # twenty filters are one batch
        (1200, 1200, math.ceil(1200 / 999) + 2),  # the whole directory is shorter
        (600, 6000, math.ceil(600 / 300) + 2),  # a tenth of it is not
    ],
)
def test_the_shorter_way_is_taken(
    directory_without: DirectoryWithout, asked_for: int, tenant: int, most: int
) -> None:
    with directory_without(more_people=tenant) as directory:
        names = [f"user{number}@contoso.example" for number in range(asked_for)]
        before = len(requests_of(directory))

        found = find_people(directory.client, names).by_name

        assert all(len(users) == 1 for users in found.values())
        taken = requests_of(directory)[before:]
        assert len(taken) <= most, taken


def test_members_are_read_through_nested_groups_with_what_templates_need(
    directory: Directory,
) -> None:
    tenant = directory.entra.tenant
    [admins] = find_groups(directory.client, ["team-a-admins"])["team-a-admins"]
    [developers] = find_groups(directory.client, ["team-a-developers"])["team-a-developers"]
    [marketing] = find_groups(directory.client, ["marketing"])["marketing"]
    tenant.memberships.add(developers.object_id, marketing.object_id)
    tenant.memberships.add(admins.object_id, developers.object_id)

    members = find_people(
        directory.client,
        (),
        group_ids=[admins.object_id, marketing.object_id],
        also=["mailNickname"],
    ).by_group

    assert [user.selected["mailNickname"] for user in members[marketing.object_id]] == ["erin"]
    assert {user.user_principal_name for user in members[admins.object_id]} == {
        "bob@contoso.example",
        GUEST,
        "erin@contoso.example",
    }


def test_twenty_groups_are_one_request_and_large_ones_are_read_side_by_side(
    directory_without: DirectoryWithout,
) -> None:
    with directory_without(more_people=2500) as directory:
        tenant = directory.entra.tenant
        groups = [group.object_id for group in tenant.groups]
        for group_id in groups:
            for user in tenant.users:
                tenant.memberships.add(group_id, user.object_id)
        before = len(requests_of(directory))

        members = find_people(directory.client, (), group_ids=groups).by_group

        assert {len(found) for found in members.values()} == {len(tenant.users)}
        assert len(requests_of(directory)) - before == math.ceil(len(tenant.users) / 999)


def test_an_identity_that_may_not_read_is_told_what_it_needs(
    directory_without: DirectoryWithout,
) -> None:
    with directory_without("User.Read.All", "Directory.Read.All") as directory:
        [group] = find_groups(directory.client, ["marketing"])["marketing"]
        with pytest.raises(GraphRequestError, match=r"application permission User\.Read\.All"):
            find_people(directory.client, ["alice@contoso.example"])
        with pytest.raises(GraphError, match=r"application permission User\.Read\.All"):
            find_people(directory.client, (), group_ids=[group.object_id])
    with (
        directory_without("Group.Read.All", "Directory.Read.All") as directory,
        pytest.raises(GraphRequestError, match=r"permission Group\.Read\.All"),
    ):
        find_groups(directory.client, ["marketing"])
