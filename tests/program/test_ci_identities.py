"""The two CI identities: who owns what, and which Graph roles each has."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components.ci_identities import DEPLOY_ROLES, PREVIEW_ROLES, ci_roles, declare_ci_identities
from components.microsoft_graph import MicrosoftGraph, Ownership
from components.preview_access import PreviewAccess, PreviewAccessArgs
from settings.model import Settings
from tests.program.recorder import Recorder

APPLICATION = "azuread:index/application:Application"
ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"
PASSWORD = "azuread:index/applicationPassword:ApplicationPassword"
RBAC = "kubernetes:rbac.authorization.k8s.io/v1"
GRAPH = MicrosoftGraph(
    object_id="graph", scope_ids={}, role_ids={role: role for role in DEPLOY_ROLES}
)
GITHUB = {"repository": "contoso/platform", "environment": "prod"}


def settings(ci: dict[str, Any]) -> Settings:
    config = {
        "tenantId": "3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d",
        "application": {"displayName": "KubeRocketCI"},
        "cluster": {"name": "dev", "region": "eu-central-1"},
        "access": {"clusterAdmins": ["platform-admins"]},
        "portal": {"url": "https://portal.contoso.example"},
        "ci": ci,
    }
    return Settings.model_validate_json(json.dumps(config))


def declared(recorder: Recorder, ci: dict[str, Any]) -> list[Ownership]:
    ownership: list[Ownership] = []

    @pulumi.runtime.test
    def build() -> None:
        identities = declare_ci_identities(settings(ci), GRAPH, "person", pulumi.ResourceOptions())
        ownership.append(identities.ownership("person"))

    build()
    return ownership


def test_each_has_its_roles_its_workloads_and_no_secret(recorder: Recorder) -> None:
    declared(recorder, {"github": GITHUB})

    names = {app.inputs["displayName"]: app.inputs for app in recorder.of_type(APPLICATION)}
    assert set(names) == {"KubeRocketCI CI preview", "KubeRocketCI CI deploy"}
    assert all(inputs["owners"] == ["person"] for inputs in names.values())
    roles = {
        principal: {
            assignment.inputs["appRoleId"]
            for assignment in recorder.of_type(ASSIGNMENT)
            if assignment.inputs["principalObjectId"].startswith(principal)
        }
        for principal in ("ci-preview", "ci-deploy")
    }
    assert roles == {"ci-preview": set(PREVIEW_ROLES), "ci-deploy": set(DEPLOY_ROLES)}
    assert recorder.of_type(PASSWORD) == []


def test_the_one_that_previews_has_no_role_that_writes() -> None:
    assert all(role.split(".")[1] == "Read" for role in PREVIEW_ROLES)


def test_the_one_that_deploys_owns_the_rest_and_stays_the_owner(recorder: Recorder) -> None:
    (ownership,) = declared(recorder, {"github": GITHUB})

    assert ownership.kept
    assert ownership.object_ids != ["person"]


@pytest.mark.parametrize("ci", [{}, {"preview": {"federatedCredentials": {}}}])
def test_without_it_whoever_comes_first_owns_the_rest(
    recorder: Recorder, ci: dict[str, Any]
) -> None:
    (ownership,) = declared(recorder, ci)

    assert ownership == Ownership(object_ids=["person"], kept=False)
    assert recorder.of_type(APPLICATION) == []
    assert ci_roles(settings(ci)) == ()


def test_in_the_cluster_the_previewing_group_only_gets_what_is_declared(
    recorder: Recorder,
) -> None:
    @pulumi.runtime.test
    def build() -> None:
        PreviewAccess(
            "ci-preview",
            PreviewAccessArgs(
                group="readers",
                portal_namespace="krci",
                portal=pulumi.ComponentResource("test:test:Portal", "portal"),
            ),
        )

    build()

    rules = [
        rule
        for kind in ("ClusterRole", "Role")
        for role in recorder.of_type(f"{RBAC}:{kind}")
        for rule in role.inputs["rules"]
    ]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"get"}
    assert [rule["resourceNames"] for rule in rules if rule["resources"] == ["secrets"]] == [
        ["portal-secret"]
    ]
    bindings = recorder.of_type(f"{RBAC}:ClusterRoleBinding")
    bindings += recorder.of_type(f"{RBAC}:RoleBinding")
    assert {s["name"] for binding in bindings for s in binding.inputs["subjects"]} == {"readers"}
