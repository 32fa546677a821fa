"""Refusals, each with number, OAuth code, status and shape; the other tests have the rest."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest

from sandbox.entra import Entra
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import (
    KUBECTL_REDIRECT,
    PORTAL_REDIRECT,
    LoginApplication,
)
from tests.sandbox.entra.sign_in import SignIn, page_error, refresh, refusal, sent_back


@pytest.mark.parametrize(
    ("changes", "code", "error"),
    [
        ({"code_challenge_method": "S512"}, 501491, "invalid_request"),
        ({"code_challenge": "too-short"}, 50147, "invalid_request"),
        ({"response_type": "code magic"}, 70005, "unsupported_response_type"),
        ({"response_mode": "carrier_pigeon"}, 70007, "invalid_request"),
        ({"scope": ""}, 70011, "invalid_scope"),
        ({"scope": "openid Nonsense"}, 70011, "invalid_scope"),
        ({"scope": "{graph}/.default {graph}/User.Read"}, 70011, "invalid_scope"),
        ({"scope": "{graph}/User.Read {app}/access"}, 28000, "invalid_scope"),
        ({"scope": "https://unknown.example/access"}, 500011, "invalid_resource"),
    ],
)
def test_a_wrong_request_goes_back_to_the_client(
    app: LoginApplication,
    sign_in: SignIn,
    entra: Entra,
    changes: dict[str, Any],
    code: int,
    error: str,
) -> None:
    names = {"graph": entra.endpoints.graph, "app": app.client_id}
    changes = {name: value.format(**names) for name, value in changes.items()}
    response = sign_in.authorize(app.client_id, KUBECTL_REDIRECT, **changes)
    location = urlsplit(response.headers["location"])
    answer = dict(parse_qsl(location.query or location.fragment))
    assert answer["error"] == error
    assert answer["error_description"].startswith(f"AADSTS{code}: ")
    assert re.search(
        r" Trace ID: [0-9a-f-]{36} Correlation ID: [0-9a-f-]{36}"
        r" Timestamp: \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$",
        answer["error_description"],
    )


@pytest.mark.parametrize(
    ("tenant", "code"),
    [
        ("fabrikam.example", 90002),
        ("common", 50194),
        ("organizations", 50194),
        ("consumers", 9002346),
    ],
)
def test_other_tenants_are_a_page_and_a_refusal(
    app: LoginApplication, sign_in: SignIn, tenant: str, code: int
) -> None:
    parameters = sign_in.authorize(app.client_id, KUBECTL_REDIRECT).url.params
    page = sign_in.http.get(sign_in.endpoint("authorize", tenant=tenant), params=parameters)
    assert page_error(page).startswith(f"AADSTS{code}: ")
    form = {"client_id": app.client_id, "grant_type": "authorization_code", "code": "x"}
    response = sign_in.http.post(sign_in.endpoint("token", tenant=tenant), data=form)
    refusal(response, code, "invalid_request")


@pytest.mark.parametrize("missing", ["client_id", "response_type"])
def test_a_request_without_what_it_needs_is_a_page(
    app: LoginApplication, sign_in: SignIn, missing: str
) -> None:
    parameters = dict(sign_in.authorize(app.client_id, KUBECTL_REDIRECT).url.params)
    del parameters[missing]
    page = sign_in.http.get(sign_in.endpoint("authorize"), params=parameters)
    assert page_error(page).startswith("AADSTS900144: ")


def test_a_disabled_application_signs_nobody_in(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn
) -> None:
    tokens = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
    graph.patch(app.service_principal_path, {"accountEnabled": False})
    page = sign_in.enter(sign_in.authorize(app.client_id, KUBECTL_REDIRECT), "bob")
    assert page_error(page).startswith("AADSTS7000112: ")
    response = refresh(sign_in, app.client_id, tokens["refresh_token"])
    refusal(response, 7000112, "unauthorized_client")


def test_a_single_page_application_must_use_pkce(graph: DirectoryClient, sign_in: SignIn) -> None:
    redirect = "https://spa.contoso.example/"
    app = LoginApplication.declare(graph, spa={"redirectUris": [redirect]})
    code = sign_in.code(
        app.client_id, redirect, "bob", code_challenge=None, code_challenge_method=None
    )
    headers = {"Origin": "https://spa.contoso.example"}
    response = sign_in.redeem(app.client_id, redirect, code, headers=headers)
    refusal(response, 9002325, "invalid_request")


def test_what_is_no_code_and_no_refresh_token_is_malformed(
    app: LoginApplication, sign_in: SignIn
) -> None:
    refusal(sign_in.redeem(app.client_id, KUBECTL_REDIRECT, "x"), 9002313, "invalid_grant")
    refusal(refresh(sign_in, app.client_id, "x"), 9002313, "invalid_grant")


def test_the_tokens_of_a_deleted_person_are_refreshed_no_more(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    tokens = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
    [bob] = entra.tenant.users.find("userPrincipalName", "bob@contoso.example")
    entra.tenant.users.remove(bob)
    body = refusal(refresh(sign_in, app.client_id, tokens["refresh_token"]), 50173, "invalid_grant")
    assert body["suberror"] == "bad_token"


def test_another_resource_may_be_refreshed_when_it_is_consented_to(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    """Refresh tokens are bound to user and client, not to a resource."""
    tokens = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
    fewer = refresh(sign_in, app.client_id, tokens["refresh_token"], scope="openid").json()
    assert "refresh_token" not in fewer
    more = refresh(sign_in, app.client_id, tokens["refresh_token"], scope="openid User.Read")
    assert refusal(more, 65001, "invalid_grant")["suberror"] == "consent_required"
    [grant] = app.graph.items(f"{app.service_principal_path}/oauth2PermissionGrants")
    app.graph.patch(
        f"/oauth2PermissionGrants/{grant['id']}", {"scope": f"{grant['scope']} User.Read"}
    )
    scope = f"{entra.endpoints.graph}/User.Read offline_access"
    again = refresh(sign_in, app.client_id, tokens["refresh_token"], scope=scope).json()
    assert again["scope"] == f"{entra.endpoints.graph}/User.Read"
    assert "id_token" not in again


def test_an_issuer_whose_keys_cannot_be_had_is_said(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn
) -> None:
    issuer = "https://127.0.0.1:9/"
    credential = {
        "name": "nowhere",
        "issuer": issuer,
        "subject": "s",
        "audiences": ["api://AzureADTokenExchange"],
    }
    graph.post(f"{app.path}/federatedIdentityCredentials", credential)
    claims = {"iss": issuer, "sub": "s", "aud": "api://AzureADTokenExchange"}
    form: dict[str, Any] = {
        "grant_type": "client_credentials",
        "client_id": app.client_id,
        "scope": f"{sign_in.entra.endpoints.graph}/.default",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims, "k" * 32, "HS256"),
    }
    response = sign_in.http.post(sign_in.endpoint("token"), data=form)
    refusal(response, 50166, "invalid_request")


def test_an_authority_that_is_not_here_is_not_discovered(sign_in: SignIn, entra: Entra) -> None:
    address = f"{entra.endpoints.login}/common/discovery/instance"
    asked = {"authorization_endpoint": "https://evil.example/common/oauth2/authorize"}
    refusal(sign_in.http.get(address, params=asked), 50049, "invalid_instance")
    refusal(sign_in.http.get(address), 900144, "invalid_request")


def test_a_client_can_give_the_correlation_id(app: LoginApplication, sign_in: SignIn) -> None:
    given = "44444444-4444-4444-8444-444444444444"
    response = sign_in.redeem(
        app.client_id, KUBECTL_REDIRECT, "x", headers={"client-request-id": given}
    )
    body = refusal(response, 9002313, "invalid_grant")
    assert body["correlation_id"] == response.headers["client-request-id"] == given
    assert body["error_uri"] == f"{sign_in.entra.endpoints.login}/error?code=9002313"
    asked: dict[str, Any] = {"client-request-id": given}
    page = sign_in.authorize(app.client_id, "https://evil.example/", **asked)
    assert given in page.text


def test_a_code_is_not_redeemed_at_another_redirect_of_the_same_kind(
    app: LoginApplication, sign_in: SignIn
) -> None:
    code = sign_in.code(app.client_id, PORTAL_REDIRECT, "bob")
    response = sign_in.redeem(
        app.client_id, KUBECTL_REDIRECT, code, client_secret=app.client_secret
    )
    refusal(response, 500112, "invalid_grant")
    assert "error" not in sent_back(
        sign_in.enter(sign_in.authorize(app.client_id, PORTAL_REDIRECT), "bob")
    )


def test_every_answer_has_an_id_and_documents_have_a_head(sign_in: SignIn, entra: Entra) -> None:
    address = (
        f"{entra.endpoints.login}/{entra.tenant.tenant_id}/v2.0/.well-known/openid-configuration"
    )
    document, head = sign_in.http.get(address), sign_in.http.head(address)

    assert head.status_code == document.status_code == 200
    assert head.content == b""
    assert document.headers["x-ms-request-id"] != head.headers["x-ms-request-id"]
