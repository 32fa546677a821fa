"""Tokens of applications, by the libraries that real programs use."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import jwt
import msal
import pytest
from azure.identity import ClientAssertionCredential, ClientSecretCredential
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.certificates import CertificateAuthority
from sandbox.entra import Entra
from sandbox.serving import Server, bind, url_of
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.sign_in import SignIn

SUBJECT = "repo:contoso/platform:environment:prod"
AUDIENCE = "api://AzureADTokenExchange"


JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class OtherIssuer:
    """An issuer of workload identities, as a CI system is one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.document),
                Route("/keys", self.keys),
            ]
        )

    async def document(self, _: Request) -> JSONResponse:
        return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})

    async def keys(self, _: Request) -> JSONResponse:
        key = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return JSONResponse({"keys": [{**key, "kid": "1", "use": "sig", "alg": "RS256"}]})

    def assertion(self, *, key: rsa.RSAPrivateKey | None = None, **changes: Any) -> str:
        claims = {
            "iss": self.url,
            "sub": SUBJECT,
            "aud": AUDIENCE,
            "iat": int(time.time()),
            "exp": int(time.time()) + 300,
        } | changes
        return jwt.encode(claims, key or self.key, algorithm="RS256", headers={"kid": "1"})


@contextmanager
def serving(issuer_of: type[OtherIssuer], authority: CertificateAuthority) -> Iterator[OtherIssuer]:
    sock = bind()
    issuer = issuer_of(url_of(sock))
    certificate = authority.issue("other-issuer", "localhost")
    with Server(issuer.app, sock, certificate, "other-issuer"):
        yield issuer


@pytest.fixture
def other_issuer(authority: CertificateAuthority) -> Iterator[OtherIssuer]:
    with serving(OtherIssuer, authority) as issuer:
        yield issuer


@pytest.fixture
def automation(graph: DirectoryClient, other_issuer: OtherIssuer) -> str:
    """Return the client id of an application that trusts the other issuer."""
    application = graph.post("/applications", {"displayName": "automation"})
    graph.post("/servicePrincipals", {"appId": application["appId"]})
    graph.post(
        f"/applications/{application['id']}/federatedIdentityCredentials",
        {"name": "ci", "issuer": other_issuer.url, "subject": SUBJECT, "audiences": [AUDIENCE]},
    )
    return application["appId"]


def test_azure_identity_gets_a_token_with_roles(
    entra: Entra, authority: CertificateAuthority
) -> None:
    credential = ClientSecretCredential(
        entra.tenant.tenant_id,
        entra.deployer.client_id,
        entra.deployer.client_secret,
        authority=entra.endpoints.login,
        disable_instance_discovery=True,
        connection_verify=str(authority.ca_file),
    )
    with credential:
        token = credential.get_token(f"{entra.endpoints.graph}/.default").token
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["aud"] == entra.endpoints.graph
    assert claims["oid"] == claims["sub"] == entra.deployer.object_id
    assert claims["appid"] == entra.deployer.client_id
    assert "Application.ReadWrite.OwnedBy" in claims["roles"]
    assert claims["idtyp"] == "app"


def test_msal_gets_a_token_and_keeps_it(
    entra: Entra, authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    # requests prefers this variable to what MSAL's `verify` says.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.ca_file))
    application = msal.ConfidentialClientApplication(
        entra.deployer.client_id,
        client_credential=entra.deployer.client_secret,
        authority=f"{entra.endpoints.login}/{entra.tenant.tenant_id}",
        instance_discovery=False,
    )
    scopes = [f"{entra.endpoints.graph}/.default"]
    first = application.acquire_token_for_client(scopes)
    assert first is not None
    assert "access_token" in first, first
    asked = len(entra.requests)
    assert application.acquire_token_for_client(scopes)["access_token"] == first["access_token"]  # type: ignore[index]
    assert len(entra.requests) == asked


def test_a_federated_workload_gets_a_token_without_secret(
    entra: Entra, authority: CertificateAuthority, other_issuer: OtherIssuer, automation: str
) -> None:
    credential = ClientAssertionCredential(
        entra.tenant.tenant_id,
        automation,
        other_issuer.assertion,
        authority=entra.endpoints.login,
        disable_instance_discovery=True,
        connection_verify=str(authority.ca_file),
    )
    with credential:
        token = credential.get_token(f"{entra.endpoints.graph}/.default").token
    assert jwt.decode(token, options={"verify_signature": False})["appid"] == automation


def client_credentials(
    entra: Entra, http: httpx.Client, client_id: str, **changes: str
) -> tuple[int, Any]:
    if "client_assertion" in changes:
        changes = {"client_assertion_type": JWT_BEARER, **changes}
    response = http.post(
        f"{entra.endpoints.login}/{entra.tenant.tenant_id}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": client_id,
            "scope": f"{entra.endpoints.graph}/.default",
        }
        | changes,
    )
    return response.status_code, response.json()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": "https://elsewhere.example"}, 700211),
        ({"aud": "api://other"}, 700212),
        ({"sub": "repo:contoso/platform:environment:Prod"}, 700213),
        ({"exp": 1_000_000_000}, 700024),
        ({"nbf": 4_000_000_000}, 700024),
    ],
)
def test_an_assertion_that_no_credential_describes_is_refused(
    entra: Entra, http: httpx.Client, other_issuer: OtherIssuer, automation: str,
    changes: dict[str, Any], code: int,
) -> None:  # fmt: skip
    assertion = other_issuer.assertion(**changes)
    status, body = client_credentials(entra, http, automation, client_assertion=assertion)
    assert (status, body["error_codes"]) == (401, [code])
    assert body["error"] == "invalid_client"


