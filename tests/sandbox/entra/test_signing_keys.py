"""Rotation of the signing keys, as verifiers that keep keys live through it."""

from __future__ import annotations

import base64
import hashlib
import ssl
from datetime import timedelta

import jwt
import pytest
from cryptography import x509
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

from sandbox.entra import Entra
from sandbox.entra.login.behaviour import LoginBehaviour
from tests.sandbox.entra.conftest import Clock
from tests.sandbox.entra.login_application import (
    KUBECTL_REDIRECT,
    PORTAL_REDIRECT,
    LoginApplication,
)
from tests.sandbox.entra.sign_in import SignIn, refresh


def keys_address(entra: Entra, version: str = "v2") -> str:
    return entra.endpoints.keys(entra.tenant.tenant_id, version)  # type: ignore[arg-type]


def id_token(sign_in: SignIn, app: LoginApplication) -> str:
    return sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")["id_token"]


def test_a_verifier_that_keeps_keys_fetches_again_for_a_new_one(
    app: LoginApplication, sign_in: SignIn, entra: Entra, trust: ssl.SSLContext
) -> None:
    keeper = jwt.PyJWKClient(keys_address(entra), ssl_context=trust, cooldown_duration=0)
    old = id_token(sign_in, app)
    before = keeper.get_signing_key_from_jwt(old).key_id
    entra.keys.rotate()
    new = id_token(sign_in, app)
    key = keeper.get_signing_key_from_jwt(new)
    assert key.key_id != before
    for token in (old, new):
        signed_by = keeper.get_signing_key_from_jwt(token)
        assert jwt.decode(token, signed_by, algorithms=["RS256"], audience=app.client_id)


def test_an_old_key_leaves_when_its_last_token_has_run_out(
    app: LoginApplication, sign_in: SignIn, entra: Entra, clock: Clock
) -> None:
    old = id_token(sign_in, app)
    kid = jwt.get_unverified_header(old)["kid"]
    entra.keys.rotate()

    def published() -> list[str]:
        return [key["kid"] for key in sign_in.http.get(keys_address(entra)).json()["keys"]]

    clock.ahead = timedelta(hours=23)
    assert kid in published()
    clock.ahead = timedelta(hours=25)
    assert kid not in published()
    assert len(published()) == 1


def test_a_key_comes_with_its_certificate_and_its_issuer(entra: Entra, sign_in: SignIn) -> None:
    [key] = sign_in.http.get(keys_address(entra)).json()["keys"]
    der = base64.b64decode(key["x5c"][0])
    certificate = x509.load_der_x509_certificate(der)
    digest = hashlib.sha1(der, usedforsecurity=False).digest()
    assert key["kid"] == key["x5t"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert key["issuer"] == entra.endpoints.issuer(entra.tenant.tenant_id, "v2")
    assert (key["kty"], key["use"], key["e"]) == ("RSA", "sig", "AQAB")
    modulus = int.from_bytes(base64.urlsafe_b64decode(key["n"] + "=="), "big")
    assert certificate.public_key().public_numbers().n == modulus  # type: ignore[union-attr]
    [v1] = sign_in.http.get(keys_address(entra, "v1")).json()["keys"]
    assert "issuer" not in v1
    assert "d" not in key


def test_a_second_library_verifies_the_same_token(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    keys = KeySet.import_key_set(sign_in.http.get(keys_address(entra)).json())
    token = joserfc_jwt.decode(id_token(sign_in, app), keys, algorithms=["RS256"])
    claims = joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": entra.endpoints.issuer(entra.tenant.tenant_id, "v2")},
        aud={"essential": True, "value": app.client_id},
    )
    claims.validate(token.claims)


@pytest.mark.parametrize("switched_on", [False, True])
def test_v1_may_leave_refreshed_id_tokens_unsigned(
    app: LoginApplication, sign_in: SignIn, entra: Entra, switched_on: bool
) -> None:
    """https://github.com/coreos/go-oidc/issues/133; it comes of `openid` in scope."""
    entra.login_behaviour = LoginBehaviour(unsigned_v1_refresh=switched_on)
    tokens = sign_in.tokens(
        app.client_id,
        PORTAL_REDIRECT,
        "bob",
        secret=app.client_secret,
        version="v1",
        scope="openid",
    )
    assert jwt.get_unverified_header(tokens["id_token"])["alg"] == "RS256"
    form = {
        "grant_type": "refresh_token",
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "refresh_token": tokens["refresh_token"],
    }
    answer = sign_in.http.post(sign_in.endpoint("token", "v1"), data=form).json()
    header = jwt.get_unverified_header(answer["id_token"])
    assert header["alg"] == ("none" if switched_on else "RS256")
    assert answer["id_token"].endswith(".") == switched_on
    v2 = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")
    again = refresh(sign_in, app.client_id, v2["refresh_token"]).json()
    assert jwt.get_unverified_header(again["id_token"])["alg"] == "RS256"
