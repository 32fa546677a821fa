"""Each operation needs the application roles of its documentation page, and no others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.entra import Entra
from sandbox.entra.graph.routes import GRAPH_ROUTES
from tests.sandbox.entra.conftest import Clock
from tests.sandbox.entra.directory_client import GRAPH_APP_ID, DirectoryClient
from tests.sandbox.entra.login_application import NO_ROLE, LoginApplication

As = Callable[..., DirectoryClient]
DENIED = "Insufficient privileges to complete the operation."


def test_no_operation_is_open_to_a_token_without_roles(graph_as: As) -> None:
    """Every route, so that one without a check cannot slip in."""
    nobody = graph_as()
    for route in GRAPH_ROUTES:
        path = route.template.replace("{", "").replace("}", "")
        error = nobody.refused(403, route.method, path, {})
        assert (error["code"], error["message"]) == ("Authorization_RequestDenied", DENIED), route


def test_writing_users_needs_more_than_reading_them(graph_as: As, entra: Entra) -> None:
    user = f"/users/{entra.people[1].object_id}"
    reader = graph_as("User.Read.All")
    assert reader.get(user)["displayName"] == "Bob Builder"
    reader.refused(403, "PATCH", user, {"department": "x"})
    updater = graph_as("User.ReadUpdate.All")
    updater.patch(user, {"department": "x"})
    updater.refused(403, "GET", "/users")


def test_consent_to_application_roles_needs_both_roles(graph_as: As, app: LoginApplication) -> None:
    body = {
        "appRoleId": NO_ROLE,
        "principalId": app.graph.group_id("marketing"),
        "resourceId": app.service_principal_id,
    }
    path = f"{app.service_principal_path}/appRoleAssignedTo"
    graph_as("AppRoleAssignment.ReadWrite.All").refused(403, "POST", path, body)
    graph_as("Application.Read.All").refused(403, "POST", path, body)
    graph_as("AppRoleAssignment.ReadWrite.All", "Application.Read.All").post(path, body)


def test_a_claims_mapping_policy_is_assigned_with_two_roles(
    graph_as: As, app: LoginApplication
) -> None:
    path = f"{app.service_principal_path}/claimsMappingPolicies/$ref"
    graph_as("Policy.ReadWrite.ApplicationConfiguration", "Policy.Read.All").refused(
        403, "POST", path, {}
    )
    graph_as("Application.ReadWrite.All").refused(403, "POST", path, {})


def test_owned_by_reaches_only_what_the_caller_owns(graph_as: As, app: LoginApplication) -> None:
    stranger = graph_as("Application.ReadWrite.OwnedBy")
    for method, path, body in (
        ("PATCH", app.path, {"notes": "x"}),
        ("DELETE", app.path, None),
        ("POST", f"{app.path}/addPassword", {}),
        ("POST", f"{app.path}/extensionProperties", {}),
        ("POST", f"{app.path}/federatedIdentityCredentials", {}),
        ("POST", f"{app.path}/owners/$ref", {}),
        ("PATCH", app.service_principal_path, {"notes": "x"}),
        ("DELETE", app.service_principal_path, None),
    ):
        stranger.refused(403, method, path, body)
    own = stranger.post("/applications", {"displayName": "own"})
    stranger.patch(f"/applications/{own['id']}", {"notes": "x"})


def test_an_owner_that_gives_itself_up_loses_the_application(graph: DirectoryClient) -> None:
    """What the azuread provider does to a caller that is not among the declared owners."""
    caller = graph.entra.deployer.object_id
    application = graph.post("/applications", {"displayName": "given-up"})
    path = f"/applications/{application['id']}"
    graph.delete(f"{path}/owners/{caller}/$ref")
    graph.refused(403, "PATCH", path, {"notes": "x"})


def test_a_service_principal_is_made_only_for_an_owned_application(
    graph: DirectoryClient, graph_as: As
) -> None:
    application = graph.post("/applications", {"displayName": "someone's"})
    body = {"appId": application["appId"]}
    graph_as("Application.ReadWrite.OwnedBy").refused(403, "POST", "/servicePrincipals", body)
    graph_as("Application.ReadWrite.All").post("/servicePrincipals", body)


def test_mapped_claims_cannot_be_accepted_at_creation_with_owned_by(graph_as: As) -> None:
    """https://github.com/hashicorp/terraform-provider-azuread/issues/914"""
    body = {"displayName": "mapped", "api": {"acceptMappedClaims": True}}
    owner = graph_as("Application.ReadWrite.OwnedBy")
    owner.refused(403, "POST", "/applications", body)
    graph_as("Application.ReadWrite.All").post("/applications", body)
    own = owner.post("/applications", {"displayName": "m", "api": {"acceptMappedClaims": False}})
    owner.patch(f"/applications/{own['id']}", {"api": {"acceptMappedClaims": True}})


