"""The two CI identities on the real engine: each does its job, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest

from sandbox.entra.microsoft_graph import APP_ROLE_IDS
from sandbox.sandbox import Sandbox
from sandbox.tools.resolver import Tools
from tests.system.ci_stack import ENVIRONMENT, PULL_REQUEST, ROLES, CiStack, bootstrap
from tests.system.workflow_tokens import workflow_tokens

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

ALICE, BOB = "alice@contoso.example", "bob@contoso.example"


@pytest.fixture(scope="module")
def ci(
    sandbox: Sandbox, tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[CiStack]:
    with workflow_tokens(sandbox.authority) as tokens:
        yield bootstrap(sandbox, tokens, tools, tmp_path_factory.mktemp("ci"))


def directory_of(ci: CiStack) -> str:
    """Everything in the directory that somebody could have changed."""
    tenant = ci.sandbox.entra.tenant
    return repr(
        [
            sorted((repr(thing) for thing in table), key=str)
            for table in (
                tenant.applications,
                tenant.service_principals,
                tenant.app_role_assignments,
                tenant.permission_grants,
                tenant.claims_mapping_policies,
                tenant.groups,
                tenant.users,
            )
        ]
    )


def state_of(ci: CiStack) -> dict[str, Any]:
    """What the state says of each resource that is somewhere; components are only in the program.

    A provider's settings are the program's too, and secrets are encrypted anew by every update.
    """

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: shown(v) for k, v in value.items() if k != "ciphertext"}
        return [shown(item) for item in value] if isinstance(value, list) else value

    return {
        resource["urn"]: (resource.get("id"), shown(resource.get("outputs")))
        for resource in ci.administrator.state()["deployment"]["resources"]
        if resource["custom"] and not resource["type"].startswith("pulumi:providers:")
    }


def test_the_deploying_identity_owns_what_it_deploys_and_alone(ci: CiStack) -> None:
    tenant = ci.sandbox.entra.tenant
    deploy = tenant.service_principal_of(ci.client_id("deploy"))
    assert deploy
    owners = {
        app.properties["displayName"]: app.owner_ids
        for app in tenant.applications
        if app.properties["displayName"].startswith("KubeRocketCI")
    }

    assert owners["KubeRocketCI"] == [deploy.object_id]
    assert owners["KubeRocketCI directory automation"] == [deploy.object_id]
    assert deploy.object_id not in owners["KubeRocketCI CI deploy"]
    assert deploy.object_id not in owners["KubeRocketCI CI preview"]
    principal = tenant.service_principal_of(ci.administrator.output("clientId"))
    assert principal
    assert principal.owner_ids == [deploy.object_id]


@pytest.mark.parametrize("of", ["preview", "deploy"])
def test_an_identity_has_the_declared_roles_and_no_secret(ci: CiStack, of: str) -> None:
    application = ci.sandbox.entra.tenant.application_of(ci.client_id(of))
    assert application
    assert application.secrets == {}

    claims = _claims(ci.sign_in(ci.job(of)))

    assert sorted(claims["roles"]) == sorted(ROLES[of])


@pytest.mark.parametrize(
    "subject",
    [
        "repo:mallory/platform:pull_request",
        "repo:contoso/platform:pull_request",
        PULL_REQUEST.upper(),
        f"{PULL_REQUEST.removesuffix('pull_request')}ref:refs/heads/main",
    ],
)
@pytest.mark.parametrize("of", ["preview", "deploy"])
def test_a_job_of_another_subject_is_refused(ci: CiStack, of: str, subject: str) -> None:
    """A fork, the repository's name without its ids, another case, a branch nobody named."""
    answer = ci.sign_in(ci.job(of, subject))

    assert answer.status_code == 401
    assert answer.json()["error_codes"] == [700213]


def test_a_pull_request_cannot_sign_in_to_deploy_nor_the_other_way_round(ci: CiStack) -> None:
    for of, subject in (("deploy", PULL_REQUEST), ("preview", ENVIRONMENT)):
        assert ci.sign_in(ci.job(of, subject)).json()["error_codes"] == [700213]


def test_everybody_previews_the_same(ci: CiStack) -> None:
    for of in ("preview", "deploy"):
        with ci.running_as(of) as stack:
            stack.preview("--expect-no-changes")
            stack.preview("--refresh", "--expect-no-changes")


@pytest.mark.parametrize("role", ROLES["preview"])
def test_a_preview_fails_without_any_of_its_roles(ci: CiStack, role: str) -> None:
    """Consent that somebody has taken back; with all of them the preview above succeeds."""
    tenant = ci.sandbox.entra.tenant
    principal = tenant.service_principal_of(ci.client_id("preview"))
    assert principal
    (assignment,) = (
        a
        for a in tenant.app_role_assignments.find("principalId", principal.object_id)
        if a.properties["appRoleId"] == APP_ROLE_IDS[role]
    )
    tenant.app_role_assignments.remove(assignment)
    try:
        with ci.running_as("preview") as stack:
            refused = stack.preview("--refresh", check=False)
    finally:
        tenant.app_role_assignments.add(assignment)

    assert refused.returncode != 0
    assert "403" in refused.stdout + refused.stderr


