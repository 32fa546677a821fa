"""What a sign-in must show is worked out from settings and scenario alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.entra.scenario import Scenario, load_scenario
from sandbox.expectation import expect
from sandbox.sandbox import COMPANY
from settings.model import Settings


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario(COMPANY)


def settings(**changes: Any) -> Settings:
    config = {
        "tenantId": "3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d",
        "application": {"displayName": "eks"},
        "users": {"dave@partner.example": {"default_namespace": "team-a"}},
        "cluster": {"name": "sandbox", "region": "eu-central-1"},
        "access": {
            "clusterAdmins": ["platform-admins"],
            "namespaces": {"team-a": {"developers": ["team-a-developers"]}},
        },
        "portal": {"url": "https://portal.example"},
    }
    return Settings.model_validate_json(json.dumps(config | changes))


def asked(questions: Any) -> set[str]:
    return {str(question) for question in questions}


def test_a_guest_is_found_by_mail_and_has_the_values_of_that_entry(scenario: Scenario) -> None:
    guest = scenario.person("dave_partner.example#EXT#@contoso.example")

    expected = expect(settings(), scenario, guest.user_principal_name)

    assert expected.claims["default_namespace"] == "team-a"
    assert expected.claims["picture"] is None
    assert expected.claims["email"] == "dave@partner.example"
    assert expected.claims["upn"] == "dave_partner.example_EXT_@contoso.example"
    assert expected.username == "entra:dave_partner.example_EXT_@contoso.example"


def test_only_assigned_groups_are_in_the_token(scenario: Scenario) -> None:
    nobody = expect(settings(), scenario, "erin@contoso.example")
    everything = expect(
        settings(application={"displayName": "eks", "groupMembershipClaims": "SecurityGroup"}),
        scenario,
        "erin@contoso.example",
    )

    assert nobody.groups == ()
    assert everything.groups == (f"entra:{scenario.group('marketing').object_id}",)
    assert not nobody.allowed
    assert not everything.allowed


def test_roles_add_up_from_viewer_to_cluster_admin(scenario: Scenario) -> None:
    developer = expect(settings(), scenario, "bob@contoso.example")
    admin = expect(settings(), scenario, "alice@contoso.example")

    assert asked(developer.allowed) == {
        "get pods -n team-a",
        "create pipelineruns.tekton.dev -n team-a",
    }
    assert admin.denied == ()
    assert asked(admin.allowed) == asked(developer.allowed) | asked(developer.denied)


def test_a_group_named_by_its_object_id_counts_as_well(scenario: Scenario) -> None:
    group_id = scenario.group("team-a-developers").object_id

    by_id = expect(
        settings(access={"namespaces": {"team-a": {"developers": [group_id]}}}),
        scenario,
        "bob@contoso.example",
    )

    assert by_id.groups == (f"entra:{group_id}",)
    assert "create pipelineruns.tekton.dev -n team-a" in asked(by_id.allowed)


def test_values_of_files_rules_and_templates_are_expected_where_they_count(
    scenario: Scenario,
) -> None:
    declared = settings(
        users={"alice@contoso.example": {"default_namespace": "own"}},
        userAttributes={
            "files": ["users/sandbox.csv"],
            "rules": [
                {"group": "platform-admins", "values": {"default_namespace": "rule"}},
                {"group": "marketing", "values": {"default_namespace": "{mail_nickname}-dev"}},
            ],
            "defaults": {"picture": "https://p.example/{mail_nickname:dns}.png"},
        },
    )
    claims = {
        name: expect(declared, scenario, f"{name}@contoso.example").claims
        for name in ("alice", "bob", "erin", "dave_partner.example#EXT#")
    }

    assert {
        name: (found["default_namespace"], found["picture"]) for name, found in claims.items()
    } == {
        "alice": ("own", "https://p.example/alice.png"),
        "bob": (None, None),
        "erin": ("erin-dev", "https://p.example/erin.png"),
        "dave_partner.example#EXT#": (
            "team-a",
            "https://p.example/dave-partner-example-ext.png",
        ),
    }


def test_a_scenario_that_lacks_somebody_cannot_be_expected(scenario: Scenario) -> None:
    with pytest.raises(ValueError, match=r"ghost@contoso\.example"):
        expect(
            settings(users={"ghost@contoso.example": {"picture": "https://p.example/g.png"}}),
            scenario,
            "alice@contoso.example",
        )
