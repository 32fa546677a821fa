"""The review of each change that a team makes to the stack `sandbox`, as it is committed."""

from __future__ import annotations

import pytest

from review import write
from sandbox.sandbox import Sandbox
from sandbox.tools.resolver import Tools
from tests.system.review.changes import BASE, OF_THE_SANDBOX, TeamChange
from tests.system.review.conftest import ReviewedStack, reviewed_stack
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
