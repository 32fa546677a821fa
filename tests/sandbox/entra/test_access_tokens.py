"""Access tokens: their claims by version, lifetimes, mapped claims for a resource, UserInfo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest

from sandbox.entra import Entra
from sandbox.entra.temper import Temper
from tests.sandbox.entra.conftest import Clock
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import KUBECTL_REDIRECT, LoginApplication
from tests.sandbox.entra.sign_in import SignIn, refusal

SCOPE_ID = "33333333-3333-4333-8333-333333333333"


def read(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def declare_api(graph: DirectoryClient, uri: str, version: int = 2) -> LoginApplication:
    """Declare an API with one permission, which people of the same application may use."""
    scope = {
        "id": SCOPE_ID,
        "value": "access",
        "type": "User",
        "isEnabled": True,
        "adminConsentDisplayName": "Access",
        "adminConsentDescription": "Access the API",
    }
    api = LoginApplication.declare(
        graph,
        identifierUris=[uri],
        api={"requestedAccessTokenVersion": version, "oauth2PermissionScopes": [scope]},
        optionalClaims={"accessToken": [{"name": "email"}, {"name": "sid"}, {"name": "idtyp"}]},
    )
    graph.post(
        "/oauth2PermissionGrants",
        {
            "clientId": api.service_principal_id,
            "consentType": "AllPrincipals",
            "resourceId": api.service_principal_id,
            "scope": "access",
        },
    )
    return api


def api_token(sign_in: SignIn, api: LoginApplication, uri: str) -> dict[str, Any]:
    scope = f"openid profile {uri}/access"
    return read(sign_in.tokens(api.client_id, KUBECTL_REDIRECT, "bob", scope=scope)["access_token"])


def test_a_token_for_graph_is_of_version_one_whatever_the_endpoint(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    claims = read(sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")["access_token"])
    assert claims["ver"] == "1.0"
    assert claims["aud"] == entra.endpoints.graph
    assert claims["iss"] == f"{entra.endpoints.sts}/{entra.tenant.tenant_id}/"
    assert claims["appid"] == app.client_id
    assert claims["appidacr"] == "0"
    assert claims["scp"] == "email openid profile"
    assert claims["upn"] == claims["unique_name"] == "bob@contoso.example"
    assert (claims["given_name"], claims["family_name"]) == ("Bob", "Builder")
    assert claims["wids"] == ["b79fbf4d-3ef9-4689-8143-76b194e85509"]
    assert {
        "acr",
        "aio",
        "amr",
        "app_displayname",
        "idtyp",
        "ipaddr",
        "oid",
        "rh",
        "sid",
        "uti",
    } <= (claims.keys())


@pytest.mark.parametrize("version", [1, 2])
def test_a_resource_decides_the_version_of_its_tokens(
    graph: DirectoryClient, sign_in: SignIn, version: int
) -> None:
    uri = "https://api.contoso.example/orders"
    api = declare_api(graph, uri, version)
    claims = api_token(sign_in, api, uri)
    assert claims["ver"] == f"{version}.0"
    assert claims["aud"] == (uri if version == 1 else api.client_id)
    assert claims["scp"] == "access openid profile" or claims["scp"] == "access"
    assert claims["email"] == "bob@contoso.example"
    assert claims["idtyp"] == "user"
    assert claims["groups"] == [graph.group_id("team-a-developers")]
    assert ("azp" in claims) == (version == 2)


def test_a_subject_is_of_one_resource(
    graph: DirectoryClient, sign_in: SignIn, app: LoginApplication
) -> None:
    uri = "https://api.contoso.example/orders"
    api = declare_api(graph, uri)
    for_api = api_token(sign_in, api, uri)
    for_graph = read(sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")["access_token"])
    assert for_api["oid"] == for_graph["oid"]
    assert for_api["sub"] != for_graph["sub"]


@pytest.mark.parametrize(
    ("uri", "refused"),
    [
        ("https://contoso.example/orders", False),
        ("https://api.contoso.example/orders", False),
        ("api://orders", True),
        ("https://contoso.example.evil.example/orders", True),
    ],
)
def test_mapped_claims_are_only_for_audiences_in_the_tenants_domains(
    graph: DirectoryClient, sign_in: SignIn, uri: str, refused: bool
) -> None:
    """AADSTS501461: https://learn.microsoft.com/entra/identity-platform/jwt-claims-customization"""
    api = declare_api(graph, uri)
    api.accept_mapped_claims()
    api.map_claims({"Value": "x", "JwtClaimType": "constant"})
    scope = f"openid profile {uri}/access"
    code = sign_in.code(api.client_id, KUBECTL_REDIRECT, "bob", scope=scope)
    response = sign_in.redeem(api.client_id, KUBECTL_REDIRECT, code)
    if refused:
        refusal(response, 501461, "invalid_request")
    else:
        assert read(response.json()["access_token"])["constant"] == "x"


def test_an_api_called_by_its_client_id_may_have_mapped_claims(
    graph: DirectoryClient, sign_in: SignIn
) -> None:
    api = declare_api(graph, "api://orders")
    api.accept_mapped_claims()
    api.map_claims({"Value": "x", "JwtClaimType": "constant"})
    assert api_token(sign_in, api, api.client_id)["constant"] == "x"


def test_lifetimes_lie_between_sixty_and_ninety_minutes(
    app: LoginApplication, sign_in: SignIn
) -> None:
    lifetimes = set()
    for _ in range(4):
        tokens = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
        claims = read(tokens["access_token"])
        assert tokens["expires_in"] == claims["exp"] - claims["iat"] - 1
        lifetimes.add(claims["exp"] - claims["iat"])
    assert 3600 <= min(lifetimes) < max(lifetimes) <= 5400


def test_a_temper_may_shorten_them(app: LoginApplication, sign_in: SignIn, entra: Entra) -> None:
    entra.temper = Temper(token_lifetime_s=60)
    assert sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")["expires_in"] == 59


def test_user_info_says_what_the_scopes_allow_and_nothing_of_ours(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    tokens = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    for method in ("GET", "POST"):
        answer = sign_in.http.request(
            method, f"{entra.endpoints.graph}/oidc/userinfo", headers=bearer
        )
        assert answer.json() == {
            "sub": sign_in.claims(tokens["id_token"], app.client_id)["sub"],
            "name": "Bob Builder",
            "given_name": "Bob",
            "family_name": "Builder",
            "email": "bob@contoso.example",
            "picture": f"{entra.endpoints.graph}/v1.0/me/photo/$value",
        }
    v1 = f"{entra.endpoints.login}/{entra.tenant.tenant_id}/openid/userinfo"
    assert sign_in.http.get(v1, headers=bearer).json()["name"] == "Bob Builder"
    only_openid = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob", scope="openid")
    bearer = {"Authorization": f"Bearer {only_openid['access_token']}"}
    answer = sign_in.http.get(f"{entra.endpoints.graph}/oidc/userinfo", headers=bearer)
    assert answer.json().keys() == {"sub"}


def test_user_info_wants_a_good_token(
    app: LoginApplication, sign_in: SignIn, entra: Entra, clock: Clock
) -> None:
    address = f"{entra.endpoints.graph}/oidc/userinfo"
    tokens = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    clock.ahead = timedelta(hours=2)
    for headers in ({}, bearer, {"Authorization": f"Bearer {tokens['id_token']}"}):
        answer = sign_in.http.get(address, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    v1 = f"{entra.endpoints.login}/{entra.tenant.tenant_id}/openid/userinfo"
    refused = sign_in.http.get(v1, headers=bearer)
    assert refused.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
