"""Changes that lead away from the guide, and the policy pack on what the guide declares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from review import write
from tests.system.review.changes import OF_THE_GUIDE, TeamChange
from tests.system.review.conftest import POLICY_PACK, ReviewedStack
from tests.system.review.golden import compare

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

CHANGES = OF_THE_GUIDE


@pytest.mark.parametrize("change", CHANGES.before_it_is_up, ids=lambda change: change.key)
def test_the_review_before_there_is_anything(
    change: TeamChange, first_reviews: dict[str, str]
) -> None:
    compare(change.key, first_reviews[change.key])


@pytest.mark.parametrize("change", CHANGES.once_it_is_up, ids=lambda change: change.key)
def test_the_review_is_what_an_expert_would_write(change: TeamChange, stack: ReviewedStack) -> None:
    compare(change.key, write(stack.review(change), "markdown"))


@pytest.fixture
def as_committed(stack: ReviewedStack) -> ReviewedStack:
    stack.stack.configure(stack.base)
    return stack


def configured(folder: Path, config: Mapping[str, object]) -> list[str]:
    """The options that run the pack with `config`."""
    file = folder / "policy-config.json"
    file.write_text(json.dumps(config))
    return ["--policy-pack", str(POLICY_PACK), "--policy-pack-config", str(file)]


def test_a_mandatory_policy_stops_the_preview_and_the_update(as_committed: ReviewedStack) -> None:
    for command in (as_committed.stack.preview, as_committed.stack.up):
        done = command("--policy-pack", str(POLICY_PACK), check=False)

        assert done.returncode != 0
        assert "[mandatory]" in done.stdout
        assert "graph-role-added" in done.stdout
        assert "Give the least that the work needs" in done.stdout


def test_the_configuration_makes_policies_advisory_or_mandatory(
    as_committed: ReviewedStack, tmp_path: Path
) -> None:
    advisory = as_committed.stack.preview(*configured(tmp_path, {"all": "advisory"}))
    stricter = as_committed.stack.preview(
        *configured(tmp_path, {"all": "advisory", "issuer-v1": "mandatory"}), check=False
    )

    assert "[advisory] [severity: high]  graph-role-added" in advisory.stdout
    assert stricter.returncode != 0
    assert "[mandatory] [severity: medium]  issuer-v1" in stricter.stdout


def test_the_pack_runs_offline_on_a_state_alone(
    as_committed: ReviewedStack, tmp_path: Path
) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps(as_committed.stack.state()))

    done = as_committed.stack.engine.run(
        "policy", "analyze", "--file", str(state), "--policy-pack", str(POLICY_PACK), check=False
    )

    assert done.returncode != 0
    for policy in ("graph-role-added", "issuer-v1", "group-overage", "implicit-grant"):
        assert policy in done.stdout
