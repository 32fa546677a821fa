"""The review of each change that a team makes to the stack `sandbox`, as it is committed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from review import write
from review.__main__ import NEEDS_REVIEW
from sandbox.stack import PROJECT_FOLDER
from tests.system.review.changes import OF_THE_SANDBOX, TeamChange
from tests.system.review.conftest import ReviewedStack, merged
from tests.system.review.golden import compare

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

CHANGES = OF_THE_SANDBOX


@pytest.mark.parametrize("change", CHANGES.before_it_is_up, ids=lambda change: change.key)
def test_the_review_before_there_is_anything(
    change: TeamChange, first_reviews: dict[str, str]
) -> None:
    compare(change.key, first_reviews[change.key])


@pytest.mark.parametrize("change", CHANGES.once_it_is_up, ids=lambda change: change.key)
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
