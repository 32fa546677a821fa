"""What the token endpoint gives for a code or a refresh token, and what it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sandbox.entra.conftest import Clock
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import (
    KUBECTL_REDIRECT,
    PORTAL_REDIRECT,
    LoginApplication,
)
from tests.sandbox.entra.sign_in import VERIFIER, SignIn, refresh, refusal


def test_a_web_redirect_needs_the_secret(app: LoginApplication, sign_in: SignIn) -> None:
    code = sign_in.code(app.client_id, PORTAL_REDIRECT, "bob")
    response = sign_in.redeem(app.client_id, PORTAL_REDIRECT, code)
    refusal(response, 7000218, "invalid_client", 401)


def test_a_wrong_secret_is_refused_and_leaves_the_code_usable(
    app: LoginApplication, sign_in: SignIn
) -> None:
    code = sign_in.code(app.client_id, PORTAL_REDIRECT, "bob")
    response = sign_in.redeem(app.client_id, PORTAL_REDIRECT, code, client_secret="wrong")
    refusal(response, 7000215, "invalid_client", 401)
    again = sign_in.redeem(app.client_id, PORTAL_REDIRECT, code, client_secret=app.client_secret)
    assert again.status_code == 200


def test_an_expired_secret_says_so(app: LoginApplication, sign_in: SignIn, clock: Clock) -> None:
    clock.ahead = timedelta(days=3 * 365)
    code = sign_in.code(app.client_id, PORTAL_REDIRECT, "bob")
    response = sign_in.redeem(app.client_id, PORTAL_REDIRECT, code, client_secret=app.client_secret)
    refusal(response, 7000222, "invalid_client", 401)


def test_a_public_client_must_not_send_a_secret(app: LoginApplication, sign_in: SignIn) -> None:
    code = sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    response = sign_in.redeem(
        app.client_id, KUBECTL_REDIRECT, code, client_secret=app.client_secret
    )
    refusal(response, 700025, "invalid_client", 401)


def test_a_single_page_application_redeems_only_cross_origin(
    graph: DirectoryClient, sign_in: SignIn
) -> None:
    redirect = "https://spa.contoso.example/"
    app = LoginApplication.declare(graph, spa={"redirectUris": [redirect]})
    code = sign_in.code(app.client_id, redirect, "bob")
    refusal(sign_in.redeem(app.client_id, redirect, code), 9002327, "invalid_request")
    headers = {"Origin": "https://spa.contoso.example"}
    assert sign_in.redeem(app.client_id, redirect, code, headers=headers).status_code == 200


def test_the_same_localhost_under_web_and_public_client_is_treated_as_web(
    graph: DirectoryClient, sign_in: SignIn
) -> None:
    """Entra picks one arbitrarily; picking the stricter one shows the mistake every time."""
    web = {"redirectUris": ["http://localhost:18000"]}
    app = LoginApplication.declare(graph, web=web)
    code = sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    response = sign_in.redeem(app.client_id, KUBECTL_REDIRECT, code)
    refusal(response, 7000218, "invalid_client", 401)


@pytest.mark.parametrize("verifier", [None, "another-verifier-of-some-fifty-characters-01234567"])
def test_a_wrong_or_missing_code_verifier_is_refused(
    app: LoginApplication, sign_in: SignIn, verifier: str | None
) -> None:
    code = sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    response = sign_in.redeem(app.client_id, KUBECTL_REDIRECT, code, code_verifier=verifier)
    refusal(response, 501481, "invalid_grant")


def test_a_plain_code_challenge_works(app: LoginApplication, sign_in: SignIn) -> None:
    code = sign_in.code(
        app.client_id, KUBECTL_REDIRECT, "bob",
        code_challenge=VERIFIER, code_challenge_method="plain",
    )  # fmt: skip
    assert sign_in.redeem(app.client_id, KUBECTL_REDIRECT, code).status_code == 200


def test_a_code_works_once(app: LoginApplication, sign_in: SignIn) -> None:
    code = sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    assert sign_in.redeem(app.client_id, KUBECTL_REDIRECT, code).status_code == 200
    refusal(sign_in.redeem(app.client_id, KUBECTL_REDIRECT, code), 54005, "invalid_grant")


def test_a_code_expires(app: LoginApplication, sign_in: SignIn, clock: Clock) -> None:
    code = sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    clock.ahead = timedelta(minutes=11)
    refusal(sign_in.redeem(app.client_id, KUBECTL_REDIRECT, code), 70008, "invalid_grant")


def test_a_code_is_bound_to_its_redirect_uri(app: LoginApplication, sign_in: SignIn) -> None:
    code = sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    response = sign_in.redeem(app.client_id, "http://localhost:9999", code)
    refusal(response, 500112, "invalid_grant")


def test_a_code_is_bound_to_its_application(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn
) -> None:
    other = LoginApplication.declare(graph)
    code = sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    response = sign_in.redeem(other.client_id, KUBECTL_REDIRECT, code)
    refusal(response, 70000, "invalid_grant")


def test_a_refresh_without_scope_brings_a_signed_id_token(
    app: LoginApplication, sign_in: SignIn
) -> None:
    first = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
    again = refresh(sign_in, app.client_id, first["refresh_token"]).json()
    claims = sign_in.claims(again["id_token"], app.client_id, nonce=None)
    assert claims["sub"] == sign_in.claims(first["id_token"], app.client_id)["sub"]
    assert again["refresh_token"] != first["refresh_token"]


def test_without_offline_access_there_is_no_refresh_token(
    app: LoginApplication, sign_in: SignIn
) -> None:
    tokens = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob", scope="openid profile")
    assert "refresh_token" not in tokens


def test_a_confidential_refresh_needs_the_secret(app: LoginApplication, sign_in: SignIn) -> None:
    tokens = sign_in.tokens(app.client_id, PORTAL_REDIRECT, "bob", secret=app.client_secret)
    token = tokens["refresh_token"]
    refusal(refresh(sign_in, app.client_id, token), 7000218, "invalid_client", 401)
    answer = refresh(sign_in, app.client_id, token, client_secret=app.client_secret)
    assert "id_token" in answer.json()


def test_a_refresh_token_expires_when_unused(
    app: LoginApplication, sign_in: SignIn, clock: Clock
) -> None:
    tokens = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
    clock.ahead = timedelta(days=91)
    response = refresh(sign_in, app.client_id, tokens["refresh_token"])
    refusal(response, 700082, "invalid_grant")
