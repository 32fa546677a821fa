"""The pages of a sign-in, in a real browser: by keyboard, by mouse, and as a screen reader sees."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.entra import Entra
from sandbox.entra.login.behaviour import LoginBehaviour
from tests.browser import NARROW, open_page, screenshot
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.landing import Landing, landing
from tests.sandbox.entra.login_application import PORTAL_REDIRECT, LoginApplication
from tests.sandbox.entra.sign_in import SignIn


@pytest.fixture
def client() -> Iterator[Landing]:
    with landing() as client:
        yield client


@pytest.fixture
def address(app: LoginApplication, sign_in: SignIn, client: Landing) -> str:
    """Where the client sends the browser."""
    return str(sign_in.authorize(app.client_id, client.url).url)


def password_of(entra: Entra, name: str) -> str:
    [person] = [p for p in entra.people if p.user_principal_name.startswith(name)]
    return person.password


def sign_in_with_password(page: Page, entra: Entra, name: str) -> None:
    page.get_by_label("User name or mail").fill(f"{name}@contoso.example")
    page.get_by_label("Password", exact=True).fill(password_of(entra, name))
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_person_signs_in_by_keyboard(
    chromium: Browser, address: str, client: Landing, entra: Entra
) -> None:
    with open_page(chromium) as page:
        page.goto(address)
        expect(page.get_by_label("User name or mail")).to_be_focused()
        page.keyboard.type("bob@contoso.example")
        page.keyboard.press("Tab")
        page.keyboard.type(password_of(entra, "bob"))
        page.keyboard.press("Enter")
        page.wait_for_url(f"{client.url}/?code=*")
    assert "code" in client.arrivals[0]


def test_somebody_is_picked_by_keyboard_and_asked_for_the_password(
    chromium: Browser, address: str, client: Landing, entra: Entra
) -> None:
    with open_page(chromium) as page:
        page.goto(address)
        screenshot(page, "choose-person")
        bob = page.get_by_role("button", name="Bob Builder")
        bob.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Enter password")).to_be_visible()
        expect(page.get_by_label("Password")).to_be_focused()
        screenshot(page, "enter-password")
        page.keyboard.type("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("AADSTS50126")
        screenshot(page, "wrong-password")
        page.keyboard.type(password_of(entra, "bob"))
        page.keyboard.press("Enter")
        page.wait_for_url(f"{client.url}/?code=*")


def test_a_password_is_not_needed_only_when_the_sandbox_says_so(
    chromium: Browser, address: str, client: Landing, entra: Entra
) -> None:
    entra.login_behaviour = LoginBehaviour(sign_in_without_password=True)
    with open_page(chromium) as page:
        page.goto(address)
        expect(page.get_by_text("This is a sandbox without passwords")).to_be_visible()
        screenshot(page, "without-password")
        page.get_by_role("button", name="Alice Admin").click()
        page.wait_for_url(f"{client.url}/?code=*")


def test_nobody_is_asked_twice_in_one_browser(
    chromium: Browser, address: str, client: Landing, entra: Entra
) -> None:
    with open_page(chromium) as page:
        page.goto(address)
        sign_in_with_password(page, entra, "alice")
        page.wait_for_url(f"{client.url}/?code=*")
        page.goto(address)
        page.wait_for_url(f"{client.url}/?code=*")
        page.goto(f"{address}&prompt=select_account")
        expect(page.get_by_role("button", name="Alice Admin")).to_contain_text("Signed in")
        screenshot(page, "select-account")
        page.get_by_role("button", name="Alice Admin").click()
        page.wait_for_url(f"{client.url}/?code=*")
        page.goto(f"{address}&prompt=login")
        page.get_by_role("button", name="Alice Admin").click()
        expect(page.get_by_role("heading", name="Enter password")).to_be_visible()
    assert len({arrival["code"] for arrival in client.arrivals}) == 3


def test_cancelling_tells_the_client(chromium: Browser, address: str, client: Landing) -> None:
    with open_page(chromium) as page:
        page.goto(address)
        page.get_by_role("button", name="Cancel").click()
        page.wait_for_url(f"{client.url}/?error=*")
    [arrival] = client.arrivals
    assert arrival["error"] == "access_denied"
    assert arrival["error_subcode"] == "cancel"
    assert arrival["error_description"].startswith("AADSTS65004: ")


@pytest.mark.parametrize("mode", ["form_post", "fragment"])
def test_every_response_mode_passes_the_content_security_policy(
    chromium: Browser, address: str, client: Landing, entra: Entra, mode: str
) -> None:
    with open_page(chromium) as page:
        page.goto(f"{address}&response_mode={mode}")
        sign_in_with_password(page, entra, "bob")
        page.wait_for_url(f"{client.url}/**")
        if mode == "form_post":
            assert client.arrivals[0]["state"] == "a-state"
        else:
            assert "#code=" in page.url


def test_a_person_sees_and_grants_what_is_asked_for(
    chromium: Browser, graph: DirectoryClient, sign_in: SignIn, client: Landing, entra: Entra
) -> None:
    entra.login_behaviour = LoginBehaviour(user_consent=True)
    app = LoginApplication.declare(graph, scopes=())
    address = str(
        sign_in.authorize(app.client_id, client.url, scope="openid offline_access User.Read").url
    )
    with open_page(chromium) as page:
        page.goto(address)
        sign_in_with_password(page, entra, "bob")
        expect(page.get_by_role("heading", name="Permissions requested")).to_be_visible()
        for text in ("Sign you in", "Maintain access to data", "read your profile"):
            expect(page.get_by_text(text).first).to_be_visible()
        expect(page.get_by_role("checkbox")).to_have_count(0)
        screenshot(page, "consent")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{client.url}/?code=*")
        page.goto(address)
        page.wait_for_url(f"{client.url}/?code=*")
    [grant] = graph.items(f"{app.service_principal_path}/oauth2PermissionGrants")
    assert (grant["consentType"], grant["scope"]) == (
        "Principal",
        "User.Read offline_access openid",
    )


def test_an_administrator_grants_it_for_everybody(
    chromium: Browser, graph: DirectoryClient, sign_in: SignIn, client: Landing, entra: Entra
) -> None:
    [alice] = entra.tenant.users.find("userPrincipalName", "alice@contoso.example")
    alice.directory_roles = frozenset({"Cloud Application Administrator"})
    app = LoginApplication.declare(graph, scopes=())
    with open_page(chromium) as page:
        page.goto(str(sign_in.authorize(app.client_id, client.url).url))
        sign_in_with_password(page, entra, "alice")
        page.get_by_label("Consent on behalf of your organization").check()
        screenshot(page, "consent-administrator")
        page.get_by_role("button", name="Accept").click()
        page.wait_for_url(f"{client.url}/?code=*")
    [grant] = graph.items(f"{app.service_principal_path}/oauth2PermissionGrants")
    assert grant["consentType"] == "AllPrincipals"
    assert sign_in.code(app.client_id, client.url, "bob")


def test_without_the_right_to_consent_an_administrator_has_to(
    chromium: Browser, graph: DirectoryClient, sign_in: SignIn, client: Landing, entra: Entra
) -> None:
    app = LoginApplication.declare(graph, scopes=("openid",))
    with open_page(chromium, error_pages=True) as page:
        page.goto(str(sign_in.authorize(app.client_id, client.url).url))
        sign_in_with_password(page, entra, "bob")
        expect(page.get_by_role("heading", name="Need admin approval")).to_be_visible()
        expect(page.get_by_role("alert")).to_contain_text("AADSTS90094")
        screenshot(page, "need-admin-approval")
    assert client.arrivals == []


def test_an_error_page_says_what_support_asks_for(
    chromium: Browser, app: LoginApplication, sign_in: SignIn
) -> None:
    wrong = str(sign_in.authorize(app.client_id, "https://evil.example/").url)
    with open_page(chromium, error_pages=True) as page:
        page.goto(wrong)
        expect(page.get_by_role("alert")).to_contain_text("AADSTS50011")
        for term in ("Request Id", "Correlation Id", "Timestamp", "Error code"):
            expect(page.get_by_role("term").filter(has_text=term)).to_be_visible()
        screenshot(page, "error")


def test_a_person_of_a_large_tenant_is_found(
    chromium: Browser, address: str, client: Landing, entra: Entra
) -> None:
    for number in range(40):
        user = next(iter(entra.tenant.users.find("userPrincipalName", "bob@contoso.example")))
        entra.tenant.users.add(
            type(user)(
                object_id=f"00000000-0000-4000-8000-0000000000{number:02}",
                properties=user.properties
                | {
                    "displayName": f"Person {number:02}",
                    "userPrincipalName": f"p{number:02}@contoso.example",
                    "mail": None,
                },
                password="x",
            )
        )
    with open_page(chromium) as page:
        page.goto(address)
        expect(page.get_by_text("and 37 more")).to_be_visible()
        page.get_by_label("Find somebody").fill("person 33")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Person 33")).to_be_visible()
        screenshot(page, "found")
        page.get_by_label("Find somebody").fill("<nobody>")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Nobody is called that.")).to_be_visible()


def test_a_device_is_let_in_by_its_code(
    chromium: Browser, graph: DirectoryClient, sign_in: SignIn, entra: Entra
) -> None:
    app = LoginApplication.declare(graph, isFallbackPublicClient=True)
    form = {"client_id": app.client_id, "scope": "openid profile offline_access"}
    device = sign_in.http.post(sign_in.endpoint("devicecode"), data=form).json()
    with open_page(chromium) as page:
        page.goto(device["verification_uri"])
        page.get_by_label("Code").fill("WRONG")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("That code didn't work")
        screenshot(page, "device-code")
        page.keyboard.type(device["user_code"].lower())
        page.keyboard.press("Enter")
        sign_in_with_password(page, entra, "bob")
        expect(
            page.get_by_role("heading", name="Are you trying to sign in to KubeRocketCI?")
        ).to_be_visible()
        screenshot(page, "device-confirm")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("You may now close this window")
        screenshot(page, "device-done")
    poll = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "client_id": app.client_id,
        "device_code": device["device_code"],
    }
    answer = sign_in.http.post(sign_in.endpoint("token"), data=poll).json()
    claims = sign_in.claims(answer["id_token"], app.client_id, nonce=None)
    assert claims["preferred_username"] == "bob@contoso.example"


def test_sign_out_ends_the_session_and_says_so(
    chromium: Browser, address: str, client: Landing, entra: Entra, sign_in: SignIn
) -> None:
    with open_page(chromium) as page:
        page.goto(address)
        sign_in_with_password(page, entra, "alice")
        page.wait_for_url(f"{client.url}/?code=*")
        page.goto(sign_in.endpoint("logout"))
        expect(page.get_by_role("heading", name="You signed out of your account")).to_be_visible()
        screenshot(page, "signed-out")
        page.goto(address)
        expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
        page.goto(f"{sign_in.endpoint('logout')}?post_logout_redirect_uri={client.url}&state=s")
        page.wait_for_url(f"{client.url}/?state=s")


def test_it_fits_a_phone_and_a_dark_room(chromium: Browser, address: str) -> None:
    with open_page(chromium, viewport=NARROW, color_scheme="dark") as page:
        page.goto(address)
        screenshot(page, "phone-dark")
        wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert wider is False


def test_pages_load_nothing_and_let_nobody_frame_them(
    app: LoginApplication, sign_in: SignIn
) -> None:
    page = sign_in.authorize(app.client_id, PORTAL_REDIRECT)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://portal.contoso.example;" in policy
    assert "script-src" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert "src=" not in page.text
    assert "http-equiv" not in page.text
