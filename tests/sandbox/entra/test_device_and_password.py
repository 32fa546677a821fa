"""Grants without a redirect URI: device codes and passwords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.entra import Entra
from tests.sandbox.entra.conftest import Clock
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import LoginApplication
from tests.sandbox.entra.sign_in import SignIn, refusal

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
def public(graph: DirectoryClient) -> LoginApplication:
    """Allows public client flows."""
    return LoginApplication.declare(graph, isFallbackPublicClient=True)


def start(sign_in: SignIn, app: LoginApplication, version: str = "v2", **form: str) -> Any:
    asked = {"client_id": app.client_id} | (form or {"scope": "openid profile offline_access"})
    return sign_in.http.post(sign_in.endpoint("devicecode", version), data=asked)


def poll(sign_in: SignIn, app: LoginApplication, device_code: str, **more: str) -> Any:
    form = {"grant_type": DEVICE_GRANT, "client_id": app.client_id, "device_code": device_code}
    return sign_in.http.post(sign_in.endpoint("token"), data=form | more)


def answer_at_the_browser(sign_in: SignIn, user_code: str, answer: str) -> str:
    """Bring the code to the page as bob, and press a button; return what the page says."""
    base = sign_in.entra.endpoints.login
    sign_in.http.cookies.clear()
    page = sign_in.http.post(f"{base}/common/oauth2/deviceauth", data={"otc": user_code})
    confirm = sign_in.enter(page, "bob")
    ctx = confirm.text.partition('name="ctx" value="')[2].partition('"')[0]
    address = f"{base}/{sign_in.entra.tenant.tenant_id}/deviceauth"
    return sign_in.http.post(address, data={"ctx": ctx, "answer": answer}).text


def test_a_device_gets_what_it_shows_and_what_it_polls_with(
    public: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    device = start(sign_in, public).json()
    assert device.keys() == {
        *("user_code", "device_code", "verification_uri", "expires_in", "interval", "message")
    }
    assert (device["expires_in"], device["interval"]) == (900, 5)
    assert device["verification_uri"] == f"{entra.endpoints.login}/devicelogin"
    assert device["user_code"] in device["message"]
    old = start(sign_in, public, "v1", resource=entra.endpoints.graph).json()
    assert (old["expires_in"], old["interval"]) == ("900", "5")
    assert old["verification_url"] == f"{entra.endpoints.login}/devicelogin"


def test_a_device_waits_until_the_person_has_answered(
    public: LoginApplication, sign_in: SignIn
) -> None:
    device = start(sign_in, public).json()
    refusal(poll(sign_in, public, device["device_code"]), 70016, "authorization_pending")
    text = answer_at_the_browser(sign_in, device["user_code"], "continue")
    assert "You have signed in to the KubeRocketCI application on your device" in text
    tokens = poll(sign_in, public, device["device_code"]).json()
    claims = sign_in.claims(tokens["id_token"], public.client_id, nonce=None)
    assert claims["name"] == "Bob Builder"
    assert tokens["refresh_token"]
    refusal(poll(sign_in, public, device["device_code"]), 70018, "bad_verification_code")


def test_a_declined_device_gets_nothing(public: LoginApplication, sign_in: SignIn) -> None:
    device = start(sign_in, public).json()
    assert "was given no access" in answer_at_the_browser(sign_in, device["user_code"], "cancel")
    refusal(poll(sign_in, public, device["device_code"]), 65004, "authorization_declined")


def test_a_device_code_ends_after_fifteen_minutes(
    public: LoginApplication, sign_in: SignIn, clock: Clock
) -> None:
    device = start(sign_in, public).json()
    clock.ahead = timedelta(minutes=16)
    refusal(poll(sign_in, public, device["device_code"]), 70019, "expired_token")


def test_an_unknown_device_code_is_refused(public: LoginApplication, sign_in: SignIn) -> None:
    refusal(poll(sign_in, public, "unknown"), 70018, "bad_verification_code")


def test_a_device_is_refused_unless_public_client_flows_are_allowed(
    graph: DirectoryClient, sign_in: SignIn
) -> None:
    app = LoginApplication.declare(graph)
    device = start(sign_in, app).json()
    refusal(poll(sign_in, app, device["device_code"]), 7000218, "invalid_client", 401)
    waiting = poll(sign_in, app, device["device_code"], client_secret=app.client_secret)
    refusal(waiting, 70016, "authorization_pending")


def test_a_device_must_name_client_and_scope(public: LoginApplication, sign_in: SignIn) -> None:
    address = sign_in.endpoint("devicecode")
    refusal(sign_in.http.post(address, data={"scope": "openid"}), 900144, "invalid_request")
    only_client = {"client_id": public.client_id}
    refusal(sign_in.http.post(address, data=only_client), 900144, "invalid_request")


def password(sign_in: SignIn, app: LoginApplication, user: str, given: str, **more: str) -> Any:
    form = {
        "grant_type": "password",
        "client_id": app.client_id,
        "scope": "openid profile",
        "username": user,
        "password": given,
    }
    return sign_in.http.post(sign_in.endpoint("token"), data=form | more)


def test_a_password_is_taken_from_public_clients(
    public: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    bob = entra.people[1]
    tokens = password(sign_in, public, bob.user_principal_name, bob.password).json()
    claims = sign_in.claims(tokens["id_token"], public.client_id, nonce=None)
    assert claims["oid"] == bob.object_id


def test_passwords_are_refused_with_the_reason(
    app: LoginApplication, public: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    bob = entra.people[1]
    name = bob.user_principal_name
    refusal(password(sign_in, public, name, "wrong"), 50126, "invalid_grant")
    refusal(password(sign_in, public, "nobody@contoso.example", "x"), 50034, "invalid_grant")
    refusal(password(sign_in, app, name, bob.password), 7000218, "invalid_client", 401)
    response = password(sign_in, public, name, bob.password, scope="openid User.Read")
    assert refusal(response, 65001, "invalid_grant")["suberror"] == "consent_required"