def test_available_extension_properties_need_the_directory_role(graph_as: As) -> None:
    path = "/directoryObjects/getAvailableExtensionProperties"
    graph_as("Application.Read.All", "User.Read.All").refused(403, "POST", path, {})
    assert graph_as("Directory.Read.All").post(path, {}, expect=200)["value"] == []


def test_members_that_the_caller_cannot_read_show_only_type_and_id(
    graph: DirectoryClient, graph_as: As, entra: Entra
) -> None:
    members = f"/groups/{graph.group_id('marketing')}/members"
    erin = {"@odata.type": "#microsoft.graph.user", "id": entra.people[3].object_id}
    assert graph_as("Group.Read.All").items(members) == [erin]
    [shown] = graph_as("Group.Read.All", "User.Read.All").items(members)
    assert shown["userPrincipalName"] == "erin@contoso.example"


def test_roles_count_from_the_token_not_from_later_assignments(
    graph: DirectoryClient, graph_as: As
) -> None:
    reader = graph_as("User.Read.All")
    resource = graph.service_principal(GRAPH_APP_ID)
    path = f"/servicePrincipals/{resource['id']}/appRoleAssignedTo"
    for assignment in graph.items(path):
        if assignment["principalDisplayName"].startswith("caller-"):
            graph.delete(f"{path}/{assignment['id']}")
    assert reader.items("/users")


def call(entra: Entra, http: httpx.Client, authorization: str | None) -> tuple[int, Any]:
    headers = {"Authorization": authorization} if authorization else {}
    response = http.get(f"{entra.endpoints.graph}/v1.0/users", headers=headers)
    return response.status_code, response.json()["error"]["code"]


def test_tokens_that_are_missing_forged_or_expired_are_401(
    entra: Entra, http: httpx.Client, graph: DirectoryClient, clock: Clock
) -> None:
    invalid = (401, "InvalidAuthenticationToken")
    header, _, signature = graph.token.split(".")
    forged = ".".join((header, graph.token.split(".")[1][:-4] + "AAAA", signature))
    for authorization in (None, "Bearer", f"Bearer {forged}", "Bearer nonsense", "Basic eDp5"):
        assert call(entra, http, authorization) == invalid
    clock.ahead = timedelta(hours=2)
    assert call(entra, http, f"Bearer {graph.token}") == invalid


def test_a_token_for_another_audience_is_401(
    entra: Entra, http: httpx.Client, app: LoginApplication
) -> None:
    response = http.post(
        f"{entra.endpoints.login}/{entra.tenant.tenant_id}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": entra.deployer.client_id,
            "client_secret": entra.deployer.client_secret,
            "scope": f"{app.client_id}/.default",
        },
    )
    token = response.json()["access_token"]
    assert call(entra, http, f"Bearer {token}") == (401, "InvalidAuthenticationToken")


@pytest.mark.provokes_unknown_calls
def test_unknown_operations_name_themselves(graph: DirectoryClient, entra: Entra) -> None:
    error = graph.refused(501, "GET", "/conditionalAccess/policies")
    assert "GET /v1.0/conditionalAccess/policies" in error["message"]
    [unexpected] = entra.unexpected
    assert unexpected.path == "/v1.0/conditionalAccess/policies"
    assert unexpected.caller_app_id == entra.deployer.client_id


@pytest.mark.provokes_unknown_calls
@pytest.mark.parametrize(
    "query",
    [
        {"orderby": "city"},
        {"expand": "manager"},
        {"filter": "signInActivity/lastSignInDateTime le 2026-01-01"},
        {"select": "nonsense"},
    ],
)
def test_query_options_that_are_not_understood_are_never_ignored(
    graph: DirectoryClient, query: dict[str, str]
) -> None:
    graph.refused(501, "GET", "/users", **query)
