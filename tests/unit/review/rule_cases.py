"""For each rule: a change that it must find, one that it must not, and one that it cannot tell."""

from __future__ import annotations

from collections.abc import Mapping

from tests.unit.review import access_cases, sign_in_cases
from tests.unit.review.rule_case import Case

CASES: Mapping[str, Case] = {**sign_in_cases.CASES, **access_cases.CASES}
"""All but `policy-violated`, which only the events tell."""
