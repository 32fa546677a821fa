"""The picture of who reaches what is drawn by Mermaid in a real Chromium, whatever names say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from review.rendering.picture import picture
from review.report import Report
from tests.browser import open_page, screenshot
from tests.unit.review.previews import change, create, reviewed, same
from tests.unit.review.resources import (
    AUTOMATION_SP,
    GROUP,
    OTHER_GROUP,
    READ_USERS,
    app_role,
    application,
    assigned_group,
    automation,
    automation_service_principal,
    binding,
    federated_credential,
    service_principal,
)

ODD_NAMES = [
    "quotes \"and\" 'those'",
    "semicolon; hash #; end",
    "brackets [a] (b) {c} <d>",
    "pipe | arrow --> and `code`",
    "umlauts äöü 日本語 🙂",
    "a very long name " * 8,
    "end",
    "%% comment",
    "<img src=x onerror=alert(1)>",
]


def change_of_access(names: str) -> Report:
    before = binding("view", GROUP, names="viewers")
    after: Mapping[str, Any] = binding("view", GROUP, OTHER_GROUP, names=f"viewers, {names}")
    return reviewed(
        same(application()),
        same(service_principal()),
        same(automation()),
        same(automation_service_principal()),
        same(app_role(READ_USERS, AUTOMATION_SP)),
        same(assigned_group()),
        create(federated_credential("repo:contoso/platform:environment:prod")),
        change("update", before, after["inputs"]),
    )


@pytest.mark.parametrize("names", ODD_NAMES, ids=range(len(ODD_NAMES)))
def test_mermaid_draws_both_sides(chromium: Browser, mermaid_script: Path, names: str) -> None:
    drawn = picture(change_of_access(names).access)

    svg_text = draw(chromium, mermaid_script, drawn, "picture")

    assert "Before" in svg_text
    assert "After" in svg_text
    assert "namespace team-a: view" in svg_text
    assert names.split(",")[0][:20].strip() in svg_text


def draw(chromium: Browser, mermaid_script: Path, text: str, name: str) -> str:
    """What a reader can read in the drawn picture; an error of Mermaid's is an error here."""
    with open_page(chromium) as page:
        page.set_content("<body><div id='here'></div></body>")
        page.add_script_tag(path=mermaid_script)
        page.evaluate(
            """async (text) => {
                mermaid.initialize({startOnLoad: false, securityLevel: "strict"});
                const {svg} = await mermaid.render("drawn", text);
                document.getElementById("here").innerHTML = svg;
            }""",
            text,
        )
        screenshot(page, name)
        before, after = (
            page.locator(".cluster-label", has_text=side).bounding_box()
            for side in ("Before", "After")
        )
        assert before
        assert after
        assert before["y"] < after["y"], "what comes after is drawn first"
        return page.locator("#here").text_content() or ""


def test_a_large_company_still_makes_a_picture(chromium: Browser, mermaid_script: Path) -> None:
    """Hundreds of bindings would be a tangle; what changes is shown, the rest is counted."""
    report = reviewed(
        *(
            same(
                binding(
                    "view",
                    f"{number:08d}-5555-4555-8555-555555555555",
                    namespace=f"team-{number}",
                    names=f"team {number}",
                )
            )
            for number in range(300)
        ),
        create(binding("cluster-admin", OTHER_GROUP, namespace=None, names="newcomers")),
    )

    text = draw(chromium, mermaid_script, picture(report.access), "large")

    assert "newcomers" in text
    assert "more that stay as they are" in text
