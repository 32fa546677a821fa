from __future__ import annotations

import copy
from typing import Any

import pytest

from sandbox.plugins.azuread.application import Application
from sandbox.plugins.azuread.application_body import application_state, graph_application
from sandbox.plugins.azuread.application_rules import application_problems
from sandbox.plugins.protocol import path as paths
from sandbox.plugins.protocol.drift import live_inputs
from sandbox.plugins.protocol.values import UNKNOWN

RULES = Application.rules
DECLARED: dict[str, Any] = {
    "displayName": "portal",
    "api": {"mappedClaimsEnabled": True, "requestedAccessTokenVersion": 2},
    "groupMembershipClaims": ["ApplicationGroup", "SecurityGroup"],
    "optionalClaims": {"idTokens": [{"name": "email"}, {"name": "upn", "essential": True}]},
    "publicClient": {"redirectUris": ["http://localhost:8000"]},
    "requiredResourceAccesses": [
        {"resourceAppId": "3", "resourceAccesses": [{"id": "7", "type": "Scope"}]}
    ],
    "signInAudience": "AzureADMyOrg",
    "web": {"redirectUris": ["https://portal.example/auth/callback"]},
}


def live(inputs: dict[str, Any]) -> dict[str, Any]:
    """What Graph would give back: what it was sent, under an id."""
    return {**graph_application(inputs), "id": "A", "appId": "C"}


def changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, bool]:
    return {paths.text(c.path): c.replaces for c in Application.rules.changes(old, new)}


def test_what_is_declared_reaches_graph_under_graphs_names() -> None:
    body = graph_application(DECLARED)
    assert body["api"]["acceptMappedClaims"] is True
    assert body["api"]["requestedAccessTokenVersion"] == 2
    assert body["groupMembershipClaims"] == "ApplicationGroup,SecurityGroup"
    assert body["optionalClaims"]["idToken"] == [
        {"name": "email", "essential": False, "additionalProperties": []},
        {"name": "upn", "essential": True, "additionalProperties": []},
    ]
    assert body["publicClient"] == {"redirectUris": ["http://localhost:8000"]}
    assert body["requiredResourceAccess"] == [
        {"resourceAppId": "3", "resourceAccess": [{"id": "7", "type": "Scope"}]}
    ]
    assert body["web"]["redirectUris"] == ["https://portal.example/auth/callback"]


def test_what_is_not_declared_is_cleared() -> None:
    body = graph_application({"displayName": "portal"})
    assert body["description"] is None
    assert body["groupMembershipClaims"] is None
    assert body["identifierUris"] == []
    assert body["optionalClaims"] == {}
    assert body["web"]["homePageUrl"] is None


def test_what_graph_has_leads_back_to_what_was_declared() -> None:
    state = application_state(live(DECLARED), {}, [])
    inputs = {name: value for name, value in state.items() if name not in ("featureTags", "tags")}
    refreshed = live_inputs(DECLARED, {n: inputs[n] for n in inputs if n in DECLARED}, RULES)
    assert refreshed == DECLARED


def test_a_change_by_hand_is_drift_at_its_path() -> None:
    by_hand = copy.deepcopy(live(DECLARED))
    by_hand["web"]["redirectUris"].append("https://evil.example/")
    by_hand["api"]["acceptMappedClaims"] = None
    state = application_state(by_hand, {}, [])
    refreshed = live_inputs(DECLARED, {n: state[n] for n in DECLARED}, RULES)
    assert changes(refreshed, DECLARED) == {
        "web.redirectUris[1]": False,
        "api.mappedClaimsEnabled": False,
    }


def test_spelled_out_defaults_are_no_change() -> None:
    spelled = {
        **DECLARED,
        "fallbackPublicClientEnabled": False,
        "identifierUris": [],
        "web": {**DECLARED["web"], "implicitGrant": {"idTokenIssuanceEnabled": False}},
        "optionalClaims": {
            "idTokens": [
                {"name": "email", "essential": False, "additionalProperties": []},
                {"name": "upn", "essential": True},
            ]
        },
    }
    assert changes(DECLARED, spelled) == {}


def test_redirect_uris_have_no_order() -> None:
    one = {"displayName": "p", "web": {"redirectUris": ["https://a/", "https://b/"]}}
    other = {"displayName": "p", "web": {"redirectUris": ["https://b/", "https://a/"]}}
    assert changes(one, other) == {}


@pytest.mark.parametrize(
    ("platform", "uri", "refused"),
    [
        ("web", "https://portal.example/auth/callback", None),
        ("web", "https://portal.example/", None),
        ("web", "http://localhost:8000/", None),
        ("web", "https://portal.example", "trailing slash"),
        ("web", "portal.example/callback", "no scheme"),
        ("web", "https:///callback", "no host"),
        ("web", "myapp://auth/x", "one of the schemes"),
        ("singlePageApplication", "https://portal.example", "trailing slash"),
        ("publicClient", "http://localhost:8000", None),
        ("publicClient", "myapp://auth", None),
        ("publicClient", "localhost", "no scheme"),
    ],
)
def test_a_redirect_uri_is_judged_by_its_platform(
    platform: str, uri: str, refused: str | None
) -> None:
    found = application_problems({"displayName": "p", platform: {"redirectUris": [uri]}})
    if refused is None:
        assert not found
    else:
        assert [problem.path for problem in found] == [f"{platform}.redirectUris[0]"]
        assert refused in found[0].reason


def test_values_that_are_not_known_yet_are_not_judged() -> None:
    inputs = {
        "displayName": UNKNOWN,
        "signInAudience": UNKNOWN,
        "owners": [UNKNOWN],
        "web": {"redirectUris": [UNKNOWN]},
        "api": UNKNOWN,
        "publicClient": UNKNOWN,
    }
    assert not application_problems(inputs)


def test_bad_enumerations_owners_and_tags_are_all_named() -> None:
    found = application_problems(
        {
            "displayName": "p",
            "signInAudience": "Everybody",
            "groupMembershipClaims": ["SecurityGroup", "Groups"],
            "owners": ["alice@contoso.example"],
            "api": {"requestedAccessTokenVersion": 3},
            "tags": ["a"],
            "featureTags": [{"hide": True}],
        }
    )
    assert {problem.path for problem in found} == {
        "signInAudience",
        "groupMembershipClaims[1]",
        "owners[0]",
        "api.requestedAccessTokenVersion",
        "featureTags",
    }
