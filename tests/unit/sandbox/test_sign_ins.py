from __future__ import annotations

import dataclasses

from sandbox.expectation import Expectation
from sandbox.sign_ins import differences_from
from verify.kubernetes_access import AccessQuestion, KubernetesIdentity

PODS = AccessQuestion(verb="get", resource="pods", namespace="team-a")
SECRETS = AccessQuestion(verb="get", resource="secrets", namespace="krci")
EXPECTED = Expectation(
    claims={"upn": "bob@contoso.example", "groups": ["1", "2"], "picture": None},
    username="entra:bob@contoso.example",
    groups=("entra:1", "entra:2"),
    allowed=(PODS,),
    denied=(SECRETS,),
)
CLAIMS = {"upn": "bob@contoso.example", "groups": ["2", "1"]}
IDENTITY = KubernetesIdentity(
    username="entra:bob@contoso.example", groups=("entra:2", "entra:1", "system:authenticated")
)
ANSWERS = {PODS: True, SECRETS: False}


def test_a_sign_in_as_declared_has_no_difference() -> None:
    assert differences_from(EXPECTED, CLAIMS, IDENTITY, ANSWERS) == ()


def test_a_group_of_kubernetes_own_in_a_token_is_a_difference() -> None:
    """`system:masters` may do everything, so it must not hide among the API server's own groups."""
    escalated = dataclasses.replace(IDENTITY, groups=(*IDENTITY.groups, "system:masters"))

    (difference,) = differences_from(EXPECTED, CLAIMS, escalated, ANSWERS)

    assert "system:masters" in difference


def test_everything_that_differs_is_told() -> None:
    claims = {"upn": "eve@contoso.example", "groups": ["1"], "picture": "https://p.example"}
    identity = KubernetesIdentity(username="bob", groups=("system:authenticated",))

    told = differences_from(EXPECTED, claims, identity, {PODS: False, SECRETS: True})

    assert [sentence.split(" is ")[0] for sentence in told[:3]] == [
        "the claim upn",
        "the claim groups",
        "the claim picture",
    ]
    assert told[3] == "the API server says 'bob', declared is 'entra:bob@contoso.example'"
    assert told[4].startswith("the API server sees the groups ()")
    assert told[5:] == ("may not get pods -n team-a", "may get secrets -n krci")
