from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from sandbox.coverage import LEDGER, render
from sandbox.ledger.comparisons import COMPARISONS, Comparison
from sandbox.ledger.source_facts import eks_refusals, graph_errors, login_errors

ROOT = Path(__file__).parents[3]
INSTALLED = [each for each in COMPARISONS if each.distribution is not None]
PINNED = [each for each in COMPARISONS if each.pinned_in is not None]


def test_the_ledger_is_what_the_routes_say() -> None:
    assert LEDGER.read_text() == render(), "run `python -m sandbox.coverage`"


@pytest.mark.parametrize("comparison", INSTALLED, ids=lambda each: each.client)
def test_a_comparison_is_with_the_installed_version(comparison: Comparison) -> None:
    assert comparison.distribution is not None
    assert comparison.version == metadata.version(comparison.distribution), (
        f"run {comparison.tests} with the new version and write it down"
    )


@pytest.mark.parametrize("comparison", PINNED, ids=lambda each: each.client)
def test_a_comparison_is_with_the_pinned_version(comparison: Comparison) -> None:
    assert comparison.pinned_in is not None
    assert comparison.version in (ROOT / comparison.pinned_in).read_text()


def test_a_comparison_is_where_it_says() -> None:
    for comparison in COMPARISONS:
        assert comparison.tests == "by hand" or (ROOT / comparison.tests).exists(), comparison


def test_the_errors_are_found_in_the_source() -> None:
    assert (50146, "invalid_request", "reported") in login_errors()
    assert ("404", "Request_ResourceNotFound") in graph_errors()
    assert (409, "ResourceInUseException") in eks_refusals()
