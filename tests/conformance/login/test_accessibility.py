"""axe-core's verdict on the pages of a sign-in, as they stand in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from sandbox.entra import Entra
from sandbox.entra.login.behaviour import LoginBehaviour
from tests.browser import open_page
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.landing import Landing, landing
from tests.sandbox.entra.login_application import LoginApplication
from tests.sandbox.entra.sign_in import SignIn

AXE = Path(__file__).parent / "node" / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2, levels A and AA, and what axe calls best practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def client() -> Iterator[Landing]:
    with landing() as client:
        yield client


def violations(page: Page) -> list[str]:
    """Return each violated rule with the elements that violate it."""
    if not AXE.is_file():
        pytest.fail("axe-core is not installed: run `make node-modules`")
    # Evaluated and not put into the page, whose policy would refuse a script.
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    assert found["passes"], "axe looked at nothing"
    return [
        f"{rule['id']}: {rule['help']}: {', '.join(str(node['target']) for node in rule['nodes'])}"
        for rule in found["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_through_a_sign_in(
    chromium: Browser,
    graph: DirectoryClient,
    sign_in: SignIn,
    client: Landing,
    entra: Entra,
    scheme: str,
) -> None:
    entra.login_behaviour = LoginBehaviour(user_consent=True)
    app = LoginApplication.declare(graph, scopes=())
    bob = entra.people[1]
    with open_page(chromium, color_scheme=scheme) as page:
        page.goto(str(sign_in.authorize(app.client_id, client.url).url))
        assert violations(page) == []
        page.get_by_role("button", name="Bob Builder").click()
        page.get_by_label("Password").fill("wrong")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        assert violations(page) == []
        page.get_by_label("Password").fill(bob.password)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Permissions requested").wait_for()
        assert violations(page) == []
        page.goto(sign_in.endpoint("logout"))
        page.get_by_role("heading", name="You signed out of your account").wait_for()
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_that_say_no_or_ask_for_a_code(
    chromium: Browser, app: LoginApplication, sign_in: SignIn, scheme: str
) -> None:
    with open_page(chromium, error_pages=True, color_scheme=scheme) as page:
        page.goto(str(sign_in.authorize(app.client_id, "https://evil.example/").url))
        page.get_by_role("alert").wait_for()
        assert violations(page) == []
        form = {"client_id": app.client_id, "scope": "openid"}
        device = sign_in.http.post(sign_in.endpoint("devicecode"), data=form).json()
        page.goto(device["verification_uri"])
        assert violations(page) == []
