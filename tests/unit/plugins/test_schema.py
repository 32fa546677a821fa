from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.plugins import sdk_schema
from sandbox.plugins.protocol.schema import Shape, load_shapes
from sandbox.plugins.protocol.values import UNKNOWN

APPLICATION = "azuread:index/application:Application"


def shapes(plugin: str) -> dict[str, Shape]:
    return load_shapes(Path(sdk_schema.__file__).parent / plugin / "schema.json")


def problems(token: str, inputs: dict[str, object]) -> dict[str, str]:
    plugin = token.split(":", 1)[0]
    return {p.path: p.reason for p in shapes(plugin)[token].problems(inputs)}


@pytest.mark.parametrize("plugin", sorted(sdk_schema.SOURCES))
def test_the_table_says_what_the_installed_sdk_says(plugin: str) -> None:
    stored = (Path(sdk_schema.__file__).parent / plugin / "schema.json").read_text()
    assert json.loads(stored) == sdk_schema.describe(plugin), (
        "run `python -m sandbox.plugins.sdk_schema`"
    )


def test_right_inputs_have_no_problems() -> None:
    inputs = {
        "displayName": "portal",
        "api": {"mappedClaimsEnabled": True, "requestedAccessTokenVersion": 2},
        "web": {"redirectUris": ["https://portal.example/auth/callback", UNKNOWN]},
        "owners": UNKNOWN,
    }
    assert problems(APPLICATION, inputs) == {}


def test_an_unknown_property_is_named_with_its_path_and_what_was_meant() -> None:
    inputs = {"displayName": "portal", "web": {"redirectUri": ["https://x/"]}}
    assert problems(APPLICATION, inputs) == {
        "web.redirectUri": "unknown property 'redirectUri'; did you mean 'redirectUris'?"
    }


def test_a_wrong_type_is_named_without_its_value() -> None:
    inputs = {"displayName": ["hunter2"], "api": {"requestedAccessTokenVersion": True}}
    assert problems(APPLICATION, inputs) == {
        "displayName": "expected a string, got a list",
        "api.requestedAccessTokenVersion": "expected a integer, got a bool",
    }


def test_every_problem_is_reported_at_once() -> None:
    inputs = {"appRoles": [{"id": "1"}], "nonsense": 1}
    assert set(problems(APPLICATION, inputs)) == {
        "appRoles[0].allowedMemberTypes",
        "appRoles[0].description",
        "appRoles[0].displayName",
        "displayName",
        "nonsense",
    }


def test_a_map_takes_any_key_but_only_its_type() -> None:
    token = "aws:eks/identityProviderConfig:IdentityProviderConfig"
    oidc = {"clientId": "c", "identityProviderConfigName": "n", "issuerUrl": "https://i"}
    inputs = {"clusterName": "c", "oidc": oidc, "tags": {"a.b": "1", "n": 2}}
    assert problems(token, inputs) == {"tags.n": "expected a string, got a int"}


def test_a_providers_own_flags_arrive_as_json_text() -> None:
    shape = shapes("aws")["pulumi:providers:aws"]
    settings = shape.decoded(
        {"skipRegionValidation": "true", "region": "true", "endpoints": '[{"eks":"https://x"}]'}
    )
    assert settings == {
        "skipRegionValidation": True,
        "region": "true",
        "endpoints": [{"eks": "https://x"}],
    }
    assert not shape.problems(settings)


def test_a_providers_flag_that_is_no_json_is_a_problem() -> None:
    shape = shapes("aws")["pulumi:providers:aws"]
    found = shape.problems(shape.decoded({"insecure": "yes"}))
    assert [problem.path for problem in found] == ["insecure"]
