"""azure-identity against the login service: every credential that takes an application."""

from __future__ import annotations

import re
import threading
import webbrowser
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from azure.identity import (
    AuthorizationCodeCredential,
    CertificateCredential,
    ClientSecretCredential,
    DeviceCodeCredential,
    InteractiveBrowserCredential,
    WorkloadIdentityCredential,
)

from sandbox.certificates import CertificateAuthority
from sandbox.entra import Entra
from sandbox.serving import bind
from tests.sandbox.entra.certificates import Certificate
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import PORTAL_REDIRECT, LoginApplication
from tests.sandbox.entra.sign_in import SignIn
from tests.sandbox.entra.test_application_tokens import (
    SUBJECT,
    OtherIssuer,
    automation,
    other_issuer,
)

__all__ = ["automation", "other_issuer"]
GRANTED = ("openid", "profile", "email", "offline_access", "User.Read")


@pytest.fixture
def app(graph: DirectoryClient) -> LoginApplication:
    return LoginApplication.declare(graph, scopes=GRANTED, isFallbackPublicClient=True)


@pytest.fixture
def options(entra: Entra, authority: CertificateAuthority) -> dict[str, Any]:
    return {
        "authority": entra.endpoints.login,
        "disable_instance_discovery": True,
        "connection_verify": str(authority.ca_file),
    }


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_a_certificate(
    app: LoginApplication, entra: Entra, graph: DirectoryClient, options: dict[str, Any]
) -> None:
    certificate = Certificate.make()
    graph.patch(app.path, {"keyCredentials": [certificate.credential()]})
    credential = CertificateCredential(
        entra.tenant.tenant_id, app.client_id, certificate_data=certificate.pem, **options
    )
    with credential:
        token = credential.get_token(f"{entra.endpoints.graph}/.default").token
    assert claims_of(token)["appidacr"] == "2"


@pytest.mark.parametrize(
    "name", ["https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"]
)
def test_microsoft_graph_by_the_names_that_programs_have_for_it(
    app: LoginApplication, entra: Entra, http: httpx.Client, options: dict[str, Any], name: str
) -> None:
    """Programs are told where Graph is; what they ask tokens for stays as it is written in them."""
    secret = (entra.tenant.tenant_id, app.client_id, app.client_secret)
    with ClientSecretCredential(*secret, **options) as credential:
        token = credential.get_token(f"{name}/.default").token

    answer = http.get(
        f"{entra.endpoints.graph}/v1.0/users", headers={"Authorization": f"Bearer {token}"}
    )

    assert claims_of(token)["aud"] == name
    assert answer.json()["error"]["code"] == "Authorization_RequestDenied", "no role, but let in"
    assert answer.headers["request-id"]


def test_a_workload_identity_from_a_file(
    entra: Entra,
    other_issuer: OtherIssuer,
    automation: str,
    options: dict[str, Any],
    tmp_path: Path,
) -> None:
    file = tmp_path / "token"
    file.write_text(other_issuer.assertion())
    credential = WorkloadIdentityCredential(
        tenant_id=entra.tenant.tenant_id,
        client_id=automation,
        token_file_path=str(file),
        **options,
    )
    with credential:
        token = credential.get_token(f"{entra.endpoints.graph}/.default").token
    assert claims_of(token)["appid"] == automation
    assert SUBJECT not in token


def test_a_device_code(
    app: LoginApplication, entra: Entra, sign_in: SignIn, options: dict[str, Any]
) -> None:
    def answer(verification_uri: str, user_code: str, _expires: object) -> None:
        base = entra.endpoints.login
        assert verification_uri == f"{base}/devicelogin"
        page = sign_in.http.post(f"{base}/common/oauth2/deviceauth", data={"otc": user_code})
        confirm = sign_in.enter(page, "bob").text
        ctx = confirm.partition('name="ctx" value="')[2].partition('"')[0]
        address = f"{base}/{entra.tenant.tenant_id}/deviceauth"
        sign_in.http.post(address, data={"ctx": ctx, "answer": "continue"})

    credential = DeviceCodeCredential(
        app.client_id, tenant_id=entra.tenant.tenant_id, prompt_callback=answer, **options
    )
    with credential:
        token = credential.get_token(f"{entra.endpoints.graph}/User.Read").token
    assert claims_of(token)["upn"] == "bob@contoso.example"


def test_an_authorization_code(
    app: LoginApplication, entra: Entra, sign_in: SignIn, options: dict[str, Any]
) -> None:
    code = sign_in.code(
        app.client_id, PORTAL_REDIRECT, "bob", code_challenge=None, code_challenge_method=None
    )
    credential = AuthorizationCodeCredential(
        entra.tenant.tenant_id,
        app.client_id,
        code,
        PORTAL_REDIRECT,
        client_secret=app.client_secret,
        **options,
    )
    with credential:
        token = credential.get_token(f"{entra.endpoints.graph}/User.Read").token
    assert claims_of(token)["name"] == "Bob Builder"


def test_a_person_at_a_browser(
    app: LoginApplication,
    entra: Entra,
    sign_in: SignIn,
    options: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The library opens the browser and listens for its return on localhost."""
    visits: list[threading.Thread] = []

    def visit(url: str) -> None:
        # The library asks for `form_post`.
        page = sign_in.enter(sign_in.http.get(url), "alice").text
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', page))
        sign_in.http.post(redirect_uri, data={name: unescape(v) for name, v in fields.items()})

    def opened(url: str, *_: object, **__: object) -> bool:
        visits.append(threading.Thread(target=visit, args=(url,)))
        visits[-1].start()
        return True

    monkeypatch.setattr(webbrowser, "open", opened)
    with bind() as free:
        redirect_uri = f"http://localhost:{free.getsockname()[1]}"
    credential = InteractiveBrowserCredential(
        client_id=app.client_id,
        tenant_id=entra.tenant.tenant_id,
        redirect_uri=redirect_uri,
        **options,
    )
    with credential:
        token = credential.get_token(f"{entra.endpoints.graph}/User.Read").token
    for each in visits:
        each.join()
    assert claims_of(token)["upn"] == "alice@contoso.example"
