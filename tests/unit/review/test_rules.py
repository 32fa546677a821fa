"""Each rule finds what it is for, nothing else, and says when it cannot tell."""

from __future__ import annotations

import pytest

from review.rules import BY_ID, RULES
from review.rules.rule import Severity
from tests.unit.review.previews import found, reviewed, texts
from tests.unit.review.rule_cases import CASES

ONLY_IN_EVENTS = {"policy-violated"}


def test_there_is_a_case_for_every_rule() -> None:
    assert set(CASES) == set(BY_ID) - ONLY_IN_EVENTS


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_finds_what_it_is_for(rule: str) -> None:
    case = CASES[rule]

    assert case.says in "\n".join(texts(found(rule, *case.fires, settings=case.settings)))


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_is_silent_on_what_is_right(rule: str) -> None:
    case = CASES[rule]

    assert texts(found(rule, *case.silent, settings=case.settings)) == []


@pytest.mark.parametrize("rule", [rule for rule, case in CASES.items() if not case.never_unknown])
def test_what_is_not_known_yet_is_said_and_never_taken_for_fine(rule: str) -> None:
    case = CASES[rule]

    findings = found(rule, *case.unknown, settings=case.settings)

    assert any(finding.unknown for finding in findings)
    assert not any(finding.blocks for finding in findings if finding.unknown)
    assert reviewed(*case.unknown, settings=case.settings).verdict != "safe"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_follows_and_what_to_do(rule) -> None:
    for text in (rule.consequence, rule.remedy):
        assert text[0].isupper()
    assert rule.consequence.endswith(".")
    assert rule.link.startswith("https://")
    assert not (rule.blocks and rule.severity < Severity.HIGH)
