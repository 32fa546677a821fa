"""Fixtures for every folder of tests."""

from __future__ import annotations

from tests.browser import chromium
from tests.unknown_calls import know_every_log, no_unknown_calls

__all__ = ["chromium", "know_every_log", "no_unknown_calls"]
