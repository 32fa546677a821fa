"""A real Chromium for tests that look at pages: ask for the fixture `chromium`.

It is started anew for every module that asks, and never for the others: playwright's loop occupies
the thread. `open_page` gives a fresh profile, so that no two tests share a cookie.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from sandbox.tools.browser import find_browser
from sandbox.tools.errors import WayClosedError

WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 360, "height": 740}

_ERROR_STATUS = re.compile(r"Failed to load resource: the server responded with a status of \d+")
_QUIET = ("--disable-gpu", "--disable-quic", "--disable-sync", "--disable-component-update")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    try:
        executable = find_browser(os.environ)
    except WayClosedError as error:
        pytest.fail(f"{error}: run `make browser`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            # Chromium has no sandbox of its own for root, which containers and CI often are.
            args=[*_QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(browser: Browser, *, error_pages: bool = False, **options: Any) -> Iterator[Page]:
    """Open a page in a profile of its own; `options` are those of a playwright context.

    The sandbox's certificates are not checked: their authority is in no browser. What a page writes
    to the console as an error, such as what its content security policy refuses, fails the test;
    with `error_pages` it may be answered with an error status.
    """
    context = browser.new_context(**{"ignore_https_errors": True, "viewport": WIDE, **options})
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []

    def listen(line: ConsoleMessage) -> None:
        if line.type == "error" and not (error_pages and _ERROR_STATUS.match(line.text)):
            complaints.append(line.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert complaints == []


def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the page where `SCREENSHOTS` names a folder, for people to look at."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
