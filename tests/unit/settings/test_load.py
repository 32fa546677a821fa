"""The stack's configuration becomes settings, or one error that names every problem."""

from __future__ import annotations

import json
from typing import Any

import pytest

from settings import Settings, SettingsError, flagged_choices
from settings.load import settings_from


def good() -> dict[str, Any]:
    """The least that has to be set."""
    return {
        "tenantId": "3F8A0C52-6d1e-4b7a-9c45-1e2d3a4b5c6d",
        "application": {"displayName": "KubeRocketCI"},
        "cluster": {"name": "dev", "region": "eu-central-1"},
        "access": {"clusterAdmins": ["platform-admins"]},
        "portal": {"url": "https://portal.contoso.example"},
    }


def load(config: dict[str, Any], secret: tuple[str, ...] = ()) -> Settings:
    values = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()
    }
    settings, _ = settings_from(
        values, secret_settings=frozenset(secret), project="entra-eks-sso", stack="dev"
    )
    return settings


def problems(config: dict[str, Any], secret: tuple[str, ...] = ()) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(config, secret)
    return [str(problem) for problem in caught.value.problems]


def test_the_least_configuration_has_the_least_privilege() -> None:
    settings = load(good())

    assert settings.tenant_id == "3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d"
    assert settings.issuer == "v2"
    assert settings.kubectl.client == "public"
    assert settings.graph_permissions.sign_in_roles == ()
    assert settings.graph_permissions.automation_roles == ("User.Read.All", "User.ReadUpdate.All")
    assert settings.application.group_membership_claims == "ApplicationGroup"
    assert settings.application.assignment_required
    assert settings.directory_automation_name == "KubeRocketCI directory automation"
    assert settings.portal.redirect_uri == "https://portal.contoso.example/auth/callback"
    assert flagged_choices(settings) == []


def test_the_guides_wider_choices_are_possible_and_each_is_flagged() -> None:
    config = good()
    config |= {
        "issuer": "v1",
        "kubectl": {"client": "confidential"},
        "graphPermissions": {"application": ["User.ReadWrite.All"], "holder": "login-application"},
    }
    config["application"] |= {
        "groupMembershipClaims": "SecurityGroup",
        "assignmentRequired": False,
        "implicitIdTokens": True,
    }

    flagged = flagged_choices(load(config))

    assert [choice.split(" is ")[0] for choice in flagged] == [
        "graphPermissions.holder",
        "kubectl.client",
        "issuer",
        "application.groupMembershipClaims",
        "application.assignmentRequired",
        "application.implicitIdTokens",
    ]
    assert "User.ReadWrite.All" in flagged[0]


def test_every_problem_is_reported_at_once_also_those_between_settings() -> None:
    config = good() | {
        "tenantId": "contoso",
        "issuers": "v2",
        "users": {"alice@contoso.example": {"nickname": "al"}},
        "graphPermissions": {"delegated": ["openid", "openid"]},
    }
    del config["portal"]

    with pytest.raises(SettingsError) as caught:
        load(config)

    message = str(caught.value)
    assert message.startswith(
        "6 settings are wrong in Pulumi.dev.yaml; nothing has been changed:\n"
        '  entra-eks-sso:tenantId: "contoso" must be a GUID such as '
        "3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d\n"
    )
    for line in (
        "entra-eks-sso:portal: is missing; it has no default",
        "entra-eks-sso:issuers: is not a setting; allowed here: access, application,",
        'entra-eks-sso:graphPermissions.delegated: "openid" is named twice; name it once',
        'entra-eks-sso:graphPermissions.delegated: "openid, openid" must contain profile: '
        "without it the ID token has no upn, name or oid",
        'entra-eks-sso:users["alice@contoso.example"].nickname: is not one of '
        "extensionProperties (default_namespace, picture); declare it",
    ):
        assert f"  {line}" in message
    assert message.endswith("pulumi config set --path 'entra-eks-sso:tenantId' <value>")


