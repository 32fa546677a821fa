"""Fixtures for every folder of tests, and which tests run."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.browser import chromium
from tests.conformance.selection import (
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_terminal_summary,
)
from tests.mermaid import mermaid_script
from tests.unknown_calls import know_every_log, no_unknown_calls

__all__ = [
    "chromium",
    "know_every_log",
    "mermaid_script",
    "no_unknown_calls",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_terminal_summary",
]

# How long an example takes says more about the machine's other work than about the code.
settings.register_profile(
    "shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared machine")
