"""The review of each change that a team makes to the stack `sandbox`, as it is committed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from review import write
from review.__main__ import NEEDS_REVIEW
from sandbox.sandbox import Sandbox
from sandbox.stack import PROJECT_FOLDER
from sandbox.tools.resolver import Tools
from tests.system.review.changes import BASE, OF_THE_SANDBOX, TeamChange
from tests.system.review.conftest import ReviewedStack, merged, reviewed_stack
from tests.system.review.golden import compare

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

BEFORE, AFTER = (
    [change for change in OF_THE_SANDBOX if change.deployed is deployed]
    for deployed in (False, True)
)


@pytest.fixture(scope="module")
def new_stack(
    sandbox: Sandbox, tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> ReviewedStack:
    return reviewed_stack("sandbox", sandbox, tools, tmp_path_factory, BASE)


@pytest.fixture(scope="module")
def first_reviews(new_stack: ReviewedStack) -> dict[str, str]:
    """Reviews from before the stack was up."""
    return {change.key: write(new_stack.review(change), "markdown") for change in BEFORE}


@pytest.fixture(scope="module")
def stack(new_stack: ReviewedStack, first_reviews: dict[str, str]) -> ReviewedStack:
    """The stack, up."""
    new_stack.up()
    return new_stack


@pytest.mark.parametrize("change", BEFORE, ids=lambda change: change.key)
def test_the_review_before_there_is_anything(
    change: TeamChange, first_reviews: dict[str, str]
) -> None:
    compare(change.key, first_reviews[change.key])


@pytest.mark.parametrize("change", AFTER, ids=lambda change: change.key)
def test_the_review_is_what_an_expert_would_write(change: TeamChange, stack: ReviewedStack) -> None:
    compare(change.key, write(stack.review(change), "markdown"))


def test_the_command_previews_and_reviews_at_once(stack: ReviewedStack) -> None:
    """What `make review` runs."""
    stack.stack.configure(merged(stack.base, {"access": {"clusterAdmins": ["contractors"]}}))
    command = [sys.executable, "-m", "review", "run", "--stack", "sandbox", "--strict"]

    done = subprocess.run(
        [*command, "--config-file", str(stack.stack.config_file)],
        cwd=PROJECT_FOLDER,
        env=dict(stack.stack.engine.environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == NEEDS_REVIEW, done.stderr
    said = " ".join(done.stdout.split())
    assert said.startswith("needs review: the group contractors becomes cluster-admin; the group")
    assert "platform-admins may no longer do everything in the whole cluster" in said
    assert done.stderr.startswith("pulumi preview of sandbox\n")
