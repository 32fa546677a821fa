"""The stacks that are committed can be used as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from settings import Settings, flagged_choices
from settings.load import settings_from

ROOT = Path(__file__).parents[3]
PREFIX = "entra-eks-sso:"


def load(name: str) -> Settings:
    config = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text())["config"]
    values = {
        key.removeprefix(PREFIX): value if isinstance(value, str) else json.dumps(value)
        for key, value in config.items()
        if key.startswith(PREFIX)
    }
    settings, _ = settings_from(
        values,
        secret_settings=frozenset(),
        project="entra-eks-sso",
        stack=name,
        folder=ROOT,
    )
    return settings


@pytest.mark.parametrize("name", ["dev", "guide", "sandbox"])
def test_a_committed_stack_has_no_problem_and_no_default_provider(name: str) -> None:
    config = yaml.safe_load((ROOT / f"Pulumi.{name}.yaml").read_text())["config"]

    load(name)

    assert config["pulumi:disable-default-providers"] == ["aws", "azuread", "kubernetes"]


@pytest.mark.parametrize("name", ["dev", "sandbox"])
def test_a_stack_to_start_from_has_nothing_to_be_warned_of(name: str) -> None:
    assert flagged_choices(load(name)) == []


def test_the_guide_is_the_guide() -> None:
    guide = load("guide")

    assert guide.issuer == "v1"
    assert guide.kubectl.client == "confidential"
    assert guide.graph_permissions.sign_in_roles == (
        "Application.ReadWrite.All",
        "User.ReadWrite.All",
    )
    assert len(flagged_choices(guide)) == 6
