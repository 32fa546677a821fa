"""The pack checks what the rules check, says what it cannot tell, and fails closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pulumi_policy import EnforcementLevel, Policy, ResourceValidationArgs
from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy

from policy.policies import POLICIES, policy_of
from review.rules import BY_ID, RULES
from tests.unit.review.previews import UNKNOWN, urn
from tests.unit.review.resources import (
    application,
    assigned_group,
    binding,
    federated_credential,
    identity_provider,
    password,
)

BY_NAME = {policy.name: policy for policy in POLICIES}


def run(
    policy: Policy,
    resource: Mapping[str, Any],
    *,
    config: Mapping[str, Any] | None = None,
    protect: bool = False,
) -> list[str]:
    """Run a policy as the engine does and return its violations."""
    violations: list[str] = []
    args = ResourceValidationArgs(
        resource_type=resource["type"],
        props=unknown_checking_proxy(dict(resource["inputs"])),
        urn=resource["urn"],
        name=resource["urn"].split("::")[-1],
        opts=cast("Any", SimpleNamespace(protect=protect)),
        provider=None,
        config=config,
    )
    cast("Any", policy).validate(args, lambda message, _urn=None: violations.append(message))
    return violations


VIOLATIONS = {
    "multi-tenant-mapped-claims": application(signInAudience="AzureADMultipleOrgs"),
    "public-client-flows": application(fallbackPublicClientEnabled=True),
    "group-overage": application(groupMembershipClaims=["SecurityGroup"]),
    "prefix-removed": identity_provider({"groupsPrefix": ""}),
    "redirect-uri-wildcard": application(web={"redirectUris": ["https://*.contoso.com/cb"]}),
    "federated-credential-too-wide": federated_credential("repo:contoso/platform:pull_request"),
    "system-name-bound": binding("view", "system:authenticated"),
}


def test_there_is_a_policy_for_every_rule_that_a_resource_alone_can_break() -> None:
    assert set(BY_NAME) == {rule.id for rule in RULES if rule.check is not None}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_a_policy_says_what_is_wrong_and_what_to_do(name: str) -> None:
    (said,) = run(BY_NAME[name], VIOLATIONS[name])

    assert said.endswith(BY_ID[name].remedy)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_policy_is_silent_on_what_is_right_and_on_what_is_not_its_business(name: str) -> None:
    for resource in (application(), identity_provider(), binding(), assigned_group(), password()):
        assert run(BY_NAME[name], resource) == []


def test_what_blocks_a_pull_request_is_mandatory() -> None:
    for name, policy in BY_NAME.items():
        mandatory = policy.enforcement_level is EnforcementLevel.MANDATORY
        assert mandatory is BY_ID[name].blocks


def test_a_value_that_is_not_known_is_told_to_the_engine_as_such() -> None:
    with pytest.raises(UnknownValueError) as caught:
        run(BY_NAME["prefix-removed"], identity_provider({"groupsPrefix": UNKNOWN}))

    assert "cannot tell yet: Which prefix groups of Entra get" in caught.value.message


def test_what_is_certain_is_reported_beside_what_is_not_known() -> None:
    violations: list[str] = []
    resource = application(web={"redirectUris": ["https://*.contoso.com/cb", UNKNOWN]})
    args = SimpleNamespace(
        resource_type=resource["type"],
        props=unknown_checking_proxy(resource["inputs"]),
        urn=resource["urn"],
        opts=SimpleNamespace(protect=False),
        get_config=dict,
    )

    with pytest.raises(UnknownValueError):
        cast("Any", BY_NAME["redirect-uri-wildcard"]).validate(
            args, lambda message, _urn=None: violations.append(message)
        )

    assert len(violations) == 1


def test_thresholds_come_from_the_configuration() -> None:
    ends = datetime.now(UTC) + timedelta(days=45)
    secret = password(endDate=ends.isoformat())

    assert run(BY_NAME["secret-expiring"], secret) == []
    assert run(BY_NAME["secret-expiring"], secret, config={"secretExpiresWithinDays": 60})


def test_protection_is_asked_of_protected_environments_only() -> None:
    policy, provider = BY_NAME["unprotected-production"], identity_provider()

    assert run(policy, provider) == []
    assert run(policy, provider, config={"protected": True})
    assert run(policy, provider, config={"protected": True}, protect=True) == []


def test_a_rule_that_fails_is_a_violation_and_not_a_pass() -> None:
    def broken(_resource: object, _settings: object) -> list[Any]:
        msg = "odd shape"
        raise TypeError(msg)

    policy = policy_of(replace(BY_ID["prefix-removed"], check=broken))

    (said,) = run(policy, identity_provider())

    assert said == "This could not be checked: TypeError: odd shape. Please report it."


def test_odd_shapes_do_not_break_a_policy() -> None:
    for policy in POLICIES:
        for inputs in ({}, {"oidc": "text"}, {"web": []}, {"subjects": [None, 3]}, {"api": None}):
            for kind in cast("Any", BY_ID[policy.name]).types:
                odd = {"type": kind, "urn": urn(kind, "odd"), "inputs": inputs}
                assert not any("could not be checked" in said for said in run(policy, odd))
