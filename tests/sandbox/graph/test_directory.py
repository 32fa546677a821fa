"""Names against the emulated directory, whose filters are Graph's."""

from __future__ import annotations

import pytest

from graph.directory import DirectoryLookupError, resolve_groups, resolve_users
from tests.sandbox.graph.conftest import Directory


def test_people_are_found_by_upn_mail_or_object_id(directory: Directory) -> None:
    bob = directory.object_id("bob")
    guest = "dave_partner.example#EXT#@contoso.example"

    users = resolve_users(directory.client, ["Alice@contoso.example", bob, "dave@partner.example"])

    assert users["Alice@contoso.example"].display_name == "Alice Admin"
    assert users[bob].user_principal_name == "bob@contoso.example"
    assert users["dave@partner.example"].user_principal_name == guest
    assert users["dave@partner.example"].user_type == "Guest"
    assert resolve_users(directory.client, [guest])[guest] == users["dave@partner.example"]


def test_groups_are_found_by_display_name_or_object_id(directory: Directory) -> None:
    admins = resolve_groups(directory.client, ["platform-admins"])["platform-admins"]

    assert admins.security_enabled
    assert resolve_groups(directory.client, [admins.object_id])[admins.object_id] == admins


def test_everyone_who_is_unknown_is_in_one_error(directory: Directory) -> None:
    with pytest.raises(DirectoryLookupError) as caught:
        resolve_users(directory.client, ["alice@contoso.example", "x@contoso.example", "o'hara@y"])

    assert [problem.split(" is ")[0] for problem in caught.value.problems] == [
        "User 'x@contoso.example'",
        'User "o\'hara@y"',
    ]
