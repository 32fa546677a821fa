"""What the azuread stand-in sends for all but applications: as recorded from the official one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.plugins.azuread.provider import AzureadProvider
from tests.sandbox.plugins.azuread_types import (
    APPLICATION,
    ASSIGNMENT,
    FEDERATED,
    GRANT,
    PASSWORD,
    POLICY,
    POLICY_ASSIGNMENT,
    PRINCIPAL,
)
from tests.sandbox.plugins.directory_recorder import (
    CALLER,
    SECRET_TEXT,
    TENANT,
    DirectoryRecorder,
)
from tests.sandbox.plugins.engine import Created, Plugin, RpcError, in_process

ALICE = "a11ce000-0000-4000-8000-000000000001"
DECLARED = {"displayName": "portal", "api": {"mappedClaimsEnabled": True}, "owners": [CALLER]}
SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270"


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


def principal(plugin: Plugin, directory: DirectoryRecorder, client_id: str) -> Created:
    inputs = plugin.checked(PRINCIPAL, {"clientId": client_id, "owners": [CALLER]})
    made = plugin.create(PRINCIPAL, inputs)
    directory.recorded.clear()
    return made


def test_a_password_is_made_by_entra_and_marked_as_secret(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    app = application(plugin, directory)
    inputs = plugin.checked(
        PASSWORD, {"applicationId": app.resource_id, "endDateRelative": "8760h"}
    )
    made = plugin.create(PASSWORD, inputs)
    path = f"v1.0/applications/{app.state['objectId']}"
    assert directory.bodies("POST", f"{path}/addPassword") == [{"passwordCredential": {}}]
    assert directory.graph_calls() == [f"GET {path}", f"POST {path}/addPassword", f"GET {path}"]
    assert made.resource_id == f"{app.state['objectId']}/password/{made.state['keyId']}"
    assert made.state["value"] == SECRET_TEXT
    assert SECRET_MARK in str(made.raw.fields["value"])
    live = plugin.read(PASSWORD, made.resource_id, inputs, made.state)
    assert live is not None
    assert (live.inputs, live.state) == (inputs, made.state)
    plugin.delete(PASSWORD, made.resource_id, made.state)
    assert plugin.read(PASSWORD, made.resource_id, inputs, made.state) is None


def test_every_change_of_a_password_makes_a_new_one(plugin: Plugin) -> None:
    old = {"applicationId": "/applications/a", "displayName": "a", "rotateWhenChanged": {"r": "1"}}
    for change in (
        {"displayName": "b"},
        {"rotateWhenChanged": {"r": "2"}},
        {"endDate": "2027-01-01T00:00:00Z"},
        {"applicationId": "/applications/b"},
    ):
        diff = plugin.diff(PASSWORD, "a/password/k", old, {**old, **change})
        assert diff.replaces == [*change]


def test_an_object_id_where_a_resource_id_is_wanted_says_so(plugin: Plugin) -> None:
    with pytest.raises(RpcError, match="pass the resource's id"):
        plugin.create(PASSWORD, {"applicationId": ALICE})


def test_a_service_principal_is_created_in_the_recorded_order(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    inputs = plugin.checked(
        PRINCIPAL,
        {"clientId": "c1", "featureTags": [{"enterprise": True, "hide": True}]},
    )
    made = plugin.create(PRINCIPAL, inputs)
    path = f"servicePrincipals/{made.state['objectId']}"
    body = directory.bodies("POST", "v1.0/servicePrincipals")[0]
    assert body["tags"] == ["WindowsAzureActiveDirectoryIntegratedApp", "HideApp"]
    assert body["description"].startswith("TERRAFORM_UPDATE_")
    assert directory.bodies("PATCH", f"v1.0/{path}")[0]["description"] is None
    assert directory.graph_calls() == [
        "GET v1.0/servicePrincipals?$filter=appId eq 'c1'",
        "POST v1.0/servicePrincipals",
        f"PATCH v1.0/{path}",
        f"DELETE v1.0/{path}/owners/{CALLER}/$ref",
        f"GET v1.0/{path}",
        f"GET beta/{path}?$select=samlMetadataUrl",
        f"GET v1.0/{path}/owners",
    ]
    live = plugin.read(PRINCIPAL, made.resource_id, inputs, made.state)
    assert live is not None
    assert live.inputs == inputs


def test_an_existing_service_principal_is_taken_over_only_when_asked(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    existing = principal(plugin, directory, "c1")
    inputs = {"clientId": "c1", "appRoleAssignmentRequired": True}
    with pytest.raises(RpcError, match="has a service principal already"):
        plugin.create(PRINCIPAL, inputs)
    taken = plugin.create(PRINCIPAL, {**inputs, "useExisting": True})
    assert taken.resource_id == existing.resource_id
    assert taken.state["appRoleAssignmentRequired"] is True
    calls = directory.graph_calls()
    assert not [call for call in calls if call.startswith("POST")]


def test_a_service_principal_waits_for_its_application(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    message = (
        "The appId 'c1' of the service principal does not reference a valid application object."
    )
    directory.answer_next("POST", "v1.0/servicePrincipals", 400, "Request_BadRequest", message)
    principal(plugin, directory, "c1")


def test_another_application_replaces_a_service_principal(plugin: Plugin) -> None:
    diff = plugin.diff(PRINCIPAL, "id", {"clientId": "a"}, {"clientId": "b", "notes": "n"})
    assert diff.detailed == {"clientId": "UPDATE_REPLACE", "notes": "ADD"}


def test_an_assignment_of_a_role_lives_under_the_resource(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    resource = principal(plugin, directory, "c1").state["objectId"]
    inputs = {"appRoleId": "role", "principalObjectId": ALICE, "resourceObjectId": resource}
    made = plugin.create(ASSIGNMENT, plugin.checked(ASSIGNMENT, inputs))
    path = f"servicePrincipals/{resource}/appRoleAssignedTo"
    assert made.resource_id.startswith(f"/{path}/")
    assert directory.graph_calls() == [
        f"GET v1.0/servicePrincipals/{resource}",
        f"POST v1.0/{path}",
        f"GET v1.0{made.resource_id}",
    ]
    diff = plugin.diff(ASSIGNMENT, made.resource_id, inputs, {**inputs, "appRoleId": "other"})
    assert diff.replaces == ["appRoleId"]
    plugin.delete(ASSIGNMENT, made.resource_id)
    assert directory.graph_calls() == [f"DELETE v1.0{made.resource_id}"]
    assert plugin.read(ASSIGNMENT, made.resource_id) is None


def test_consent_is_for_everybody_unless_a_user_is_named(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    client = principal(plugin, directory, "c1").state["objectId"]
    graph = principal(plugin, directory, "c2").state["objectId"]
    inputs = {
        "servicePrincipalObjectId": client,
        "resourceServicePrincipalObjectId": graph,
        "claimValues": ["openid", "email"],
    }
    made = plugin.create(GRANT, plugin.checked(GRANT, inputs))
    body = directory.bodies("POST", "v1.0/oauth2PermissionGrants")[0]
    assert body["consentType"] == "AllPrincipals"
    assert "principalId" not in body
    directory.recorded.clear()
    plugin.create(GRANT, plugin.checked(GRANT, {**inputs, "userObjectId": ALICE}))
    body = directory.bodies("POST", "v1.0/oauth2PermissionGrants")[0]
    assert (body["consentType"], body["principalId"]) == ("Principal", ALICE)
    directory.recorded.clear()
    new = {**inputs, "claimValues": ["openid"]}
    after = plugin.update(GRANT, made.resource_id, inputs, new, made.state)
    assert after["claimValues"] == ["openid"]
    assert directory.recorded[0].body["scope"] == "openid"


def test_scopes_have_no_order_and_another_client_is_another_grant(plugin: Plugin) -> None:
    old = {
        "claimValues": ["openid", "email"],
        "servicePrincipalObjectId": "a",
        "resourceServicePrincipalObjectId": "g",
    }
    assert not plugin.diff(GRANT, "id", old, {**old, "claimValues": ["email", "openid"]}).changed
    diff = plugin.diff(GRANT, "id", old, {**old, "servicePrincipalObjectId": "b"})
    assert diff.replaces == ["servicePrincipalObjectId"]


def test_a_policy_is_made_changed_and_assigned(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    owner = principal(plugin, directory, "c1")
    inputs = {"displayName": "claims", "definitions": ['{"ClaimsMappingPolicy":{}}']}
    policy = plugin.create(POLICY, plugin.checked(POLICY, inputs))
    object_id = policy.resource_id.rsplit("/", 1)[-1]
    assert policy.resource_id == f"/policies/claimsMappingPolicies/{object_id}"
    new = {**inputs, "definitions": ["{}"]}
    assert plugin.update(POLICY, policy.resource_id, inputs, new)["definitions"] == ["{}"]
    directory.recorded.clear()
    assignment = {
        "servicePrincipalId": owner.resource_id,
        "claimsMappingPolicyId": policy.resource_id,
    }
    made = plugin.create(POLICY_ASSIGNMENT, plugin.checked(POLICY_ASSIGNMENT, assignment))
    assert made.resource_id == f"{owner.resource_id}/claimsMappingPolicies/{object_id}"
    path = f"v1.0{owner.resource_id}/claimsMappingPolicies"
    assert directory.bodies("POST", f"{path}/$ref") == [
        {"@odata.id": f"{directory.url}/v1.0/directoryObjects/{object_id}"}
    ]
    assert directory.graph_calls() == [f"POST {path}/$ref", f"GET {path}"]
    live = plugin.read(POLICY_ASSIGNMENT, made.resource_id, assignment)
    assert live is not None
    assert live.inputs == assignment
    directory.recorded.clear()
    plugin.delete(POLICY_ASSIGNMENT, made.resource_id)
    assert directory.graph_calls() == [f"DELETE {path}/{object_id}/$ref", f"GET {path}"]
    assert plugin.read(POLICY_ASSIGNMENT, made.resource_id, assignment) is None


def test_a_federated_credential_keeps_its_name(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    app = application(plugin, directory)
    inputs = {
        "applicationId": app.resource_id,
        "displayName": "github",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:org/repo:ref:refs/heads/main",
        "audiences": ["api://AzureADTokenExchange"],
    }
    made = plugin.create(FEDERATED, plugin.checked(FEDERATED, inputs))
    assert made.state["credentialId"] in made.resource_id
    new = {**inputs, "subject": "repo:org/repo:environment:prod"}
    assert plugin.diff(FEDERATED, made.resource_id, inputs, new).detailed == {"subject": "UPDATE"}
    after = plugin.update(FEDERATED, made.resource_id, inputs, new, made.state)
    assert after["subject"] == new["subject"]
    renamed = {**inputs, "displayName": "gitlab"}
    assert plugin.diff(FEDERATED, made.resource_id, inputs, renamed).replaces == ["displayName"]
    assert set(plugin.failures(FEDERATED, {**inputs, "audiences": ["a", "b"]})) == {"audiences"}
    live = plugin.read(FEDERATED, made.resource_id, new, after)
    assert live is not None
    assert live.inputs == new


def test_a_refusal_shows_graphs_code_and_message(
    plugin: Plugin, directory: DirectoryRecorder
) -> None:
    directory.answer_next("POST", "v1.0/applications", 403, "Authorization_RequestDenied",
                          "Insufficient privileges to complete the operation.")  # fmt: skip
    with pytest.raises(RpcError, match="403 with error: Authorization_RequestDenied: Insufficient"):
        plugin.create(APPLICATION, DECLARED)


def test_lookups_ask_as_recorded(plugin: Plugin, directory: DirectoryRecorder) -> None:
    config = plugin.invoke("azuread:index/getClientConfig:getClientConfig")
    assert (config["objectId"], config["tenantId"]) == (CALLER, TENANT)
    ids = plugin.invoke("azuread:index/getApplicationPublishedAppIds:getApplicationPublishedAppIds")
    assert ids["result"]["MicrosoftGraph"] == "00000003-0000-0000-c000-000000000000"
    assert directory.graph_calls() == []
    made = principal(plugin, directory, "c1")
    found = plugin.invoke("azuread:index/getServicePrincipal:getServicePrincipal", clientId="c1")
    assert found["objectId"] == made.state["objectId"]
    assert directory.graph_calls() == [
        "GET v1.0/servicePrincipals?$filter=appId eq 'c1'",
        f"GET beta/servicePrincipals/{found['objectId']}?$select=samlMetadataUrl",
    ]
    with pytest.raises(RpcError, match="0 service principals have the clientId"):
        plugin.invoke("azuread:index/getServicePrincipal:getServicePrincipal", clientId="o'neill")
    assert directory.graph_calls() == ["GET v1.0/servicePrincipals?$filter=appId eq 'o''neill'"]


def test_a_type_or_function_that_is_not_emulated_says_so(plugin: Plugin) -> None:
    with pytest.raises(RpcError, match="does not emulate 'azuread:index/group:Group'"):
        plugin.checked("azuread:index/group:Group", {})
    with pytest.raises(RpcError, match="does not emulate 'azuread:index/getDomains:getDomains'"):
        plugin.invoke("azuread:index/getDomains:getDomains")
