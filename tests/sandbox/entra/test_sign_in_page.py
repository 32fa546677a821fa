"""The pages of a sign-in, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Browser

from sandbox.entra import Entra
from tests.browser import open_page
from tests.sandbox.entra.landing import landing
from tests.sandbox.entra.login_application import LoginApplication
from tests.sandbox.entra.sign_in import SignIn


def test_a_person_signs_in_by_keyboard(
    chromium: Browser, app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    [bob] = [p for p in entra.people if p.user_principal_name.startswith("bob")]
    with landing() as client, open_page(chromium) as page:
        page.goto(str(sign_in.authorize(app.client_id, client.url).url))
        page.keyboard.type(bob.user_principal_name)
        page.keyboard.press("Tab")
        page.keyboard.type(bob.password)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{client.url}/?code=*")
        assert "code" in client.arrivals[0]
