"""What the azuread stand-in sends for applications: as recorded from the official plugin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.plugins.azuread.provider import AzureadProvider
from sandbox.plugins.protocol.values import UNKNOWN, from_struct
from tests.sandbox.plugins.azuread_types import (
    APPLICATION,
)
from tests.sandbox.plugins.directory_recorder import (
    CALLER,
    DirectoryRecorder,
)
from tests.sandbox.plugins.engine import Created, Plugin, RpcError, in_process

ALICE = "a11ce000-0000-4000-8000-000000000001"
DECLARED = {"displayName": "portal", "api": {"mappedClaimsEnabled": True}, "owners": [CALLER]}


@pytest.fixture
def plugin(directory: DirectoryRecorder) -> Iterator[Plugin]:
    with in_process(AzureadProvider()) as plugin:
        plugin.configure(metadataHost=directory.url.removeprefix("https://"))
        directory.recorded.clear()
        yield plugin


def application(plugin: Plugin, directory: DirectoryRecorder, **more: Any) -> Created:
    made = plugin.create(APPLICATION, plugin.checked(APPLICATION, {**DECLARED, **more}))
    directory.recorded.clear()
    return made


def test_an_application_is_created_in_the_recorded_order(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    inputs = plugin.checked(APPLICATION, {**DECLARED, "owners": [ALICE]})
    made = plugin.create(APPLICATION, inputs)
    path = f"applications/{made.state['objectId']}"
    assert made.resource_id == f"/{path}"
    body = directory.bodies("POST", "v1.0/applications")[0]
    assert "acceptMappedClaims" not in body["api"]
    patches = directory.bodies("PATCH", f"v1.0/{path}")
    assert patches[0]["displayName"].startswith("TERRAFORM_UPDATE_")
    assert patches[1]["displayName"] == "portal"
    assert patches[2]["api"]["acceptMappedClaims"] is True
    assert directory.graph_calls() == [
        "POST v1.0/applications",
        f"PATCH v1.0/{path}",
        f"PATCH v1.0/{path}",
        f"PATCH v1.0/{path}",
        f"DELETE v1.0/{path}/owners/{CALLER}/$ref",
        f"GET v1.0/{path}",
        f"GET beta/{path}?$select=oauth2RequirePostResponse",
        f"GET v1.0/{path}/owners",
    ]
    assert made.state["owners"] == [ALICE]
    assert made.state["clientId"]


def test_the_caller_is_the_first_owner_and_stays_when_declared(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    plugin.create(APPLICATION, plugin.checked(APPLICATION, {**DECLARED, "owners": [ALICE, CALLER]}))
    assert not [call for call in directory.graph_calls() if call.startswith("DELETE")]


def test_mapped_claims_that_are_off_are_said_at_once(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    plugin.create(APPLICATION, plugin.checked(APPLICATION, {"displayName": "x"}))
    body = directory.bodies("POST", "v1.0/applications")[0]
    assert body["api"]["acceptMappedClaims"] is False
    assert len([c for c in directory.graph_calls() if c.startswith("PATCH")]) == 2


def test_an_update_leaves_out_what_did_not_change(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    access = [
        {"resourceAppId": "3", "resourceAccesses": [{"id": "7", "type": "Scope"}]},
    ]
    made = application(plugin, directory, requiredResourceAccesses=access)
    old = {**DECLARED, "requiredResourceAccesses": access}
    new = {**old, "notes": "n", "owners": [CALLER, ALICE]}
    after = plugin.update(APPLICATION, made.resource_id, old, new, made.state)
    path = f"v1.0/applications/{made.state['objectId']}"
    body = directory.bodies("PATCH", path)[0]
    assert body["notes"] == "n"
    assert not {"requiredResourceAccess", "optionalClaims", "identifierUris", "appRoles"} & {*body}
    assert directory.graph_calls()[:3] == [
        f"PATCH {path}",
        f"GET {path}/owners",
        f"POST {path}/owners/$ref",
    ]
    assert sorted(after["owners"]) == sorted([CALLER, ALICE])


def test_removed_optional_claims_are_cleared(plugin: Plugin, directory: DirectoryRecorder) -> None:
    claims = {"idTokens": [{"name": "email"}]}
    made = application(plugin, directory, optionalClaims=claims)
    old = {**DECLARED, "optionalClaims": claims}
    plugin.update(APPLICATION, made.resource_id, old, DECLARED, made.state)
    path = f"v1.0/applications/{made.state['objectId']}"
    assert directory.bodies("PATCH", path)[0]["optionalClaims"] == {}


def test_a_role_that_changes_is_disabled_first(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    def role(value: str) -> list[dict[str, Any]]:
        types = ["User"]
        named = {"description": "d", "displayName": "n"}
        return [{"id": "r", "value": value, "allowedMemberTypes": types, **named}]

    made = application(plugin, directory, appRoles=role("a"))
    old, new = {**DECLARED, "appRoles": role("a")}, {**DECLARED, "appRoles": role("b")}
    plugin.update(APPLICATION, made.resource_id, old, new, made.state)
    bodies = directory.bodies("PATCH", f"v1.0/applications/{made.state['objectId']}")
    assert [body["appRoles"][0]["isEnabled"] for body in bodies] == [False, True]
    assert bodies[1]["appRoles"][0]["value"] == "b"


def test_a_duplicate_name_fails_already_in_the_preview(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    application(plugin, directory)
    inputs = {**DECLARED, "preventDuplicateNames": True}
    with pytest.raises(RpcError, match="an application called 'portal' exists already"):
        plugin.preview(APPLICATION, inputs)
    assert directory.graph_calls() == ["GET v1.0/applications?$filter=displayName eq 'portal'"]
    assert plugin.preview(APPLICATION, {**inputs, "displayName": UNKNOWN})


def test_a_preview_knows_what_it_can_and_nothing_more(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    preview = plugin.preview(APPLICATION, {**DECLARED, "owners": [UNKNOWN]})
    assert preview["displayName"] == "portal"
    assert preview["clientId"] is UNKNOWN
    assert preview["owners"] == [UNKNOWN]
    assert "notes" not in preview, "null: known not to be there"
    assert directory.graph_calls() == []


def test_a_half_created_application_is_not_forgotten(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    directory.answer_next("DELETE", "v1.0/applications/.*/owners/.*", 403,
                          "Authorization_RequestDenied", "no")  # fmt: skip
    inputs = plugin.checked(APPLICATION, {**DECLARED, "owners": [ALICE]})
    with pytest.raises(RpcError, match="Authorization_RequestDenied") as caught:
        plugin.create(APPLICATION, inputs)
    failure = caught.value.initialisation_failure()
    made = directory.bodies("POST", "v1.0/applications")
    assert len(made) == 1
    assert plugin.read(APPLICATION, failure.id, inputs) is not None
    assert from_struct(failure.properties)["displayName"] == "portal"


def test_a_new_application_is_retried_until_it_can_be_written(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    made = application(plugin, directory)
    path = f"applications/{made.state['objectId']}"
    directory.answer_next("PATCH", f"v1.0/{path}", 503, "ServiceUnavailable", "busy",
                          **{"Retry-After": "0.1"})  # fmt: skip
    plugin.update(APPLICATION, made.resource_id, DECLARED, {**DECLARED, "notes": "n"}, made.state)
    assert [c for c in directory.graph_calls() if c.startswith("PATCH")] == [
        f"PATCH v1.0/{path}"
    ] * 2


def test_an_application_that_is_gone_is_dropped_and_deleted_twice(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    made = application(plugin, directory)
    plugin.delete(APPLICATION, made.resource_id, made.state)
    path = f"v1.0/applications/{made.state['objectId']}"
    assert directory.graph_calls() == [f"DELETE {path}", f"GET {path}"]
    plugin.delete(APPLICATION, made.resource_id, made.state)
    assert plugin.read(APPLICATION, made.resource_id, DECLARED, made.state) is None


def test_refreshing_an_application_changes_nothing(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    made = application(plugin, directory)
    live = plugin.read(APPLICATION, made.resource_id, DECLARED, made.state)
    assert live is not None
    assert live.inputs == DECLARED
    assert live.state == made.state
    assert not plugin.diff(APPLICATION, made.resource_id, live.inputs, DECLARED).changed


def test_bad_inputs_are_check_failures_at_their_properties(plugin: Plugin) -> None:
    found = plugin.failures(APPLICATION, {**DECLARED, "web": {"redirectUri": ["https://x/"]}})
    assert "did you mean 'redirectUris'" in found["web.redirectUri"]
    found = plugin.failures(APPLICATION, {**DECLARED, "web": {"redirectUris": ["https://x"]}})
    assert "trailing slash" in found["web.redirectUris[0]"]
    found = plugin.failures(APPLICATION, {**DECLARED, "logoImage": "x"})
    assert "does not emulate 'logoImage'" in found["logoImage"]
