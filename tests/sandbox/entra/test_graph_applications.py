"""Applications, service principals, grants and policies, called as the azuread provider does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.entra import Entra
from tests.sandbox.entra.directory_client import GRAPH_APP_ID, DirectoryClient
from tests.sandbox.entra.login_application import NO_ROLE, LoginApplication


def test_the_life_of_an_application_as_the_azuread_provider_leads_it(
    graph: DirectoryClient, entra: Entra
) -> None:
    caller = entra.deployer.object_id
    assert graph.items("/applications", filter="displayName eq 'krci'") == []
    created = graph.post(
        "/applications",
        {
            "@odata.type": "#microsoft.graph.application",
            "api": {"knownClientApplications": [], "oauth2PermissionScopes": [],
                    "requestedAccessTokenVersion": 2},
            "appRoles": [],
            "description": None,
            "displayName": "krci",
            "groupMembershipClaims": "ApplicationGroup",
            "identifierUris": [],
            "info": {"marketingUrl": None, "privacyStatementUrl": None, "supportUrl": None,
                     "termsOfServiceUrl": None},
            "isDeviceOnlyAuthSupported": False,
            "isFallbackPublicClient": False,
            "notes": None,
            "optionalClaims": {"accessToken": [], "idToken": [], "saml2Token": []},
            "owners@odata.bind": [f"{graph.base()}/directoryObjects/{caller}"],
            "publicClient": {"redirectUris": ["http://localhost:8000"]},
            "requiredResourceAccess": [],
            "serviceManagementReference": None,
            "signInAudience": "AzureADMyOrg",
            "spa": {"redirectUris": []},
            "tags": [],
            "web": {"homePageUrl": None, "logoutUrl": None,
                    "redirectUris": ["https://portal.contoso.example/auth/callback"],
                    "implicitGrantSettings": {"enableAccessTokenIssuance": False,
                                              "enableIdTokenIssuance": False}},
        },
    )  # fmt: skip
    path = f"/applications/{created['id']}"
    assert created["publisherDomain"] == "contoso.example"
    graph.patch(path, {"displayName": "TERRAFORM_UPDATE_x"})
    graph.patch(path, {"displayName": "krci"})
    graph.patch(path, {"api": {"acceptMappedClaims": True}})
    assert graph.get(path)["api"] == {
        "acceptMappedClaims": True,
        "knownClientApplications": [],
        "oauth2PermissionScopes": [],
        "preAuthorizedApplications": [],
        "requestedAccessTokenVersion": 2,
    }
    beta = graph.get(path, version="beta", select="oauth2RequirePostResponse")
    assert beta["oauth2RequirePostResponse"] is False
    assert [owner["id"] for owner in graph.items(f"{path}/owners")] == [caller]
    graph.patch(path, {"optionalClaims": {}})
    assert graph.get(path)["optionalClaims"] == {}
    graph.delete(path)
    assert graph.request("GET", path).status_code == 404


def test_an_application_is_addressed_by_client_id_too(
    app: LoginApplication, graph: DirectoryClient
) -> None:
    assert graph.get(f"/applications(appId='{app.client_id}')")["id"] == app.object_id
    principal = graph.get(f"/servicePrincipals(appId='{app.client_id}')")
    assert principal["id"] == app.service_principal_id


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"displayName": "x", "acceptMappedClaims": True},
        {"displayName": "x", "web": {"redirects": []}},
        {"displayName": "x", "web": {"redirectUris": ["http://portal.contoso.example/"]}},
        {"displayName": "x", "web": {"redirectUris": "https://portal.contoso.example/"}},
        {"displayName": "x", "groupMembershipClaims": ["SecurityGroup"]},
        {"displayName": "x", "appId": "11111111-1111-4111-8111-111111111111"},
    ],
)
def test_a_wrong_application_is_refused(graph: DirectoryClient, body: dict[str, Any]) -> None:
    assert graph.refused(400, "POST", "/applications", body)["code"] == "Request_BadRequest"


def test_an_owner_that_does_not_exist_is_404(graph: DirectoryClient) -> None:
    body = {"displayName": "x", "owners@odata.bind": [f"{graph.base()}/directoryObjects/unknown"]}
    graph.refused(404, "POST", "/applications", body)


def test_an_enabled_role_must_be_disabled_before_it_goes(
    app: LoginApplication, graph: DirectoryClient
) -> None:
    role = {"id": NO_ROLE.replace("0", "3"), "value": "Reader", "displayName": "Reader",
            "description": "Reads", "isEnabled": True, "allowedMemberTypes": ["User"]}  # fmt: skip
    graph.patch(app.path, {"appRoles": [role]})
    error = graph.refused(400, "PATCH", app.path, {"appRoles": []})
    assert "cannot be deleted or updated unless disabled first" in error["message"]
    graph.patch(app.path, {"appRoles": [role | {"isEnabled": False}]})
    graph.patch(app.path, {"appRoles": []})


def test_a_service_principal_shows_what_its_application_decides(
    app: LoginApplication, graph: DirectoryClient, entra: Entra
) -> None:
    shown = graph.service_principal(app.client_id)
    assert shown["displayName"] == "KubeRocketCI"
    assert shown["appRoleAssignmentRequired"] is True
    assert shown["appOwnerOrganizationId"] == entra.tenant.tenant_id
    assert shown["servicePrincipalNames"] == [app.client_id]
    graph.patch(app.path, {"displayName": "renamed"})
    assert graph.service_principal(app.client_id)["displayName"] == "renamed"


def test_a_service_principal_needs_its_application_and_is_unique(
    app: LoginApplication, graph: DirectoryClient
) -> None:
    unknown = "11111111-1111-4111-8111-111111111111"
    error = graph.refused(400, "POST", "/servicePrincipals", {"appId": unknown})
    assert error["message"] == (
        f"The appId '{unknown}' of the service principal does not reference a valid application"
        " object."
    )
    error = graph.refused(409, "POST", "/servicePrincipals", {"appId": app.client_id})
    assert error["code"] == "Request_MultipleObjectsWithSameKeyValue"


def test_microsoft_graph_offers_its_published_permissions(graph: DirectoryClient) -> None:
    resource = graph.service_principal(GRAPH_APP_ID)
    roles = {role["value"]: role["id"] for role in resource["appRoles"]}
    scopes = {scope["value"]: scope["id"] for scope in resource["oauth2PermissionScopes"]}
    assert roles["Application.ReadWrite.All"] == "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9"
    assert roles["User.ReadWrite.All"] == "741f803b-c850-494e-b5df-cde7c675a1ca"
    assert scopes["openid"] == "37f7f235-527c-4136-accd-4a02d197296e"
    assert "User.ReadUpdate.All" in roles


def test_microsoft_graph_itself_cannot_be_deleted(graph: DirectoryClient, graph_as: Any) -> None:
    path = f"/servicePrincipals/{graph.service_principal(GRAPH_APP_ID)['id']}"
    graph.refused(403, "DELETE", path)
    graph_as("Application.ReadWrite.All").refused(400, "DELETE", path)


def test_a_group_is_assigned_once_and_taken_off_again(
    app: LoginApplication, graph: DirectoryClient
) -> None:
    assignment = app.assign(graph.group_id("marketing"))
    assert assignment["principalType"] == "Group"
    assert assignment["resourceDisplayName"] == "KubeRocketCI"
    path = f"{app.service_principal_path}/appRoleAssignedTo"
    body = {key: assignment[key] for key in ("appRoleId", "principalId", "resourceId")}
    assert "already exists" in graph.refused(400, "POST", path, body)["message"]
    assert graph.get(f"{path}/{assignment['id']}")["id"] == assignment["id"]
    graph.delete(f"{path}/{assignment['id']}")
    graph.refused(404, "GET", f"{path}/{assignment['id']}")


def test_a_role_that_the_resource_does_not_offer_cannot_be_assigned(
    app: LoginApplication, graph: DirectoryClient
) -> None:
    graph_id = graph.service_principal(GRAPH_APP_ID)["id"]
    body = {
        "appRoleId": NO_ROLE,
        "principalId": app.service_principal_id,
        "resourceId": graph_id,
    }
    path = f"/servicePrincipals/{graph_id}/appRoleAssignedTo"
    assert "was not found on application" in graph.refused(400, "POST", path, body)["message"]


def test_a_delegated_grant_is_unique_and_changes_its_scope(
    app: LoginApplication, graph: DirectoryClient
) -> None:
    [grant] = graph.items(f"{app.service_principal_path}/oauth2PermissionGrants")
    path = f"/oauth2PermissionGrants/{grant['id']}"
    body = {key: grant[key] for key in ("clientId", "resourceId", "consentType", "scope")}
    graph.refused(409, "POST", "/oauth2PermissionGrants", body)
    graph.patch(path, {"scope": "openid"})
    assert graph.get(path)["scope"] == "openid"
    graph.refused(400, "PATCH", path, {"scope": "openid Nonsense"})
    graph.delete(path)
    graph.refused(404, "GET", path)


def policy(**content: Any) -> dict[str, Any]:
    return {
        "displayName": "claims",
        "definition": [json.dumps({"ClaimsMappingPolicy": {"Version": 1} | content})],
    }


def test_a_claims_mapping_policy_is_made_assigned_and_taken_off(
    app: LoginApplication, graph: DirectoryClient
) -> None:
    path = f"{app.service_principal_path}/claimsMappingPolicies"
    policy_id = app.map_claims({"Value": "x", "JwtClaimType": "y"})
    assert [item["id"] for item in graph.items(path)] == [policy_id]
    reference = {"@odata.id": f"{graph.base()}/policies/claimsMappingPolicies/{policy_id}"}
    assert "already exist" in graph.refused(400, "POST", f"{path}/$ref", reference)["message"]
    graph.delete(f"{path}/{policy_id}/$ref")
    assert graph.items(path) == []
    graph.refused(404, "DELETE", f"{path}/{policy_id}/$ref")
    graph.delete(f"/policies/claimsMappingPolicies/{policy_id}")
    graph.refused(404, "POST", f"{path}/$ref", reference)


@pytest.mark.provokes_unknown_calls
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"displayName": "x", "definition": ["not JSON"]}, 400),
        ({"displayName": "x", "definition": ['{"claimsMappingPolicy": {}}']}, 400),
        ({"displayName": "x", "definition": []}, 400),
        ({"definition": policy()["definition"]}, 400),
        (policy(ClaimsTransformations=[]), 501),
    ],
)
def test_a_wrong_claims_mapping_policy_is_refused(
    graph: DirectoryClient, body: dict[str, Any], status: int
) -> None:
    graph.refused(status, "POST", "/policies/claimsMappingPolicies", body)


def test_federated_credentials_are_unique_by_name_and_by_subject(
    app: LoginApplication, graph: DirectoryClient
) -> None:
    path = f"{app.path}/federatedIdentityCredentials"
    body = {
        "@odata.type": "#microsoft.graph.federatedIdentityCredential",
        "name": "ci",
        "issuer": "https://ci.example",
        "subject": "main",
        "audiences": ["api://AzureADTokenExchange"],
        "description": "",
    }
    credential = graph.post(path, body)
    graph.refused(409, "POST", path, body | {"subject": "other"})
    graph.refused(409, "POST", path, body | {"name": "other"})
    graph.patch(f"{path}/{credential['id']}", body | {"subject": "release"})
    assert graph.get(f"{path}/{credential['id']}")["subject"] == "release"
    assert len(graph.items(path)) == 1
    graph.delete(f"{path}/{credential['id']}")
    graph.refused(404, "GET", f"{path}/{credential['id']}")


def test_a_client_secret_ends_when_it_is_told_to(
    app: LoginApplication, graph: DirectoryClient
) -> None:
    body = {"passwordCredential": {"displayName": "portal", "endDateTime": "2031-05-31T00:00:00Z"}}
    secret = graph.post(f"{app.path}/addPassword", body, expect=200)
    assert secret["endDateTime"] == "2031-05-31T00:00:00Z"
    shown = [e for e in graph.get(app.path)["passwordCredentials"] if e["keyId"] == secret["keyId"]]
    assert shown[0]["secretText"] is None
    assert shown[0]["hint"] == secret["secretText"][:3]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"displayName": ""}, "Request_BadRequest"),
        ({"displayName": "x" * 257}, "Request_BadRequest"),
        ({"groupMembershipClaims": "Everything"}, "Request_BadRequest"),
        ({"signInAudience": "AzureADMyOrganization"}, "Request_BadRequest"),
        ({"web": {"redirectUris": ["http://portal.contoso.example/cb"]}}, "Request_BadRequest"),
        ({"identifierUris": ["https://api.fabrikam.example"]}, "HostNameNotOnVerifiedDomain"),
    ],
    ids=lambda case: next(iter(case)) if isinstance(case, dict) else "",
)
def test_what_an_application_cannot_be_is_refused(
    app: LoginApplication, graph: DirectoryClient, body: dict[str, Any], code: str
) -> None:
    before = graph.get(app.path)

    assert graph.refused(400, "PATCH", app.path, body)["code"] == code
    assert graph.get(app.path) == before


@pytest.mark.parametrize(
    "body",
    [
        {"groupMembershipClaims": "ApplicationGroup, DirectoryRole"},
        {"identifierUris": ["https://orders.contoso.example"]},
        {
            "identifierUris": ["https://orders.fabrikam.example"],
            "api": {"requestedAccessTokenVersion": 2},
        },
    ],
    ids=["group claims", "verified domain", "any domain with tokens of version 2"],
)
def test_what_an_application_can_be(
    app: LoginApplication, graph: DirectoryClient, body: dict[str, Any]
) -> None:
    graph.patch(app.path, body)

    assert graph.get(app.path)[next(iter(body))] == next(iter(body.values()))


def test_an_application_id_uri_belongs_to_one_application(graph: DirectoryClient) -> None:
    body = {"displayName": "one", "identifierUris": ["api://one"]}
    first = graph.post("/applications", body)
    error = graph.refused(400, "POST", "/applications", {**body, "identifierUris": ["api://ONE"]})
    assert error["code"] == "Request_MultipleObjectsWithSameKeyValue"
    graph.patch(f"/applications/{first['id']}", {"identifierUris": ["api://one", "api://two"]})


def test_assignments_are_found_from_users_and_groups(app: LoginApplication) -> None:
    group_id = app.graph.group_id("marketing")
    app.assign(group_id)
    [found] = app.graph.items(f"/groups/{group_id}/appRoleAssignments")
    assert found["resourceId"] == app.service_principal_id
    [member] = app.graph.items(f"/groups/{group_id}/members", select="id")
    assert app.graph.items(f"/users/{member['id']}/appRoleAssignments") == []


@pytest.mark.parametrize("kind", ["users", "groups", "servicePrincipals"])
def test_a_role_is_assigned_from_the_principals_side(
    app: LoginApplication, graph: DirectoryClient, kind: str
) -> None:
    other = LoginApplication.declare(graph, scopes=(), groups=())
    principal_id = {
        "users": graph.items("/users", top="1", select="id")[0]["id"],
        "groups": graph.group_id("marketing"),
        "servicePrincipals": other.service_principal_id,
    }[kind]
    path = f"/{kind}/{principal_id}/appRoleAssignments"
    body = {
        "principalId": principal_id,
        "resourceId": app.service_principal_id,
        "appRoleId": NO_ROLE,
    }

    made = graph.post(path, body)

    assert made["id"] in {
        each["id"] for each in graph.items(f"{app.service_principal_path}/appRoleAssignedTo")
    }
    graph.refused(400, "POST", path, {**body, "principalId": app.service_principal_id})
    graph.refused(404, "POST", path, {**body, "resourceId": app.object_id})
    graph.delete(f"{path}/{made['id']}")
    graph.refused(404, "DELETE", f"{path}/{made['id']}")
    assert graph.items(path) == []


def test_a_service_principal_is_found_by_one_of_its_names(
    app: LoginApplication, graph: DirectoryClient
) -> None:
    name = f"servicePrincipalNames/any(n:n eq '{app.client_id.upper()}')"
    [found] = graph.items("/servicePrincipals", filter=name, select="id")

    assert found["id"] == app.service_principal_id
