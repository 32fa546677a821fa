"""The Graph application roles of whoever previews and deploys are the least: each is needed.

And they are enough for nothing else: what a pipeline has no business with is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.ci_identities import DEPLOY_ROLES, PREVIEW_ROLES
from sandbox.entra import Entra
from tests.sandbox.entra.directory_client import GRAPH_APP_ID, DirectoryClient
from tests.sandbox.entra.login_application import NO_ROLE, LoginApplication

As = Callable[..., DirectoryClient]
Operation = tuple[str, str, Any]


@pytest.fixture
def needing(entra: Entra, app: LoginApplication) -> dict[str, Operation]:
    """Something of the job that takes each role; the application belongs to somebody else."""
    bob = f"/users/{entra.people[1].object_id}"
    federated = f"/applications/{app.graph.items('/applications')[0]['id']}"
    policy = {"displayName": "claims", "definition": ['{"ClaimsMappingPolicy":{"Version":1}}']}
    graph_id = app.graph.service_principal(GRAPH_APP_ID)["id"]
    return {
        "Application.Read.All": ("GET", f"{federated}/federatedIdentityCredentials", None),
        "Directory.Read.All": (
            "POST",
            "/directoryObjects/getAvailableExtensionProperties",
            {},
        ),
        "Policy.Read.All": ("GET", "/policies/claimsMappingPolicies", None),
        "Application.ReadWrite.OwnedBy": ("POST", "/applications", {"displayName": "another"}),
        "AppRoleAssignment.ReadWrite.All": (
            "POST",
            f"{app.service_principal_path}/appRoleAssignedTo",
            {
                "appRoleId": NO_ROLE,
                "principalId": app.graph.group_id("marketing"),
                "resourceId": app.service_principal_id,
            },
        ),
        "DelegatedPermissionGrant.ReadWrite.All": (
            "POST",
            "/oauth2PermissionGrants",
            {
                "clientId": entra.deployer.object_id,
                "consentType": "AllPrincipals",
                "resourceId": graph_id,
                "scope": "openid",
            },
        ),
        "Policy.ReadWrite.ApplicationConfiguration": (
            "POST",
            "/policies/claimsMappingPolicies",
            policy,
        ),
        "User.ReadUpdate.All": ("PATCH", bob, {"department": "x"}),
    }


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        *((PREVIEW_ROLES, role) for role in PREVIEW_ROLES),
        *((DEPLOY_ROLES, role) for role in DEPLOY_ROLES),
    ],
)
def test_without_any_one_role_the_job_fails(
    graph_as: As, needing: dict[str, Operation], roles: tuple[str, ...], role: str
) -> None:
    method, path, body = needing[role]

    graph_as(*(r for r in roles if r != role)).refused(403, method, path, body)
    allowed = graph_as(*roles).request(method, path, body)

    assert allowed.is_success, allowed.text


def test_every_role_that_deploying_has_is_spoken_of(needing: dict[str, Operation]) -> None:
    assert needing.keys() == set(DEPLOY_ROLES)


def test_the_previewing_roles_write_nothing_at_all(
    graph_as: As, needing: dict[str, Operation]
) -> None:
    reader = graph_as(*PREVIEW_ROLES)
    for role in set(DEPLOY_ROLES) - set(PREVIEW_ROLES):
        method, path, body = needing[role]
        reader.refused(403, method, path, body)


def test_deploying_does_not_reach_people_or_applications_of_others(
    graph_as: As, entra: Entra, app: LoginApplication
) -> None:
    deployer = graph_as(*DEPLOY_ROLES)
    person = f"/users/{entra.people[1].object_id}"
    others = f"/applications/{app.graph.items('/applications')[0]['id']}"
    group = f"/groups/{app.graph.group_id('marketing')}"

    deployer.refused(403, "DELETE", person)
    deployer.refused(403, "PATCH", person, {"passwordProfile": {"password": "hunter2"}})
    deployer.refused(403, "PATCH", others, {"displayName": "mine"})
    deployer.refused(403, "POST", f"{others}/addPassword", {"passwordCredential": {}})
    deployer.refused(403, "DELETE", others)
    assert deployer.get(group)["displayName"] == "marketing"
    assert entra.tenant.users.get(entra.people[1].object_id) is not None


def test_who_may_delete_people_does(graph_as: As, entra: Entra) -> None:
    """So that the refusals above are those of a road that is there."""
    bob = entra.people[1].object_id

    graph_as("User.ReadWrite.All").delete(f"/users/{bob}")

    assert entra.tenant.users.get(bob) is None
    assert bob not in entra.tenant.memberships.members(
        next(
            g.object_id
            for g in entra.tenant.groups
            if g.properties["displayName"] == "team-a-developers"
        )
    )
