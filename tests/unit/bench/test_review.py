"""The preview that the reviewer is measured with is one that it understands, in both forms."""

from __future__ import annotations

import pytest

from bench.review.preview import digest, events
from review import ReviewSettings, review
from tests.unit.review.previews import TODAY


@pytest.mark.parametrize("made", [digest, events])
def test_everybody_changes_and_nothing_else(made) -> None:
    report = review(made(100), ReviewSettings(today=TODAY))

    assert len(report.users.changes) == 100
    assert report.users.unread == ()
    assert report.verdict == "needs review"
    assert [finding.rule.id for finding in report.findings] == ["many-users-changed"]
