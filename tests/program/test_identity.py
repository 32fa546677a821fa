"""The Entra side: least privilege by default, the guide's way when it is asked for."""

from __future__ import annotations

import json

import pulumi
import pulumi_azuread as azuread
import pytest

from components.claims_mapping import ClaimsMapping, ClaimsMappingArgs
from components.entra_application import (
    DEFAULT_ACCESS_ROLE_ID,
    EntraApplication,
    EntraApplicationArgs,
)
from components.graph_permissions import GraphPermissions, GraphPermissionsArgs
from components.microsoft_graph import MicrosoftGraph, Ownership
from components.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from settings.model import Application, Kubectl
from settings.workload_identity import FederatedCredential
from tests.program.recorder import Recorder

APPLICATION = "azuread:index/application:Application"
ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"
GRANT = (
    "azuread:index/servicePrincipalDelegatedPermissionGrant:"
    "ServicePrincipalDelegatedPermissionGrant"
)
PASSWORD = "azuread:index/applicationPassword:ApplicationPassword"
GRAPH = MicrosoftGraph(
    object_id="graph",
    scope_ids={"openid": "scope-openid", "profile": "scope-profile"},
    role_ids={"User.Read.All": "role-read", "User.ReadWrite.All": "role-write"},
)
DEPLOYER = Ownership(object_ids=["deployer"], kept=False)


def application(**changes: object) -> Application:
    return Application.model_validate({"displayName": "eks", **changes})


def declare(application: Application, kubectl: Kubectl | None = None) -> EntraApplication:
    return EntraApplication(
        "sign-in",
        EntraApplicationArgs(
            application=application,
            kubectl=kubectl or Kubectl(),
            portal_redirect_uri="https://portal.example/auth/callback",
            required_access=GRAPH.required_access(scopes=("profile", "openid")),
            ownership=DEPLOYER,
            group_ids={"admins": "guid-admins", "developers": "guid-developers"},
            protect=False,
        ),
    )


def test_the_portal_is_a_web_client_and_kubectl_a_public_one(recorder: Recorder) -> None:
    @pulumi.runtime.test
    def build() -> None:
        declare(application())

    build()

    inputs = recorder.one(APPLICATION)
    assert inputs["web"]["redirectUris"] == ["https://portal.example/auth/callback"]
    assert inputs["publicClient"]["redirectUris"] == ["http://localhost:8000"]
    assert not inputs["web"]["implicitGrant"]["idTokenIssuanceEnabled"]
    assert not inputs["web"]["implicitGrant"]["accessTokenIssuanceEnabled"]
    assert not inputs["fallbackPublicClientEnabled"]
    assert recorder.of_type(PASSWORD) == [], "a public client needs no secret"


def test_mapped_claims_are_accepted_in_a_single_tenant_without_identifier_uris(
    recorder: Recorder,
) -> None:
    @pulumi.runtime.test
    def build() -> None:
        declare(application())

    build()

    inputs = recorder.one(APPLICATION)
    assert inputs["api"]["mappedClaimsEnabled"] is True
    assert inputs["signInAudience"] == "AzureADMyOrg"
    assert "identifierUris" not in inputs
    assert inputs["groupMembershipClaims"] == ["ApplicationGroup"]
    assert [claim["name"] for claim in inputs["optionalClaims"]["idTokens"]] == ["email", "upn"]
    assert inputs["owners"] == ["deployer"]


def test_a_confidential_kubectl_shares_the_web_platform(recorder: Recorder) -> None:
    @pulumi.runtime.test
    def build() -> None:
        declare(
            application(implicitIdTokens=True), Kubectl.model_validate({"client": "confidential"})
        )

    build()

    inputs = recorder.one(APPLICATION)
    assert inputs["web"]["redirectUris"] == [
        "http://localhost:8000/",
        "https://portal.example/auth/callback",
    ]
    assert inputs["web"]["implicitGrant"]["idTokenIssuanceEnabled"] is True
    assert "publicClient" not in inputs, "localhost must not be on two platforms"