def writes(ci: CiStack) -> list[tuple[str, str, Any]]:
    """One of each kind of write that Microsoft Graph is asked for here."""
    tenant = ci.sandbox.entra.tenant
    alice = tenant.user_called(ALICE)
    application = tenant.application_of(ci.administrator.output("clientId"))
    assert alice
    assert application
    principal = tenant.service_principal_of(application.app_id)
    assert principal
    app, sp = f"/applications/{application.object_id}", f"/servicePrincipals/{principal.object_id}"
    return [
        ("POST", "/applications", {"displayName": "x"}),
        ("PATCH", app, {"displayName": "x"}),
        ("POST", f"{app}/addPassword", {"passwordCredential": {}}),
        ("POST", f"{app}/federatedIdentityCredentials", {"name": "x"}),
        ("POST", f"{app}/extensionProperties", {"name": "x"}),
        ("POST", f"{app}/owners/$ref", {}),
        ("DELETE", app, None),
        ("POST", "/servicePrincipals", {"appId": application.app_id}),
        ("PATCH", sp, {"displayName": "x"}),
        ("POST", f"{sp}/appRoleAssignedTo", {}),
        ("POST", f"{sp}/claimsMappingPolicies/$ref", {}),
        ("POST", "/oauth2PermissionGrants", {}),
        ("POST", "/policies/claimsMappingPolicies", {}),
        ("PATCH", f"/users/{alice.object_id}", {"department": "x"}),
        ("DELETE", f"/users/{alice.object_id}", None),
    ]


def test_every_kind_of_write_is_refused_to_the_preview_identity(ci: CiStack) -> None:
    before = directory_of(ci)
    with ci.graph_as("preview") as graph:
        answers = {
            f"{method} {path}": graph.request(method, path, json=body).status_code
            for method, path, body in writes(ci)
        }

    assert set(answers.values()) == {403}, answers
    assert directory_of(ci) == before


def test_deploying_does_not_reach_people_or_the_applications_of_others(ci: CiStack) -> None:
    tenant = ci.sandbox.entra.tenant
    alice = tenant.user_called(ALICE)
    preview = tenant.application_of(ci.client_id("preview"))
    somebody = tenant.application_of(ci.sandbox.entra.deployer.client_id)
    assert alice
    assert preview
    assert somebody
    before = directory_of(ci)
    with ci.graph_as("deploy") as graph:
        answers = [
            graph.delete(f"/users/{alice.object_id}"),
            graph.patch(
                f"/users/{alice.object_id}", json={"passwordProfile": {"password": "hunter2"}}
            ),
            *(
                graph.request(method, f"/applications/{app.object_id}{path}", json=body)
                for app in (preview, somebody)
                for method, path, body in (
                    ("PATCH", "", {"displayName": "mine"}),
                    ("POST", "/addPassword", {"passwordCredential": {}}),
                    ("DELETE", "", None),
                )
            ),
        ]

    assert {answer.status_code for answer in answers} == {403}
    assert directory_of(ci) == before


@pytest.fixture
def restored(ci: CiStack) -> Iterator[CiStack]:
    """The stack, brought back to what it was after the test."""
    yield ci
    ci.administrator.configure(ci.settings)
    ci.administrator.up()


CHANGES: dict[str, Any] = {
    "users": {BOB: {"default_namespace": "team-b"}},
    "access": {"namespaces": {"team-a": {"viewers": ["team-a-viewers", "marketing"]}}},
    "extensionProperties": ["default_namespace", "picture", "cost_centre"],
    "portal": {"clientSecretExpires": "2098-12-31"},
    "kubectl": {"redirectUri": "http://localhost:18000"},
}
"""A user, a new group, another claim (and with it the policy), another secret, the application."""


def test_the_preview_identity_shows_every_kind_of_change_and_applies_none(
    restored: CiStack,
) -> None:
    before = directory_of(restored)
    state = state_of(restored)
    with restored.running_as("preview") as stack:
        stack.configure(restored.settings | CHANGES)
        shown = json.loads(stack.preview("--json").stdout)["changeSummary"]
        applied = stack.up("--continue-on-error", check=False)

    assert shown["create"] >= 2
    assert shown["update"] >= 3
    assert applied.returncode != 0
    printed = applied.stdout + applied.stderr
    assert "Authorization_RequestDenied" in printed
    assert "is forbidden" in printed, "the API server let it write"
    assert directory_of(restored) == before
    assert state_of(restored) == state


def test_the_deploying_identity_applies_every_kind_of_change(restored: CiStack) -> None:
    with restored.running_as("deploy") as stack:
        stack.configure(restored.settings | CHANGES)
        stack.up()
        stack.preview("--refresh", "--expect-no-changes")

    bob = restored.sandbox.entra.tenant.user_called(BOB)
    assert bob
    assert "team-b" in bob.extension_values.values()
    names = restored.administrator.output("extensionNames")
    assert set(names) == {"default_namespace", "picture", "cost_centre"}


def test_the_deploying_identity_cannot_change_who_signs_in_to_ci(restored: CiStack) -> None:
    changed = restored.settings
    changed["ci"]["preview"]["federatedCredentials"]["workflow"]["subject"] = "repo:mallory/x:y"
    with restored.running_as("deploy") as stack:
        stack.configure(changed)
        applied = stack.up(check=False)

    assert applied.returncode != 0
    assert "Authorization_RequestDenied" in applied.stdout + applied.stderr
    assert restored.sign_in(restored.job("preview")).status_code == 200


def _claims(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
