"""Microsoft's library for Python against the login service, each flow by the library's own hand."""

from __future__ import annotations

from typing import Any

import msal
import pytest
import requests

from sandbox.entra import Entra
from tests.sandbox.entra.certificates import Certificate
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import (
    KUBECTL_REDIRECT,
    PORTAL_REDIRECT,
    LoginApplication,
)
from tests.sandbox.entra.sign_in import SignIn, sent_back

pytestmark = pytest.mark.filterwarnings("ignore:response_mode='form_post' is recommended")
GRANTED = ("openid", "profile", "email", "offline_access", "User.Read")


@pytest.fixture
def app(graph: DirectoryClient) -> LoginApplication:
    return LoginApplication.declare(graph, scopes=GRANTED, isFallbackPublicClient=True)


def options(entra: Entra, session: requests.Session) -> dict[str, Any]:
    return {
        "authority": f"{entra.endpoints.login}/{entra.tenant.tenant_id}",
        "http_client": session,
        # The library asks Microsoft's own host; see the test that lets it.
        "instance_discovery": False,
    }


def through_the_browser(
    client: msal.ClientApplication, sign_in: SignIn, scopes: list[str], redirect_uri: str
) -> dict[str, Any]:
    """Sign bob in by the library's flow object: PKCE, state and nonce are its own."""
    flow = client.initiate_auth_code_flow(scopes, redirect_uri=redirect_uri)
    sign_in.http.cookies.clear()
    page = sign_in.http.get(flow["auth_uri"])
    back = sent_back(sign_in.enter(page, "bob"))
    return client.acquire_token_by_auth_code_flow(flow, back)


def test_a_public_client_signs_in_with_pkce_and_refreshes(
    app: LoginApplication, entra: Entra, session: requests.Session, sign_in: SignIn
) -> None:
    client = msal.PublicClientApplication(app.client_id, **options(entra, session))
    scopes = [f"{entra.endpoints.graph}/User.Read"]
    first = through_the_browser(client, sign_in, scopes, KUBECTL_REDIRECT)
    assert first["id_token_claims"]["preferred_username"] == "bob@contoso.example"
    [account] = client.get_accounts()
    assert account["username"] == "bob@contoso.example"
    assert account["home_account_id"].endswith(f".{entra.tenant.tenant_id}")
    kept = client.acquire_token_silent(scopes, account)
    assert kept
    assert kept["access_token"] == first["access_token"]
    refreshed = client.acquire_token_silent(scopes, account, force_refresh=True)
    assert refreshed
    assert refreshed["access_token"] != first["access_token"]


def test_a_confidential_client_signs_people_in(
    app: LoginApplication, entra: Entra, session: requests.Session, sign_in: SignIn
) -> None:
    client = msal.ConfidentialClientApplication(
        app.client_id, client_credential=app.client_secret, **options(entra, session)
    )
    answer = through_the_browser(client, sign_in, ["email"], PORTAL_REDIRECT)
    assert answer["id_token_claims"]["email"] == "bob@contoso.example"


def test_a_certificate_is_as_good_as_a_secret(
    app: LoginApplication, entra: Entra, session: requests.Session, graph: DirectoryClient
) -> None:
    certificate = Certificate.make()
    graph.patch(app.path, {"keyCredentials": [certificate.credential()]})
    client = msal.ConfidentialClientApplication(
        app.client_id,
        client_credential={
            "private_key": certificate.key_pem.decode(),
            "thumbprint": certificate.thumbprint,
        },
        **options(entra, session),
    )
    answer = client.acquire_token_for_client([f"{entra.endpoints.graph}/.default"])
    assert answer
    assert "access_token" in answer, answer


@pytest.mark.parametrize("with_thumbprint", [True, False])
def test_a_certificate_may_be_sent_along(
    app: LoginApplication,
    entra: Entra,
    session: requests.Session,
    graph: DirectoryClient,
    with_thumbprint: bool,
) -> None:
    """In `x5c`: with SHA-1 and RS256 if the thumbprint is given, else with SHA-256 and PS256."""
    certificate = Certificate.make()
    graph.patch(app.path, {"keyCredentials": [certificate.credential()]})
    credential = {
        "private_key": certificate.key_pem.decode(),
        "public_certificate": certificate.certificate_pem.decode(),
    }
    if with_thumbprint:
        credential["thumbprint"] = certificate.thumbprint
    client = msal.ConfidentialClientApplication(
        app.client_id, client_credential=credential, **options(entra, session)
    )
    answer = client.acquire_token_for_client([f"{entra.endpoints.graph}/.default"])
    assert answer
    assert "access_token" in answer, answer


def test_a_device_is_let_in(
    app: LoginApplication, entra: Entra, session: requests.Session, sign_in: SignIn
) -> None:
    client = msal.PublicClientApplication(app.client_id, **options(entra, session))
    flow = client.initiate_device_flow([f"{entra.endpoints.graph}/User.Read"])
    base = entra.endpoints.login
    page = sign_in.http.post(f"{base}/common/oauth2/deviceauth", data={"otc": flow["user_code"]})
    confirm = sign_in.enter(page, "bob").text
    ctx = confirm.partition('name="ctx" value="')[2].partition('"')[0]
    address = f"{base}/{entra.tenant.tenant_id}/deviceauth"
    sign_in.http.post(address, data={"ctx": ctx, "answer": "continue"})
    answer = client.acquire_token_by_device_flow(flow)
    assert answer["id_token_claims"]["name"] == "Bob Builder"


def test_refusals_reach_the_caller_with_code_and_suberror(
    app: LoginApplication, entra: Entra, session: requests.Session, sign_in: SignIn
) -> None:
    client = msal.PublicClientApplication(app.client_id, **options(entra, session))
    through_the_browser(client, sign_in, [f"{entra.endpoints.graph}/User.Read"], KUBECTL_REDIRECT)
    answer = client.acquire_token_silent_with_error(
        [f"{entra.endpoints.graph}/Group.Read.All"], client.get_accounts()[0]
    )
    assert answer
    assert answer["error"] == "invalid_grant"
    assert answer["classification"] == "consent_required"
    assert answer["error_codes"] == [65001]


def test_instance_discovery_finds_an_authority_that_the_library_does_not_know(
    app: LoginApplication, entra: Entra, session: requests.Session, sign_in: SignIn
) -> None:
    """The library asks login.microsoftonline.com whether it may trust one; here that is us."""
    asked: list[str] = []

    class Redirected(requests.Session):
        def get(self, url: str, **more: Any) -> requests.Response:  # type: ignore[override]
            asked.append(url)
            ours = url.replace("https://login.microsoftonline.com", entra.endpoints.login)
            return session.get(ours, **more)

        def post(self, url: str, **more: Any) -> requests.Response:  # type: ignore[override]
            return session.post(url, **more)

    found = {**options(entra, Redirected()), "instance_discovery": True}
    client = msal.PublicClientApplication(app.client_id, **found)
    assert through_the_browser(client, sign_in, ["email"], KUBECTL_REDIRECT)["id_token"]
    assert any("/common/discovery/instance" in url for url in asked)
