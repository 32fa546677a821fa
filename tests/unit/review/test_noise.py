"""What is no change at all is not shown as one."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import kinds
from review.diff import property_changes
from review.reading import read_preview
from tests.unit.review.previews import change, digest, reviewed, state, step
from tests.unit.review.resources import (
    GROUP,
    OTHER_GROUP,
    application,
    binding,
    delegated_grant,
    identity_provider,
    users,
)

POLICY = {"ClaimsMappingPolicy": {"Version": 1, "ClaimsSchema": [{"JwtClaimType": "picture"}]}}


def policy(text: str) -> dict[str, Any]:
    return state(kinds.CLAIMS_POLICY, "claims-policy", {"definitions": [text]})


NOISE = {
    "the code of a dynamic provider": (
        state(kinds.USER_ATTRIBUTES, "users-00", {"__provider": "gAS1", "users": "u"}),
        {"__provider": "gAS2"},
    ),
    "the order of redirect URIs": (
        application(web={"redirectUris": ["https://a", "https://b"]}),
        {"web": {"redirectUris": ["https://b", "https://a"]}},
    ),
    "the order of scopes": (
        delegated_grant("openid", "email"),
        {"claimValues": ["email", "openid"]},
    ),
    "the order of subjects": (
        binding("view", GROUP, OTHER_GROUP, names="a, b"),
        {"subjects": binding("view", OTHER_GROUP, GROUP)["inputs"]["subjects"]},
    ),
    "another layout of the same JSON": (
        policy(json.dumps(POLICY)),
        {"definitions": [json.dumps(POLICY, indent=2)]},
    ),
    "a property that is null instead of missing": (
        identity_provider({"requiredClaims": None}),
        {"oidc": identity_provider()["inputs"]["oidc"]},
    ),
}


@pytest.mark.parametrize("what", NOISE)
def test_noise_is_left_out(what: str) -> None:
    old, inputs = NOISE[what]
    report = reviewed(change("update", old, inputs))

    assert report.verdict == "safe"
    assert report.reason == "nothing changes."
    assert report.diffs == ()


def test_the_settings_handed_to_dynamic_providers_are_noise() -> None:
    """Pulumi passes them the whole stack configuration, so any edit shows as an update."""
    old = state("pulumi:providers:pulumi-python", "default", {"entra-eks-sso:issuer": "v1"})

    assert reviewed(change("update", old, {"entra-eks-sso:issuer": "v2"})).diffs == ()


def test_what_comes_and_goes_in_a_set_is_shown_item_by_item() -> None:
    old = application(web={"redirectUris": ["https://a", "https://b"]})
    text = digest(change("update", old, {"web": {"redirectUris": ["https://c", "https://a"]}}))

    seen = property_changes(read_preview(text).changes[0])

    assert [(entry.before, entry.after) for entry in seen if "redirectUris" in entry.path] == [
        ("https://b", None),
        (None, "https://c"),
    ]


names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
tables = st.dictionaries(names, st.fixed_dictionaries({"default_namespace": names}), max_size=8)


@given(table=tables, seed=st.integers())
def test_the_order_of_users_means_nothing(table: dict[str, dict[str, str]], seed: int) -> None:
    old = users(table)
    header, *lines = old["inputs"]["users"].splitlines(keepends=True)
    random.Random(seed).shuffle(lines)  # noqa: S311 - no secret
    new = users("".join([header, *lines]))

    assert reviewed(step("update", old, new)).verdict == "safe"


@given(before=tables, after=tables)
def test_every_user_whose_values_differ_is_counted_once(
    before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]
) -> None:
    report = reviewed(step("update", users(before), users(after)))

    differing = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert {change.user_principal_name for change in report.users.changes} == differing
    assert {change.user_principal_name for change in report.users.cleared} == {
        name for name in differing if name not in after
    }
