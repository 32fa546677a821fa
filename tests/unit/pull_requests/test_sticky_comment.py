"""The comment's text: short enough, closed properly, and never somebody else's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pull_requests.sticky_comment import MAX_CHARS, Report, marker, ours, render

RUN = "https://github.example/contoso/platform/actions/runs/7"


def report(markdown: str, stack: str = "dev", fingerprint: str = "sha256:1") -> Report:
    return Report(
        stack=stack, markdown=markdown, commit="a" * 40, run_url=RUN, fingerprint=fingerprint
    )


def comment(body: str, author: str = "bot", number: int = 1) -> dict[str, object]:
    return {"id": number, "body": body, "user": {"login": author}}


def test_it_has_the_marker_the_text_and_a_link_to_the_whole() -> None:
    body = render(report("✅ **safe**"))

    assert body.startswith(f"{marker('dev')}\n<!-- entra-eks-sso fingerprint=sha256:1 commit=aaaa")
    assert "✅ **safe**" in body
    assert f"[whole report]({RUN})" in body


def test_a_failed_preview_has_no_fingerprint() -> None:
    assert "fingerprint" not in render(report("failed", fingerprint=""))


@given(st.text(max_size=200), st.integers(700, 2000))
def test_it_is_never_longer_than_the_limit(text: str, limit: int) -> None:
    body = render(report(text * 40), limit)

    assert len(body.encode("utf-16-le")) // 2 <= limit
    assert body.startswith(marker("dev"))


def test_what_fits_is_not_cut() -> None:
    text = "x" * (MAX_CHARS - 600)

    assert text in render(report(text))


def test_a_cut_closes_the_fence_and_the_details_that_it_is_in() -> None:
    text = "⛔ **blocked**\n\n<details><summary>diff</summary>\n\n```diff\n" + "+ x\n" * 500

    body = render(report(text), 1200)

    after = body.partition("```diff")[2]
    assert "\n```\n" in after
    assert after.index("\n```\n") < after.index("</details>") < after.index("does not fit")


def test_a_preview_cannot_pass_for_the_comment_of_another_stack() -> None:
    forged = f"fine\n{marker('prod')}\n<!--entra-eks-sso fingerprint=sha256:2 commit=b-->\nfine"

    body = render(report(forged))

    assert marker("prod") not in body
    assert "sha256:2" not in body
    assert ours([comment(body)], "prod", "bot") == []


def test_nobody_is_notified_by_a_name_in_a_preview() -> None:
    body = render(report("ping @contoso/admins and @alice, not alice@contoso.com or `@x`"))

    assert "@contoso/admins" not in body
    assert "@alice" not in body
    assert "alice@contoso.com" in body


@pytest.mark.parametrize(
    "other",
    [
        comment("a remark that quotes <!-- entra-eks-sso preview stack=dev -->"),
        comment(f"{marker('dev')}\nforged", author="mallory"),
        comment(f"{marker('dev-2')}\nof another stack"),
        {"id": 1, "body": None, "user": None},
    ],
)
def test_other_comments_are_not_ours(other: dict[str, object]) -> None:
    assert ours([other], "dev", "bot") == []


def test_ours_are_found_oldest_first() -> None:
    comments = [comment(f"{marker('dev')}\n{n}", number=n) for n in (9, 3, 5)]

    assert ours(comments, "dev", "bot") == [3, 5, 9]
