"""Applications that prove who they are by a certificate (`private_key_jwt`)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from tests.sandbox.entra.certificates import Certificate
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import PORTAL_REDIRECT, LoginApplication
from tests.sandbox.entra.sign_in import SignIn, refusal

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    return Certificate.make()


@pytest.fixture
def app(graph: DirectoryClient, certificate: Certificate) -> LoginApplication:
    return LoginApplication.declare(graph, keyCredentials=[certificate.credential()])


def ask(sign_in: SignIn, app: LoginApplication, assertion: str, **changes: str) -> Any:
    form = {
        "grant_type": "client_credentials",
        "client_id": app.client_id,
        "scope": f"{sign_in.entra.endpoints.graph}/.default",
        "client_assertion_type": JWT_BEARER,
        "client_assertion": assertion,
    }
    return sign_in.http.post(sign_in.endpoint("token"), data=form | changes)


def test_a_certificate_proves_the_application(
    app: LoginApplication, sign_in: SignIn, certificate: Certificate
) -> None:
    answer = ask(sign_in, app, certificate.assertion(app.client_id, sign_in.endpoint("token")))
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert claims["appidacr"] == "2"
    assert claims["appid"] == app.client_id


def test_it_redeems_codes_of_web_redirects_too(
    app: LoginApplication, sign_in: SignIn, certificate: Certificate
) -> None:
    code = sign_in.code(app.client_id, PORTAL_REDIRECT, "bob")
    response = sign_in.redeem(
        app.client_id,
        PORTAL_REDIRECT,
        code,
        client_assertion_type=JWT_BEARER,
        client_assertion=certificate.assertion(app.client_id, sign_in.endpoint("token")),
    )
    assert "id_token" in response.json()


@pytest.mark.parametrize("in_a_list", [True, False])
def test_it_may_be_sent_along(
    app: LoginApplication, sign_in: SignIn, certificate: Certificate, in_a_list: bool
) -> None:
    """RFC 7515 has a list; MSAL.NET sends one string."""
    encoded = base64.b64encode(certificate.der).decode()
    headers = {"x5c": [encoded] * 3 if in_a_list else encoded}
    assertion = certificate.assertion(
        app.client_id, sign_in.endpoint("token"), more_headers=headers
    )
    assert "access_token" in ask(sign_in, app, assertion).json()


def test_sent_along_it_does_not_replace_the_registered_one(
    app: LoginApplication, sign_in: SignIn
) -> None:
    stranger = Certificate.make()
    headers = {"x5c": [base64.b64encode(stranger.der).decode()]}
    assertion = stranger.assertion(app.client_id, sign_in.endpoint("token"), more_headers=headers)
    body = refusal(ask(sign_in, app, assertion), 700027, "invalid_client", 401)
    assert "The key was not found" in body["error_description"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "https://elsewhere.example/"}, 700023),
        ({"iss": "someone", "sub": "someone"}, 700021),
        ({"exp": datetime.now(UTC) - timedelta(hours=1)}, 700024),
    ],
)
def test_what_is_wrong_in_an_assertion_is_said(
    app: LoginApplication,
    sign_in: SignIn,
    certificate: Certificate,
    changes: dict[str, Any],
    code: int,
) -> None:
    assertion = certificate.assertion(app.client_id, sign_in.endpoint("token"), **changes)
    refusal(ask(sign_in, app, assertion), code, "invalid_client", 401)


def test_a_certificate_that_is_not_registered_or_has_run_out_is_refused(
    app: LoginApplication, sign_in: SignIn, graph: DirectoryClient
) -> None:
    address = sign_in.endpoint("token")
    stranger = Certificate.make()
    body = refusal(
        ask(sign_in, app, stranger.assertion(app.client_id, address)), 700027, "invalid_client", 401
    )
    assert "The key was not found" in body["error_description"]
    old = Certificate.make(begins=datetime.now(UTC) - timedelta(days=60))
    graph.patch(app.path, {"keyCredentials": [old.credential()]})
    body = refusal(
        ask(sign_in, app, old.assertion(app.client_id, address)), 700027, "invalid_client", 401
    )
    assert "expired" in body["error_description"]


def test_the_kind_of_assertion_must_be_named(
    app: LoginApplication, sign_in: SignIn, certificate: Certificate
) -> None:
    assertion = certificate.assertion(app.client_id, sign_in.endpoint("token"))
    response = ask(sign_in, app, assertion, client_assertion_type="saml")
    refusal(response, 90023, "invalid_request")
    response = ask(sign_in, app, assertion, client_assertion_type="")
    refusal(response, 900144, "invalid_request")


def test_graph_shows_a_certificate_without_its_key_and_keeps_it(
    app: LoginApplication, sign_in: SignIn, graph: DirectoryClient, certificate: Certificate
) -> None:
    [shown] = graph.get(app.path)["keyCredentials"]
    assert shown["customKeyIdentifier"] == certificate.thumbprint.upper()
    assert shown["key"] is None
    other = Certificate.make()
    graph.patch(app.path, {"keyCredentials": [shown, other.credential()]})
    assert graph.get(app.path)["keyCredentials"][0]["keyId"] == shown["keyId"]
    for each in (certificate, other):
        assertion = each.assertion(app.client_id, sign_in.endpoint("token"))
        assert ask(sign_in, app, assertion).status_code == 200
