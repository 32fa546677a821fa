"""The authorization request and the sign-in page, as real clients go through them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.entra import Entra
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import (
    KUBECTL_REDIRECT,
    PORTAL_REDIRECT,
    LoginApplication,
)
from tests.sandbox.entra.sign_in import STATE, SignIn, page_error, refresh, refusal, sent_back


def test_kubectl_signs_in_with_pkce_and_no_secret(app: LoginApplication, sign_in: SignIn) -> None:
    tokens = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
    assert sign_in.claims(tokens["id_token"], app.client_id)["upn"] == "bob@contoso.example"
    assert tokens["token_type"] == "Bearer"
    # https://learn.microsoft.com/entra/identity-platform/access-tokens#token-lifetime
    assert 3599 <= tokens["expires_in"] <= 5399
    assert tokens["refresh_token"]


def test_the_portal_signs_in_with_its_secret_in_the_form(
    app: LoginApplication, sign_in: SignIn
) -> None:
    claims = sign_in.person_claims(
        app.client_id, PORTAL_REDIRECT, "alice", secret=app.client_secret
    )
    assert claims["email"] == "alice@contoso.example"


def test_the_portal_signs_in_with_basic_authentication(
    app: LoginApplication, sign_in: SignIn
) -> None:
    code = sign_in.code(app.client_id, PORTAL_REDIRECT, "alice")
    response = sign_in.redeem(
        app.client_id, PORTAL_REDIRECT, code, auth=(app.client_id, app.client_secret)
    )
    assert "id_token" in response.json()


def test_state_comes_back_unchanged(app: LoginApplication, sign_in: SignIn) -> None:
    page = sign_in.authorize(app.client_id, KUBECTL_REDIRECT)
    response = sign_in.enter(page, "bob")
    assert sent_back(response)["state"] == STATE
    # https://learn.microsoft.com/entra/identity-platform/reply-url: no path gets a slash
    assert response.headers["location"].startswith("http://localhost:8000/?")


def test_form_post_is_a_form_that_goes_to_the_client(
    app: LoginApplication, sign_in: SignIn
) -> None:
    page = sign_in.authorize(app.client_id, PORTAL_REDIRECT, response_mode="form_post")
    response = sign_in.enter(page, "bob")
    assert response.status_code == 200
    assert f'action="{PORTAL_REDIRECT}"' in response.text
    assert 'name="code"' in response.text
    assert f'name="state" value="{STATE}"' in response.text


def test_fragment_answers_behind_a_hash(app: LoginApplication, sign_in: SignIn) -> None:
    page = sign_in.authorize(app.client_id, PORTAL_REDIRECT, response_mode="fragment")
    assert sign_in.enter(page, "bob").headers["location"].startswith(f"{PORTAL_REDIRECT}#code=")


def test_the_port_of_localhost_is_ignored(app: LoginApplication, sign_in: SignIn) -> None:
    assert sign_in.person_claims(app.client_id, "http://localhost:18000", "bob")["oid"]


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://localhost:8000/callback",
        "https://localhost:8000",
        "https://portal.contoso.example/Auth/Callback",
        "https://portal.contoso.example:8443/auth/callback",
        "https://evil.example/auth/callback",
    ],
)
def test_an_unregistered_redirect_is_a_page_and_never_redirected_to(
    app: LoginApplication, sign_in: SignIn, redirect_uri: str
) -> None:
    response = sign_in.authorize(app.client_id, redirect_uri)
    assert response.status_code == 400
    assert "location" not in response.headers
    assert page_error(response).startswith(f"AADSTS50011: The redirect URI '{redirect_uri}'")


def test_an_unknown_application_is_a_page(sign_in: SignIn) -> None:
    response = sign_in.authorize("11111111-1111-4111-8111-111111111111", KUBECTL_REDIRECT)
    assert page_error(response).startswith("AADSTS700016: ")


def test_a_wrong_password_shows_the_form_again(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    page = sign_in.authorize(app.client_id, KUBECTL_REDIRECT)
    again = sign_in.enter(page, "bob@contoso.example", "wrong")
    assert again.status_code == 200
    assert page_error(again).startswith("AADSTS50126: ")
    assert "code" in sent_back(sign_in.enter(again, "bob"))
    assert entra.people[1].password not in again.text


def test_an_unknown_person_shows_the_form_again(app: LoginApplication, sign_in: SignIn) -> None:
    page = sign_in.authorize(app.client_id, KUBECTL_REDIRECT)
    again = sign_in.enter(page, "<b>nobody@contoso.example", "wrong")
    assert page_error(again).startswith("AADSTS50034: ")
    assert "<b>nobody" not in again.text


def test_a_sign_in_page_works_once(app: LoginApplication, sign_in: SignIn) -> None:
    page = sign_in.authorize(app.client_id, KUBECTL_REDIRECT)
    sign_in.enter(page, "bob")
    assert page_error(sign_in.enter(page, "bob")).startswith("AADSTS165000: ")


def test_login_hint_fills_in_the_name(app: LoginApplication, sign_in: SignIn) -> None:
    page = sign_in.authorize(app.client_id, KUBECTL_REDIRECT, login_hint="bob@contoso.example")
    assert 'value="bob@contoso.example"' in page.text


def test_a_guest_signs_in_by_mail(app: LoginApplication, sign_in: SignIn, entra: Entra) -> None:
    [dave] = [p for p in entra.people if p.display_name == "Dave Partner"]
    page = sign_in.authorize(app.client_id, KUBECTL_REDIRECT)
    assert "code" in sent_back(sign_in.enter(page, "dave@partner.example", dave.password))


def test_somebody_who_is_not_assigned_gets_a_page(app: LoginApplication, sign_in: SignIn) -> None:
    response = sign_in.enter(sign_in.authorize(app.client_id, KUBECTL_REDIRECT), "erin")
    assert response.status_code == 400
    error = page_error(response)
    assert error.startswith("AADSTS50105: ")
    assert "erin@contoso.example" in error


def test_somebody_who_is_no_longer_assigned_gets_no_more_tokens(
    app: LoginApplication, sign_in: SignIn, graph: DirectoryClient
) -> None:
    tokens = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
    path = f"{app.service_principal_path}/appRoleAssignedTo"
    for assignment in graph.items(path):
        graph.delete(f"{path}/{assignment['id']}")
    response = refresh(sign_in, app.client_id, tokens["refresh_token"])
    refusal(response, 50105, "access_denied")


def test_without_required_assignment_everybody_signs_in_but_without_groups(
    graph: DirectoryClient, sign_in: SignIn
) -> None:
    app = LoginApplication.declare(graph, assignment_required=False)
    assert "groups" not in sign_in.person_claims(app.client_id, KUBECTL_REDIRECT, "erin")


def test_missing_consent_is_a_page(graph: DirectoryClient, sign_in: SignIn) -> None:
    app = LoginApplication.declare(graph, scopes=("openid", "profile"))
    response = sign_in.enter(sign_in.authorize(app.client_id, KUBECTL_REDIRECT), "bob")
    assert page_error(response).startswith("AADSTS90094: ")


def test_consent_for_one_person_is_not_consent_for_others(
    graph: DirectoryClient, sign_in: SignIn, entra: Entra
) -> None:
    app = LoginApplication.declare(graph, scopes=())
    graph.post(
        "/oauth2PermissionGrants",
        {
            "clientId": app.service_principal_id,
            "consentType": "Principal",
            "principalId": entra.people[1].object_id,
            "resourceId": graph.service_principal("00000003-0000-0000-c000-000000000000")["id"],
            "scope": "openid profile email offline_access",
        },
    )
    assert sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    response = sign_in.enter(sign_in.authorize(app.client_id, KUBECTL_REDIRECT), "alice")
    assert page_error(response).startswith("AADSTS90094: ")


def test_implicit_id_tokens_are_off_until_they_are_switched_on(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn
) -> None:
    wanted: dict[str, Any] = {"response_type": "id_token", "response_mode": "form_post"}
    response = sign_in.authorize(app.client_id, PORTAL_REDIRECT, **wanted)
    assert 'name="error" value="unsupported_response_type"' in response.text
    assert "AADSTS700054: " in response.text
    graph.patch(app.path, {"web": {"implicitGrantSettings": {"enableIdTokenIssuance": True}}})
    page = sign_in.authorize(app.client_id, PORTAL_REDIRECT, **wanted)
    assert 'name="id_token"' in sign_in.enter(page, "bob").text


def test_a_silent_request_goes_back_because_nobody_is_signed_in(
    app: LoginApplication, sign_in: SignIn
) -> None:
    answer = sent_back(sign_in.authorize(app.client_id, KUBECTL_REDIRECT, prompt="none"))
    assert answer["error"] == "login_required"
    assert answer["error_description"].startswith("AADSTS50058: ")
    assert answer["state"] == STATE


def test_an_unknown_scope_goes_back_as_an_error(app: LoginApplication, sign_in: SignIn) -> None:
    answer = sent_back(sign_in.authorize(app.client_id, KUBECTL_REDIRECT, scope="openid Nonsense"))
    assert answer["error"] == "invalid_scope"


def test_v1_takes_resource_and_v2_refuses_it(app: LoginApplication, sign_in: SignIn) -> None:
    code = sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    response = sign_in.redeem(app.client_id, KUBECTL_REDIRECT, code, resource=app.client_id)
    refusal(response, 901002, "invalid_request")


def test_v1_signs_in_with_texts_for_numbers(app: LoginApplication, sign_in: SignIn) -> None:
    tokens = sign_in.tokens(
        app.client_id,
        PORTAL_REDIRECT,
        "bob",
        secret=app.client_secret,
        version="v1",
        scope="openid",
    )
    assert 3599 <= int(tokens["expires_in"]) <= 5399
    assert isinstance(tokens["expires_in"], str)
    assert tokens["refresh_token"]
    assert sign_in.claims(tokens["id_token"], app.client_id, version="v1")["ver"] == "1.0"


def test_an_unknown_tenant_and_common_are_refused(app: LoginApplication, sign_in: SignIn) -> None:
    form = {"grant_type": "authorization_code", "client_id": app.client_id, "code": "x"}
    for tenant, code in (("fabrikam.example", 90002), ("common", 50194)):
        response = sign_in.http.post(sign_in.endpoint("token", tenant=tenant), data=form)
        refusal(response, code, "invalid_request")


@pytest.mark.provokes_unknown_calls
def test_grant_types_that_are_not_here_say_so(sign_in: SignIn, entra: Entra) -> None:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "client_id": "x"}
    assert sign_in.http.post(sign_in.endpoint("token"), data=form).status_code == 501
    assert [request.path for request in entra.unexpected] == [
        f"/{entra.tenant.tenant_id}/oauth2/v2.0/token"
    ]


def test_sign_out_leads_only_to_registered_addresses(
    app: LoginApplication, sign_in: SignIn
) -> None:
    address = sign_in.endpoint("logout")
    good = sign_in.http.get(address, params={"post_logout_redirect_uri": PORTAL_REDIRECT})
    assert good.headers["location"] == PORTAL_REDIRECT
    bad = sign_in.http.get(address, params={"post_logout_redirect_uri": "https://evil.example/"})
    assert bad.status_code == 200
    assert "evil" not in bad.text


def test_no_recorded_request_holds_a_secret(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    sign_in.tokens(app.client_id, PORTAL_REDIRECT, "bob", secret=app.client_secret)
    recorded = repr(entra.requests)
    for secret in (app.client_secret, entra.deployer.client_secret, entra.people[1].password):
        assert secret not in recorded
    assert entra.deployer.client_secret not in repr(entra.deployer)
    assert "code=" not in recorded
