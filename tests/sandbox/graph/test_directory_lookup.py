"""What a preview finds out before anything is declared, and by how many requests."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pulumi
import pytest

from attributes.places import Place
from attributes.properties import Property
from attributes.sources import GroupRule, UserEntry, UserSources
from attributes.templates import Template
from components import directory_lookup
from components.directory_lookup import DirectoryLookupFailedError, look_up_directory
from graph import extension_property
from sandbox.entra.microsoft_graph import APP_ROLE_IDS
from tests.sandbox.graph.conftest import Directory, DirectoryWithout

PROPERTIES = {
    "default_namespace": Property(name="default_namespace"),
    "badge": Property(name="badge", data_type="Integer"),
}
APPLICATION = "portal and kubectl"


def entry(name: str, line: int, **values: str) -> UserEntry:
    return UserEntry(name=name, values=values, place=Place("people.csv", line))


def rule(number: int, group: str, value: str) -> GroupRule:
    return GroupRule(
        group=group,
        values={"default_namespace": Template.parse(value)},
        place=Place(f"userAttributes.rules[{number}]"),
    )


def look_up(
    directory: Directory,
    entries: Iterable[UserEntry] = (),
    rules: Iterable[GroupRule] = (),
    groups: Iterable[str] = (),
    application: str = APPLICATION,
) -> directory_lookup.Directory:
    return look_up_directory(
        directory.tenant_id,
        directory.cloud,
        application_name=application,
        sources=UserSources(properties=PROPERTIES, entries=tuple(entries), rules=tuple(rules)),
        access_groups=groups,
    )


def requests_of(directory: Directory) -> list[str]:
    return [
        f"{entry.method} {entry.path}"
        for entry in directory.entra.requests
        if entry.service == "graph" and not entry.in_batch
    ]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the CLI is told while the program runs."""
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", lambda message, **_: told.append(message))
    return told


def register(directory: Directory) -> None:
    directory.add_service_principal()
    provider = directory.configured(extension_property.Provider())
    for declared in PROPERTIES.values():
        provider.create(
            {
                "application_object_id": directory.application_object_id,
                "property_name": declared.name,
                "data_type": declared.data_type,
                "target_objects": ["User"],
            }
        )


def set_live(directory: Directory, name: str, **values: object) -> None:
    user = directory.entra.tenant.user_called(f"{name}@contoso.example")
    assert user
    for property_name, value in values.items():
        user.extension_values[directory.extension_name(property_name)] = value


def test_everything_unclear_is_in_one_error_with_its_place(directory: Directory) -> None:
    bob = directory.object_id("bob")

    with pytest.raises(DirectoryLookupFailedError) as caught:
        look_up(
            directory,
            entries=[
                entry("ghost@contoso.example", 2, default_namespace="x"),
                entry("bob@contoso.example", 3, default_namespace="x"),
                entry(bob, 4, default_namespace="x"),
            ],
            rules=[rule(0, "nobodies", "x"), rule(1, "marketing", "{department}")],
            groups=["platform-admins", "ghosts"],
        )

    assert str(caught.value) == (
        "Users and groups: 5 problems; nothing has been changed:\n"
        "  Group 'ghosts' is not in the directory; give an object id or display name of this "
        "tenant.\n"
        "  userAttributes.rules[0].group: Group 'nobodies' is not in the directory; give an object "
        "id or display name of this tenant.\n"
        "  people.csv:2: 'ghost@contoso.example' is not in the directory; give an object id, user "
        "principal name or mail address of this tenant\n"
        f"  people.csv:4: '{bob}' is bob@contoso.example, which is given at people.csv:3 as "
        "'bob@contoso.example'; give each user in one place\n"
        "  userAttributes.rules[1]: default_namespace takes {department}, which "
        "erin@contoso.example does not have in the directory; set it there, or give a value of "
        "their own"
    )


def test_values_come_from_entries_and_nested_groups(directory: Directory) -> None:
    tenant = directory.entra.tenant
    [marketing] = tenant.groups.find("displayName", "marketing")
    [viewers] = tenant.groups.find("displayName", "team-a-viewers")
    tenant.memberships.add(viewers.object_id, marketing.object_id)

    found = look_up(
        directory,
        entries=[entry("dave@partner.example", 2, badge="1")],
        rules=[rule(0, "team-a-viewers", "{mail_nickname}-dev")],
        groups=["platform-admins"],
    )

    assert {user.person.user_principal_name: user.values for user in found.users} == {
        "carol@contoso.example": {"default_namespace": "carol-dev"},
        "erin@contoso.example": {"default_namespace": "erin-dev"},
        "dave_partner.example#EXT#@contoso.example": {"badge": "1"},
    }
    assert found.group_ids.keys() == {"platform-admins"}