def test_only_assigned_groups_sign_in(recorder: Recorder) -> None:
    @pulumi.runtime.test
    def build() -> None:
        declare(application())

    build()

    service_principal = recorder.one("azuread:index/servicePrincipal:ServicePrincipal")
    assert service_principal["appRoleAssignmentRequired"] is True
    assert {a.inputs["principalObjectId"] for a in recorder.of_type(ASSIGNMENT)} == {
        "guid-admins",
        "guid-developers",
    }
    assert {a.inputs["appRoleId"] for a in recorder.of_type(ASSIGNMENT)} == {DEFAULT_ACCESS_ROLE_ID}


def test_groups_are_not_assigned_where_it_would_change_nothing(recorder: Recorder) -> None:
    @pulumi.runtime.test
    def build() -> None:
        declare(application(groupMembershipClaims="SecurityGroup", assignmentRequired=False))

    build()

    assert recorder.of_type(ASSIGNMENT) == []


@pytest.mark.parametrize("roles", [(), ("User.ReadWrite.All",)])
def test_consent_is_given_to_exactly_what_is_listed(
    recorder: Recorder, roles: tuple[str, ...]
) -> None:
    @pulumi.runtime.test
    def build() -> None:
        GraphPermissions(
            "permissions",
            GraphPermissionsArgs(
                microsoft_graph=GRAPH,
                service_principal_object_id="sp",
                scopes=("profile", "openid"),
                roles=roles,
            ),
        )

    build()

    grant = recorder.one(GRANT)
    assert grant["claimValues"] == ["openid", "profile"]
    assert (grant["servicePrincipalObjectId"], grant["resourceServicePrincipalObjectId"]) == (
        "sp",
        "graph",
    )
    assert [a.inputs["appRoleId"] for a in recorder.of_type(ASSIGNMENT)] == ["role-write"] * len(
        roles
    )


def test_a_workload_identity_has_roles_and_workloads_but_no_secret(recorder: Recorder) -> None:
    @pulumi.runtime.test
    def build() -> None:
        WorkloadIdentity(
            "automation",
            WorkloadIdentityArgs(
                display_name="eks directory automation",
                federated_credentials={
                    "ci": FederatedCredential(issuer="https://issuer.example", subject="repo:a/b")
                },
                microsoft_graph=GRAPH,
                roles=("User.Read.All",),
                ownership=DEPLOYER,
                protect=False,
            ),
        )

    build()

    (access,) = recorder.one(APPLICATION)["requiredResourceAccesses"]
    assert access["resourceAccesses"] == [{"id": "role-read", "type": "Role"}]
    credential = recorder.one(
        "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
    )
    assert credential["subject"] == "repo:a/b"
    assert credential["audiences"] == ["api://AzureADTokenExchange"]
    assert recorder.of_type(PASSWORD) == []
    assert recorder.of_type(GRANT) == [], "nobody signs in to it"


def test_the_claims_mapping_policy_names_extensions_by_extension_id(recorder: Recorder) -> None:
    @pulumi.runtime.test
    def build() -> None:
        ClaimsMapping(
            "claims",
            ClaimsMappingArgs(
                display_name="eks claims",
                service_principal=azuread.ServicePrincipal("sp", client_id="c"),
                extension_names={"picture": "extension_0_picture", "a": "extension_0_a"},
            ),
        )

    build()

    (definition,) = recorder.one("azuread:index/claimsMappingPolicy:ClaimsMappingPolicy")[
        "definitions"
    ]
    assert json.loads(definition) == {
        "ClaimsMappingPolicy": {
            "Version": 1,
            "IncludeBasicClaimSet": "true",
            "ClaimsSchema": [
                {"Source": "user", "ExtensionID": "extension_0_a", "JwtClaimType": "a"},
                {"Source": "user", "ExtensionID": "extension_0_picture", "JwtClaimType": "picture"},
            ],
        }
    }
    assignment = recorder.one(
        "azuread:index/servicePrincipalClaimsMappingPolicyAssignment:"
        "ServicePrincipalClaimsMappingPolicyAssignment"
    )
    assert assignment == {
        "claimsMappingPolicyId": "claims-policy-id",
        "servicePrincipalId": "sp-id",
    }
