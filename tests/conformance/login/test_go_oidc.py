"""go-oidc and x/oauth2 for Go, by which int128/kubelogin signs people in for kubectl."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from sandbox.certificates import CertificateAuthority
from sandbox.entra import Entra
from sandbox.entra.endpoints import TokenVersion
from tests.conformance.oidc_login import OidcLogin, free_redirect_uri, listening_at
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import KUBECTL_REDIRECT, LoginApplication
from tests.sandbox.entra.sign_in import SignIn

BOB = "bob@contoso.example"
SCOPES = tuple(f"--oidc-extra-scope={scope}" for scope in ("profile", "email", "offline_access"))
_CTX = re.compile(r'name="ctx" value="([^"]+)"')
NewMachine = Callable[[str], OidcLogin]


@pytest.fixture
def bobs(entra: Entra, authority: CertificateAuthority, tmp_path: Path) -> NewMachine:
    """Bob's machine, with a browser that is sent back to a redirect URI."""
    [password] = (p.password for p in entra.people if p.user_principal_name == BOB)

    def machine(redirect_uri: str) -> OidcLogin:
        return OidcLogin.at(
            tmp_path / "bob",
            user=BOB,
            password=password,
            ca_file=str(authority.ca_file),
            redirect_uri=redirect_uri,
        )

    return machine


def issuer_of(entra: Entra, version: TokenVersion) -> str:
    return entra.endpoints.issuer(entra.tenant.tenant_id, version)


def claims_of(credential: str) -> dict[str, Any]:
    token = json.loads(credential)["status"]["token"]
    return jwt.decode(token, options={"verify_signature": False})


def test_a_public_client_signs_in_at_any_port_and_refreshes(
    app: LoginApplication, entra: Entra, bobs: NewMachine
) -> None:
    redirect_uri = free_redirect_uri()
    assert redirect_uri != KUBECTL_REDIRECT, "the registered one, whose port does not count"
    machine = bobs(redirect_uri)
    options = (
        f"--oidc-issuer-url={issuer_of(entra, 'v2')}",
        f"--oidc-client-id={app.client_id}",
        "--oidc-pkce-method=S256",
        *SCOPES,
        *listening_at(redirect_uri),
    )

    first = claims_of(machine.get_token(*options).stdout)
    refreshed = machine.get_token(*options, "--force-refresh")

    assert first["email"] == first["upn"] == BOB
    assert refreshed.stderr == "refreshed\n"
    assert claims_of(refreshed.stdout)["sub"] == first["sub"]


def test_the_guides_confidential_client_signs_in_by_the_v1_issuer(
    entra: Entra, graph: DirectoryClient, bobs: NewMachine
) -> None:
    redirect_uri = free_redirect_uri()
    app = LoginApplication.declare(graph, web={"redirectUris": [f"{redirect_uri}/"]})
    issuer = issuer_of(entra, "v1")

    got = bobs(f"{redirect_uri}/").get_token(
        f"--oidc-issuer-url={issuer}",
        f"--oidc-client-id={app.client_id}",
        f"--oidc-client-secret={app.client_secret}",
        *listening_at(f"{redirect_uri}/"),
    )

    assert claims_of(got.stdout)["iss"] == issuer
    assert claims_of(got.stdout)["upn"] == BOB


def test_a_device_code_is_entered_at_the_page(
    entra: Entra, graph: DirectoryClient, sign_in: SignIn, bobs: NewMachine
) -> None:
    app = LoginApplication.declare(graph, isFallbackPublicClient=True)
    options = (
        f"--oidc-issuer-url={issuer_of(entra, 'v2')}",
        f"--oidc-client-id={app.client_id}",
        "--grant-type=device-code",
        *SCOPES,
    )
    with bobs(KUBECTL_REDIRECT).getting_token(*options) as plugin:
        assert plugin.stderr
        told = re.search(r"Open (\S+) and enter (\S+)", plugin.stderr.readline())
        assert told
        asks = sign_in.http.get(told[1], follow_redirects=True)
        page = sign_in.http.post(asks.url, data={"otc": told[2]})
        ctx = _CTX.findall(sign_in.enter(page, BOB).text)[0]
        address = f"{entra.endpoints.login}/{entra.tenant.tenant_id}/deviceauth"
        sign_in.http.post(address, data={"ctx": ctx, "answer": "continue"})
        got, said = plugin.communicate(timeout=60)

    assert plugin.returncode == 0, said
    assert claims_of(got)["upn"] == BOB


def test_a_secret_is_refused_where_kubectl_is_a_public_client(
    app: LoginApplication, entra: Entra, bobs: NewMachine
) -> None:
    redirect_uri = free_redirect_uri()

    refused = bobs(redirect_uri).get_token(
        f"--oidc-issuer-url={issuer_of(entra, 'v2')}",
        f"--oidc-client-id={app.client_id}",
        f"--oidc-client-secret={app.client_secret}",
        *listening_at(redirect_uri),
        status=1,
    )

    assert "AADSTS700025" in refused.stderr


def test_no_secret_is_refused_where_it_is_a_confidential_client(
    entra: Entra, graph: DirectoryClient, bobs: NewMachine
) -> None:
    redirect_uri = f"{free_redirect_uri()}/"
    app = LoginApplication.declare(graph, web={"redirectUris": [redirect_uri]})

    refused = bobs(redirect_uri).get_token(
        f"--oidc-issuer-url={issuer_of(entra, 'v2')}",
        f"--oidc-client-id={app.client_id}",
        "--oidc-pkce-method=S256",
        *listening_at(redirect_uri),
        status=1,
    )

    assert "AADSTS7000218" in refused.stderr