def test_values_that_are_going_to_be_overwritten_are_told(
    directory: Directory, told: list[str]
) -> None:
    register(directory)
    set_live(directory, "bob", default_namespace="by-hand", badge=7)
    set_live(directory, "carol", default_namespace="carol-dev")
    told.clear()

    look_up(
        directory,
        entries=[entry("bob@contoso.example", 2, default_namespace="team-a", badge="8")],
        rules=[rule(0, "team-a-viewers", "{mail_nickname}-dev")],
    )

    assert told == [
        "2 values differ in the directory from what is declared; `pulumi up` overwrites them with "
        "the lines of their users below. Where a user has no line below, the value was changed "
        "since the last run, and `pulumi up --refresh` puts it back.\n"
        "  bob@contoso.example  badge              '7' -> '8'             (people.csv:2)\n"
        "  bob@contoso.example  default_namespace  'by-hand' -> 'team-a'  (people.csv:2)"
    ]


def test_nothing_is_told_where_nothing_differs_or_nothing_is_there(
    directory: Directory, told: list[str]
) -> None:
    look_up(directory, entries=[entry("bob@contoso.example", 2, default_namespace="team-a")])
    register(directory)
    set_live(directory, "bob", default_namespace="team-a")
    told.clear()

    look_up(directory, entries=[entry("bob@contoso.example", 2, default_namespace="team-a")])

    assert told == []


def test_a_comparison_that_is_not_possible_is_no_error_and_is_told(
    directory_without: DirectoryWithout, told: list[str]
) -> None:
    with directory_without("Directory.Read.All") as directory:
        look_up(directory, entries=[entry("bob@contoso.example", 2, default_namespace="x")])

    (message,) = told
    assert message.startswith("What users hold now is not compared with what is declared: ")
    assert "Give the identity that runs Pulumi the application permission Directory.Read.All" in (
        message
    )


def test_applications_of_one_name_cannot_be_told_apart(
    directory: Directory, told: list[str]
) -> None:
    register(directory)
    twin = directory.client.post("/applications", {"displayName": APPLICATION})
    directory.client.post("/servicePrincipals", {"appId": twin["appId"]})
    directory.client.post(
        f"/applications/{twin['id']}/extensionProperties",
        {"name": "badge", "dataType": "Integer", "targetObjects": ["User"]},
    )
    told.clear()

    look_up(directory, entries=[entry("bob@contoso.example", 2, default_namespace="x")])

    assert told == [
        "What users hold now is not compared with what is declared: 2 applications are called "
        "'portal and kubectl'."
    ]


READING = ("Directory.Read.All", "Group.Read.All", "User.Read.All")
A_FEW = 5
"""The groups, the extension properties, how many users there are, and names asked for by mail."""


@pytest.mark.parametrize("crowd", [0, 40, 10_000])
def test_a_preview_takes_few_requests_for_however_many_users(
    directory_without: DirectoryWithout, crowd: int
) -> None:
    with directory_without(more_people=crowd) as directory:
        register(directory)
        tenant = directory.entra.tenant
        [marketing] = tenant.groups.find("displayName", "marketing")
        for user in list(tenant.users)[::2]:
            tenant.memberships.add(marketing.object_id, user.object_id)
        before = len(requests_of(directory))

        found = look_up(
            directory,
            entries=[
                entry(f"user{number}@contoso.example", number, default_namespace="x")
                for number in range(crowd)
            ],
            rules=[rule(0, "marketing", "{mail_nickname}")],
            groups=["platform-admins"],
        )

        asked = requests_of(directory)[before:]
        assert len(found.users) >= crowd
        assert len(asked) <= math.ceil(len(tenant.users) / 999) + A_FEW, asked
        assert not [request for request in asked if request.startswith("PATCH")]


def test_reading_is_all_that_a_preview_needs(directory_without: DirectoryWithout) -> None:
    with directory_without() as directory:
        register(directory)
        tenant, deployer = directory.entra.tenant, directory.entra.deployer
        kept = {APP_ROLE_IDS[role] for role in READING}
        for assignment in list(tenant.app_role_assignments.find("principalId", deployer.object_id)):
            if assignment.properties["appRoleId"] not in kept:
                tenant.app_role_assignments.remove(assignment)

        found = look_up(  # with a token of its own
            directory,
            entries=[entry("bob@contoso.example", 2, default_namespace="x")],
            rules=[rule(0, "team-a-viewers", "{mail_nickname}")],
        )

        assert len(found.users) == 2
