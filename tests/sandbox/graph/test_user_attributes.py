"""The dynamic resource of user attributes against the emulated directory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from graph import extension_property
from graph.attribute_text import UserRow, parse_text, write_text
from graph.client import connect
from graph.directory_users import find_people
from graph.pacing import WritePace
from graph.user_attributes import Provider
from graph.user_failures import UserFailure, failure_table
from tests.sandbox.graph.conftest import Directory, DirectoryWithout

PROPERTIES = ("default_namespace", "picture")
Users = Mapping[str, Mapping[str, str]]
BOTH = {"default_namespace": "team-a", "picture": "https://p.example/x.png"}


def register(directory: Directory) -> None:
    """Register both properties, as their own resources do before this one."""
    directory.add_service_principal()
    provider = directory.configured(extension_property.Provider())
    for name in PROPERTIES:
        provider.create(
            {
                "application_object_id": directory.application_object_id,
                "property_name": name,
                "data_type": "String",
                "target_objects": ["User"],
            }
        )


def inputs(directory: Directory, users: Users) -> dict[str, Any]:
    rows = [
        UserRow(
            user_principal_name=f"{name}@contoso.example",
            object_id=directory.object_id(name),
            values=values,
        )
        for name, values in users.items()
    ]
    return {
        "__provider": "reference",
        "extension_names": {name: directory.extension_name(name) for name in PROPERTIES},
        "users": write_text(PROPERTIES, rows),
    }


@pytest.fixture
def registered(directory: Directory) -> Directory:
    register(directory)
    return directory


def create(directory: Directory, users: Users) -> dict[str, Any]:
    return directory.configured(Provider()).create(inputs(directory, users)).outs or {}


def test_from_first_value_to_none(registered: Directory) -> None:
    provider = registered.configured(Provider())
    users = {"alice": BOTH, "bob": {"default_namespace": "team-b"}}

    outs = create(registered, users)

    assert registered.live("alice", "picture") == "https://p.example/x.png"
    assert registered.live("bob", "picture") is None
    assert provider.read("id", outs).outs == outs
    assert provider.diff("id", outs, inputs(registered, users)).changes is False

    changed = inputs(registered, {"alice": BOTH, "bob": {"picture": "q"}})
    before = len(registered.asked("PATCH"))
    outs = provider.update("id", outs, changed).outs or {}

    assert len(registered.asked("PATCH")) == before + 1, "one write for the one user who changed"
    assert registered.live("bob", "default_namespace") is None
    assert registered.live("bob", "picture") == "q"

    provider.delete("id", outs)
    provider.delete("id", outs)

    assert [registered.live(user, name) for user in ("alice", "bob") for name in PROPERTIES] == (
        [None] * 4
    )


def test_a_guest_is_a_user_like_any_other(registered: Directory) -> None:
    guest = registered.entra.tenant.user_called("dave_partner.example#EXT#@contoso.example")
    assert guest is not None
    row = UserRow(
        user_principal_name=guest.user_principal_name, object_id=guest.object_id, values=BOTH
    )
    news = inputs(registered, {}) | {"users": write_text(PROPERTIES, [row])}

    registered.configured(Provider()).create(news)

    assert guest.extension_values[registered.extension_name("default_namespace")] == "team-a"


def test_values_that_are_right_already_cost_no_write(registered: Directory) -> None:
    create(registered, {"alice": BOTH})
    before = len(registered.asked("PATCH"))

    create(registered, {"alice": BOTH})

    assert len(registered.asked("PATCH")) == before


def test_drift_shows_by_user_and_is_repaired_or_left(registered: Directory) -> None:
    provider = registered.configured(Provider())
    outs = create(registered, {"alice": BOTH, "bob": BOTH})
    for name in ("alice", "bob"):
        create(registered, {name: {"picture": "by hand"}})

    seen = provider.read("id", outs).outs or {}

    rows = parse_text(seen["users"]).rows
    assert {row.values["picture"] for row in rows.values()} == {"by hand"}
    provider.update("id", seen, inputs(registered, {"alice": BOTH}))
    assert registered.live("alice", "picture") == "https://p.example/x.png"
    assert registered.live("bob", "picture") == "by hand"
    assert registered.live("bob", "default_namespace") is None


def test_a_user_who_is_gone_stops_nobody(registered: Directory) -> None:
    news = inputs(registered, {"alice": BOTH, "bob": BOTH, "carol": BOTH})
    tenant = registered.entra.tenant
    bob = tenant.user_called("bob@contoso.example")
    assert bob is not None
    tenant.users.remove(bob)

    outs = registered.configured(Provider()).create(news).outs or {}

    assert [(f["user"], f["answer"][:3]) for f in outs["failures"]] == [
        ("bob@contoso.example", "404")
    ]
    assert registered.live("alice", "picture") == registered.live("carol", "picture") is not None


def test_a_missing_permission_is_told_for_each_user_it_stops(
    directory_without: DirectoryWithout,
) -> None:
    with directory_without("User.ReadUpdate.All") as directory:
        register(directory)
        outs = create(directory, {"alice": BOTH, "bob": BOTH})

    table = failure_table(UserFailure.parse(each) for each in outs["failures"])
    assert {failure["answer"][:3] for failure in outs["failures"]} == {"403"}
    assert "2 users could not be brought to the declared values" in table
    assert "User.ReadUpdate.All" in table


def test_nothing_can_be_written_before_the_application_has_a_service_principal(
    directory: Directory,
) -> None:
    """Registered is not available: Graph's commonest failure of a first deployment."""
    directory.client.post(
        f"/applications/{directory.application_object_id}/extensionProperties",
        {"name": "picture", "dataType": "String", "targetObjects": ["User"]},
    )
    provider = directory.configured(Provider())
    with connect(
        directory.tenant_id,
        directory.cloud,
        on_wait=lambda _sentence: directory.add_service_principal(),
    ) as client:
        provider.use(client, WritePace(client.clock))
        provider.create(inputs(directory, {"alice": {"picture": "p"}}))

    assert directory.live("alice", "picture") == "p"
    assert len(directory.asked("PATCH")) == 2, "refused once, then written"


def test_more_users_than_a_batch_holds(directory_without: DirectoryWithout) -> None:
    """Twenty requests a batch and fifteen names a filter: the emulator refuses more, as Graph."""
    names = [f"user{number}" for number in range(41)]
    with directory_without(more_people=41) as directory:
        register(directory)
        found = find_people(directory.client, [f"{name}@contoso.example" for name in names]).by_name

        create(directory, dict.fromkeys(names, BOTH))

        assert {user.object_id for [user] in found.values()} == set(map(directory.object_id, names))
        assert {directory.live(name, "default_namespace") for name in names} == {"team-a"}
        assert len(directory.asked("PATCH")) == 41
