"""The tables of docs/review.md are what the rules and the golden reviews say.

`UPDATE_GOLDENS=1` writes them anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from review.explain import rules_table
from review.settings import PROTECTED_STACKS, SettingsFile
from tests.system.review.changes import ALL, GOLDEN
from tests.system.review.table import changes_table

DOCS = Path(__file__).parents[3] / "docs" / "review.md"


def between(name: str, text: str) -> re.Match[str]:
    found = re.search(rf"(<!-- {name} -->\n)(.*?)(<!-- end of {name} -->)", text, re.DOTALL)
    assert found
    return found


@pytest.mark.parametrize(("name", "made"), [("rules", rules_table), ("changes", changes_table)])
def test_a_table_is_what_it_is_made_of(name: str, made) -> None:
    text = DOCS.read_text(encoding="utf-8")
    if os.environ.get("UPDATE_GOLDENS"):
        found = between(name, text)
        text = f"{text[: found.start(2)]}{made()}{text[found.start(3) :]}"
        DOCS.write_text(text, encoding="utf-8")

    assert between(name, text)[2] == made()


def test_there_is_a_golden_review_of_every_change_and_no_other() -> None:
    assert {file.stem for file in GOLDEN.glob("*.md")} == {change.key for change in ALL}
    assert len(ALL) >= 20


def test_every_setting_of_the_reviewer_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")

    for field in type(SettingsFile().file).model_fields.values():
        assert f"`{field.alias}`" in text
    for pattern in PROTECTED_STACKS:
        assert f"`{pattern}`" in text