def test_an_assertion_with_another_signature_is_refused(
    entra: Entra, http: httpx.Client, other_issuer: OtherIssuer, automation: str
) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assertion = other_issuer.assertion(key=stranger)
    _, body = client_credentials(entra, http, automation, client_assertion=assertion)
    assert body["error_codes"] == [50013]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, 7000215),
        ({}, 401, 7000218),
        ({"client_assertion": "nonsense"}, 400, 50027),
        ({"client_id": "11111111-1111-4111-8111-111111111111"}, 400, 700016),
        ({"scope": "openid"}, 400, 1002012),
        ({"scope": "https://unknown.example/.default"}, 400, 500011),
        ({"grant_type": "magic"}, 400, 70003),
    ],
)
def test_refusals_of_client_credentials(
    entra: Entra, http: httpx.Client, changes: dict[str, str], status: int, code: int
) -> None:
    changes = dict(changes)
    needs_secret = code in {700016, 1002012, 500011, 70003}
    secret = {"client_secret": entra.deployer.client_secret} if needs_secret else {}
    client_id = changes.pop("client_id", entra.deployer.client_id)
    found, body = client_credentials(entra, http, client_id, **secret | changes)
    assert (found, body["error_codes"]) == (status, [code]), body


def test_an_application_without_service_principal_gets_no_token(
    entra: Entra, http: httpx.Client, graph: DirectoryClient
) -> None:
    application = graph.post("/applications", {"displayName": "alone"})
    path = f"/applications/{application['id']}/addPassword"
    secret = graph.post(path, {"passwordCredential": {}}, expect=200)["secretText"]
    _, body = client_credentials(entra, http, application["appId"], client_secret=secret)
    assert body["error_codes"] == [7000229]


def test_a_removed_secret_no_longer_works(
    entra: Entra, http: httpx.Client, graph: DirectoryClient
) -> None:
    application = graph.post("/applications", {"displayName": "rotating"})
    graph.post("/servicePrincipals", {"appId": application["appId"]})
    path = f"/applications/{application['id']}"
    secrets = [
        graph.post(f"{path}/addPassword", {"passwordCredential": {"displayName": name}}, expect=200)
        for name in ("old", "new")
    ]
    shown = graph.get(path)["passwordCredentials"]
    assert [entry["secretText"] for entry in shown] == [None, None]
    graph.post(f"{path}/removePassword", {"keyId": secrets[0]["keyId"]}, expect=204)
    results = [
        client_credentials(entra, http, application["appId"], client_secret=secret["secretText"])[0]
        for secret in secrets
    ]
    assert results == [401, 200]


def test_the_cloud_metadata_names_login_and_graph(entra: Entra, http: httpx.Client) -> None:
    address = f"{entra.endpoints.login}/metadata/endpoints"
    document = http.get(address, params={"api-version": "2022-09-01"}).json()
    assert document["name"]
    assert document["resourceManager"]
    assert document["microsoftGraphResourceId"] == entra.endpoints.graph
    assert document["authentication"]["loginEndpoint"] == entra.endpoints.login


def test_instance_discovery_leads_to_the_tenant(entra: Entra, sign_in: SignIn) -> None:
    address = f"{entra.endpoints.login}/common/discovery/instance"
    asked = {"api-version": "1.1", "authorization_endpoint": sign_in.endpoint("authorize")}
    found = sign_in.http.get(address, params=asked).json()
    document = sign_in.http.get(found["tenant_discovery_endpoint"]).json()
    assert document["token_endpoint"] == sign_in.endpoint("token")