def test_no_configuration_at_all_names_what_is_missing() -> None:
    assert problems({}) == [
        f"{name}: is missing; it has no default"
        for name in ("tenantId", "application", "cluster", "access", "portal")
    ]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("issuer",), "v3", "issuer: \"v3\" must be one of 'v1' or 'v2'"),
        (("protect",), "yes", 'protect: "yes" must be true or false'),
        (("cluster", "region"), "europe", 'cluster.region: "europe" must be an AWS region'),
        (
            ("cluster", "identityProvider"),
            {"groupsPrefix": "system:"},
            "cluster.identityProvider.groupsPrefix: \"system:\" must not contain 'system:'",
        ),
        (
            ("cluster", "identityProvider"),
            {"usernamePrefix": "-"},
            "cluster.identityProvider.usernamePrefix: \"-\" must not be empty or '-'",
        ),
        (
            ("cluster", "identityProvider"),
            {"requiredClaims": {"x" * 64: "1"}},
            f'cluster.identityProvider.requiredClaims.{"x" * 64}: "1" must have a name of 1 to 63',
        ),
        (
            ("cluster", "kubeconfig"),
            "/nowhere/kubeconfig",
            'cluster.kubeconfig: "/nowhere/kubeconfig" is not a file',
        ),
        (
            ("cloud",),
            {"metadataHost": "localhost:1"},
            "cloud.loginEndpoint: is missing; it has no default",
        ),
        (
            ("cloud",),
            "germany",
            "cloud: \"germany\" must be one of 'public', 'usgovernment' or 'china'",
        ),
        (
            ("kubectl",),
            {"redirectUri": "http://127.0.0.1:8000"},
            'kubectl.redirectUri: "http://127.0.0.1:8000" must be http://localhost:<port>',
        ),
        (
            ("portal", "url"),
            "http://portal.contoso.example",
            'portal.url: "http://portal.contoso.example" must be an https URL',
        ),
        (
            ("portal", "url"),
            "https://portal.contoso.example/",
            'portal.url: "https://portal.contoso.example/" must be scheme and host only',
        ),
        (
            ("portal", "url"),
            "https://localhost:3000",
            'portal.url: "https://localhost:3000" must not be localhost',
        ),
        (
            ("portal", "clientSecretExpires"),
            "next year",
            'portal.clientSecretExpires: "next year" must be a day such as 2027-05-31',
        ),
        (
            ("directoryAutomation",),
            {
                "federatedCredentials": {
                    "ci": {"issuer": "https://issuer.example", "subject": "repo:contoso/*"}
                }
            },
            'directoryAutomation.federatedCredentials.ci.subject: "repo:contoso/*" must be the '
            "exact subject",
        ),
        (("access",), {}, "access: names no group"),
        (
            ("access", "clusterAdmins"),
            ["a", "A"],
            'access.clusterAdmins: "A" is named twice; name it once',
        ),
        (
            ("users",),
            {"a@b.example": {"picture": "x" * 300}},
            'users["a@b.example"].picture: "xxxx',
        ),
        (
            ("users",),
            {"a@b.example": {"picture": "http://b.example/a.png"}},
            'users["a@b.example"].picture: "http://b.example/a.png" must be an https URL',
        ),
        (
            ("users",),
            {"a@b.example": {"default_namespace": "Team A"}},
            'users["a@b.example"].default_namespace: "Team A" must be a Kubernetes namespace name',
        ),
        (("users",), {"a@b.example": {}}, 'users["a@b.example"]: has no value'),
        (
            ("users",),
            {"a@b.example": {"picture": ""}},
            'users["a@b.example"].picture: "" must not be empty',
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_value_and_what_is_allowed(
    path: tuple[str, ...], value: object, expected: str
) -> None:
    config = good()
    target = config
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value

    found = problems(config)

    assert any(problem.startswith(expected) for problem in found), found


def test_a_namespace_is_declared_by_one_setting_only() -> None:
    config = good()
    config["access"] = {"namespaces": {"krci": {"create": True, "viewers": ["everybody"]}}}
    config["portal"]["createNamespace"] = True

    (problem,) = problems(config)

    assert problem.startswith("portal.createNamespace: true and access.namespaces.krci.create both")


def test_federated_credentials_without_an_application_to_use_them_are_refused() -> None:
    config = good() | {
        "graphPermissions": {"holder": "login-application"},
        "directoryAutomation": {
            "federatedCredentials": {"ci": {"issuer": "https://issuer.example", "subject": "s"}}
        },
    }

    (problem,) = problems(config)

    assert problem.startswith("directoryAutomation.federatedCredentials: is of no use while")


def test_a_setting_that_is_a_secret_is_refused_without_showing_it() -> None:
    config = good()
    config["portal"] = {"url": "hunter2-not-a-url"}

    found = problems(config, secret=("portal",))

    assert found == [
        "portal: is a secret, and no setting is one; set it without --secret",
        'portal.url: "[secret]" must be an https URL such as https://portal.example.com',
    ]


def test_what_stands_under_an_unknown_name_is_not_shown() -> None:
    config = good()
    config["portal"]["clientSecret"] = "hunter2"

    (problem,) = problems(config)

    assert problem.startswith("portal.clientSecret: is not a setting; allowed here: ")
    assert "hunter2" not in problem


def test_a_kubeconfig_that_exists_is_accepted(tmp_path: Any) -> None:
    (tmp_path / "config").touch()
    config = good()
    config["cluster"]["kubeconfig"] = str(tmp_path / "config")

    assert load(config).cluster.kubeconfig == str(tmp_path / "config")
