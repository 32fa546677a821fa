"""Who is signed in at a browser, and what the parameters of a request make of it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.entra import Entra
from sandbox.entra.login.behaviour import LoginBehaviour
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import (
    KUBECTL_REDIRECT,
    PORTAL_REDIRECT,
    LoginApplication,
)
from tests.sandbox.entra.sign_in import SignIn, page_error, sent_back


def again(sign_in: SignIn, app: LoginApplication, **changes: Any) -> Any:
    """Ask once more from the same browser."""
    return sign_in.authorize(app.client_id, KUBECTL_REDIRECT, new_browser=False, **changes)


def claims_of(sign_in: SignIn, app: LoginApplication, response: Any) -> dict[str, Any]:
    code = sent_back(response)["code"]
    tokens = sign_in.redeem(app.client_id, KUBECTL_REDIRECT, code).json()
    return sign_in.claims(tokens["id_token"], app.client_id)


def test_a_second_request_needs_no_sign_in(app: LoginApplication, sign_in: SignIn) -> None:
    sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    assert claims_of(sign_in, app, again(sign_in, app))["name"] == "Bob Builder"


def test_the_cookie_is_for_this_host_over_tls_alone(app: LoginApplication, sign_in: SignIn) -> None:
    response = sign_in.enter(sign_in.authorize(app.client_id, KUBECTL_REDIRECT), "bob")
    cookie = response.headers["set-cookie"].casefold()
    assert cookie.startswith("estsauth")
    for attribute in ("httponly", "secure", "path=/", "samesite=none"):
        assert attribute in cookie
    assert "domain" not in cookie


def test_a_silent_request_is_answered_when_somebody_is_signed_in(
    app: LoginApplication, sign_in: SignIn
) -> None:
    sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    assert claims_of(sign_in, app, again(sign_in, app, prompt="none"))["name"] == "Bob Builder"
    other = again(sign_in, app, prompt="none", login_hint="alice@contoso.example")
    assert sent_back(other)["error_description"].startswith("AADSTS50058: ")


def test_a_silent_request_tells_the_client_what_is_in_the_way(
    app: LoginApplication, sign_in: SignIn, graph: DirectoryClient, entra: Entra
) -> None:
    without_consent = LoginApplication.declare(graph, scopes=("openid",))
    sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    refused = sent_back(again(sign_in, without_consent, prompt="none"))
    assert refused["error"] == "consent_required"
    assert refused["error_description"].startswith("AADSTS65001: ")
    entra.login_behaviour = LoginBehaviour(blocked_by_conditional_access=("bob@contoso.example",))
    refused = sent_back(again(sign_in, app, prompt="none"))
    assert refused["error_description"].startswith("AADSTS53003: ")


def test_two_accounts_in_one_browser_are_told_apart_by_the_hint(
    app: LoginApplication, sign_in: SignIn
) -> None:
    sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    sign_in.enter(again(sign_in, app, prompt="select_account"), "alice")
    refused = sent_back(again(sign_in, app, prompt="none"))
    assert refused["error"] == "interaction_required"
    assert refused["error_description"].startswith("AADSTS16000: ")
    hinted = again(sign_in, app, login_hint="BOB@contoso.example")
    assert claims_of(sign_in, app, hinted)["name"] == "Bob Builder"


def test_the_claim_login_hint_is_a_hint(graph: DirectoryClient, sign_in: SignIn) -> None:
    app = LoginApplication.declare(graph, optionalClaims={"idToken": [{"name": "login_hint"}]})
    hint = sign_in.person_claims(app.client_id, KUBECTL_REDIRECT, "bob")["login_hint"]
    assert "bob" not in hint
    assert "code" in sent_back(again(sign_in, app, prompt="none", login_hint=hint))


def test_login_always_asks(app: LoginApplication, sign_in: SignIn) -> None:
    sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    page = again(sign_in, app, prompt="login")
    assert claims_of(sign_in, app, sign_in.enter(page, "alice"))["name"] == "Alice Admin"


@pytest.mark.parametrize("prompt", ["create", "none login"])
def test_an_unknown_prompt_goes_back_as_an_error(
    app: LoginApplication, sign_in: SignIn, prompt: str
) -> None:
    answer = sent_back(sign_in.authorize(app.client_id, KUBECTL_REDIRECT, prompt=prompt))
    assert answer["error_description"].startswith("AADSTS90023: ")


def test_a_domain_hint_changes_nothing(app: LoginApplication, sign_in: SignIn) -> None:
    assert sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob", domain_hint="partner.example")


def test_consent_is_asked_for_anew_when_the_client_wants_it(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    """And where people may not consent, that fails although an administrator has."""
    page = sign_in.authorize(app.client_id, KUBECTL_REDIRECT, prompt="consent")
    assert page_error(sign_in.enter(page, "bob")).startswith("AADSTS90094: ")
    entra.login_behaviour = LoginBehaviour(user_consent=True)
    page = sign_in.authorize(app.client_id, KUBECTL_REDIRECT, prompt="consent")
    assert "Permissions requested" in sign_in.enter(page, "bob").text


def test_permissions_for_administrators_are_not_consented_to_by_people(
    graph: DirectoryClient, sign_in: SignIn, entra: Entra
) -> None:
    entra.login_behaviour = LoginBehaviour(user_consent=True)
    app = LoginApplication.declare(graph)
    page = sign_in.authorize(app.client_id, KUBECTL_REDIRECT, scope="openid Directory.Read.All")
    assert page_error(sign_in.enter(page, "bob")).startswith("AADSTS90094: ")


def test_conditional_access_keeps_people_out_and_ends_their_refreshing(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    entra.login_behaviour = LoginBehaviour(blocked_by_conditional_access=("Bob@contoso.example",))
    page = sign_in.authorize(app.client_id, KUBECTL_REDIRECT)
    assert page_error(sign_in.enter(page, "bob")).startswith("AADSTS53003: ")
    assert sign_in.code(app.client_id, KUBECTL_REDIRECT, "alice")


def test_a_disabled_account_is_signed_in_nowhere(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    [bob] = entra.tenant.users.find("userPrincipalName", "bob@contoso.example")
    bob.properties["accountEnabled"] = False
    assert page_error(again(sign_in, app)).startswith("AADSTS50057: ")


def test_sign_out_with_a_hint_ends_that_account_only(
    app: LoginApplication, sign_in: SignIn
) -> None:
    response = sign_in.enter(sign_in.authorize(app.client_id, PORTAL_REDIRECT), "bob")
    tokens = sign_in.redeem(
        app.client_id,
        PORTAL_REDIRECT,
        sent_back(response)["code"],
        client_secret=app.client_secret,
    ).json()
    sign_in.enter(again(sign_in, app, prompt="select_account"), "alice")
    answer = sign_in.http.get(
        sign_in.endpoint("logout"),
        params={
            "id_token_hint": tokens["id_token"],
            "post_logout_redirect_uri": PORTAL_REDIRECT,
            "state": "s",
        },
    )
    assert answer.headers["location"] == f"{PORTAL_REDIRECT}?state=s"
    assert claims_of(sign_in, app, again(sign_in, app))["name"] == "Alice Admin"


def test_a_sign_out_leads_to_addresses_of_the_hinted_application_only(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn
) -> None:
    tokens = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
    other = "https://other.contoso.example/out"
    LoginApplication.declare(graph, web={"redirectUris": [other]})
    parameters = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": other}
    assert sign_in.http.post(sign_in.endpoint("logout"), data=parameters).status_code == 200
    del parameters["id_token_hint"]
    assert sign_in.http.get(sign_in.endpoint("logout"), params=parameters).status_code == 302


def test_a_multi_tenant_application_may_use_common_and_organizations(
    graph: DirectoryClient, sign_in: SignIn
) -> None:
    app = LoginApplication.declare(graph, signInAudience="AzureADMultipleOrgs")
    for tenant in ("common", "organizations"):
        address = sign_in.endpoint("authorize", tenant=tenant)
        parameters = sign_in.authorize(app.client_id, KUBECTL_REDIRECT).url.params
        assert sign_in.http.get(address, params=parameters).status_code == 200
