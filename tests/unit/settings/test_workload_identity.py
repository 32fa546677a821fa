"""Who may sign in to preview and to deploy, as GitHub writes their subjects."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from settings.model import Settings
from settings.rules import check

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


def subjects(ci: dict[str, Any]) -> tuple[list[str], list[str]]:
    declared = settings(ci).ci
    return (
        [credential.subject for credential in declared.preview_credentials.values()],
        [credential.subject for credential in declared.deploy_credentials.values()],
    )


def credential(subject: str) -> dict[str, Any]:
    return {"issuer": "https://gitlab.contoso.example", "subject": subject}


def test_without_the_setting_nobody_signs_in() -> None:
    assert subjects({}) == ([], [])


def test_pull_requests_and_the_branch_preview_and_the_environment_deploys() -> None:
    assert subjects({"github": GITHUB}) == (
        ["repo:contoso/platform:pull_request", "repo:contoso/platform:ref:refs/heads/main"],
        ["repo:contoso/platform:environment:prod"],
    )


def test_the_ids_of_immutable_subjects_are_kept() -> None:
    """Examples of https://learn.microsoft.com/entra/workload-id/workload-identities-github-immutable-subjects"""
    github = GITHUB | {"repository": "contoso@5544123/payments-api@821093847", "branch": "trunk"}

    assert subjects({"github": github}) == (
        [
            "repo:contoso@5544123/payments-api@821093847:pull_request",
            "repo:contoso@5544123/payments-api@821093847:ref:refs/heads/trunk",
        ],
        ["repo:contoso@5544123/payments-api@821093847:environment:prod"],
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("repository", "platform"),
        ("repository", "contoso@5544123/platform"),
        ("repository", "contoso/platform:pull_request"),
        ("repository", "contoso/*"),
        ("environment", "prod:x"),
        ("environment", ""),
        ("branch", "refs heads"),
        ("branch", "release/*"),
    ],
)
def test_what_would_make_another_subject_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match="must be"):
        settings({"github": GITHUB | {name: value}})


@pytest.mark.parametrize("group", ["system:masters", "eks:readers", "", "a b"])
def test_a_group_that_eks_reserves_is_refused(group: str) -> None:
    with pytest.raises(ValidationError, match="EKS access entry"):
        settings({"preview": {"kubernetesGroup": group}})


def test_other_systems_are_named_by_issuer_and_subject() -> None:
    ci = {
        "preview": {"federatedCredentials": {"gitlab": credential("project:mr")}},
        "deploy": {"federatedCredentials": {"gitlab": credential("project:main")}},
    }

    assert subjects(ci) == (["project:mr"], ["project:main"])
    assert check(settings(ci)) == []


@pytest.mark.parametrize(
    ("ci", "expected"),
    [
        (
            {
                "preview": {"federatedCredentials": {"gitlab": credential("same")}},
                "deploy": {"federatedCredentials": {"other": credential("same")}},
            },
            'ci.deploy.federatedCredentials.other: "same" may also preview',
        ),
        (
            {"deploy": {"federatedCredentials": {"own": credential("repo:a/b:pull_request")}}},
            'ci.deploy.federatedCredentials.own.subject: "repo:a/b:pull_request" is that of every',
        ),
        (
            {
                "github": GITHUB,
                "preview": {"federatedCredentials": {"github-branch": credential("s")}},
            },
            'ci.preview.federatedCredentials["github-branch"]: has the name of a credential',
        ),
        (
            {"deploy": {"federatedCredentials": {"own": credential("repo:a/*:environment:x")}}},
            'ci.deploy.federatedCredentials.own.subject: "repo:a/*:environment:x" must be the ex',
        ),
    ],
)
def test_what_would_let_the_wrong_ones_in_is_refused(ci: dict[str, Any], expected: str) -> None:
    (problem,) = check(settings(ci))

    assert str(problem).startswith(expected)
