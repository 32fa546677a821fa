from __future__ import annotations

import base64
import json
import time
from typing import Any

import jwt
import pytest
from joserfc.jwk import RSAKey

from tests.unit.verify.fake_issuer import CLIENT_ID, FakeIssuer, new_key
from verify.errors import TokenRejectedError
from verify.id_token import verify_id_token


def check(issuer: FakeIssuer, token: str, *, nonce: str | None = "the-nonce") -> dict[str, Any]:
    return verify_id_token(
        token,
        issuer=issuer.issuer,
        audience=CLIENT_ID,
        nonce=nonce,
        keys=jwt.PyJWKSet.from_dict(issuer.jwks()),
    )


def refusal(issuer: FakeIssuer, token: str) -> TokenRejectedError:
    with pytest.raises(TokenRejectedError) as caught:
        check(issuer, token)
    for part in token.split("."):
        assert not part or part not in str(caught.value), "an error must not show the token"
    return caught.value


@pytest.fixture
def issuer(issuer: FakeIssuer) -> FakeIssuer:
    issuer.nonce = "the-nonce"
    return issuer


def test_a_good_token_gives_its_claims(issuer: FakeIssuer) -> None:
    claims = check(issuer, issuer.id_token(default_namespace="team-a"))
    assert claims["default_namespace"] == "team-a"
    assert claims["iss"] == issuer.issuer


def test_a_token_signed_by_another_key_under_the_same_id_is_refused(
    issuer: FakeIssuer, other_key: RSAKey
) -> None:
    assert refusal(issuer, issuer.id_token(key=other_key)).check == "signature"


def test_a_token_whose_key_the_issuer_does_not_publish_is_refused_with_the_appid_trap(
    issuer: FakeIssuer,
) -> None:
    error = refusal(issuer, issuer.id_token(key=new_key("own-key")))
    assert error.check == "key"
    assert "acceptMappedClaims" in str(error)


def test_a_changed_claim_breaks_the_signature(issuer: FakeIssuer) -> None:
    header, payload, signature = issuer.id_token(sub="bob").split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["sub"] = "alice"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    assert refusal(issuer, f"{header}.{forged}.{signature}").check == "signature"


def test_an_unsigned_token_is_refused(issuer: FakeIssuer) -> None:
    claims = jwt.decode(issuer.id_token(), options={"verify_signature": False})
    unsigned = jwt.encode(claims, "", algorithm="none", headers={"kid": "published"})
    error = refusal(issuer, unsigned)
    assert error.check == "algorithm"
    assert "v2 issuer" in str(error)


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused(
    issuer: FakeIssuer,
) -> None:
    claims = jwt.decode(issuer.id_token(), options={"verify_signature": False})
    confused = jwt.encode(claims, b"x" * 32, algorithm="HS256", headers={"kid": "published"})
    assert refusal(issuer, confused).check == "algorithm"


@pytest.mark.parametrize(
    ("said", "explanation"),
    [
        ("https://login.test/3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d/v2.0/", "slash at the end"),
        ("https://sts.test/3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d/", "v1 endpoint"),
        ("https://login.test/3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6e/v2.0", "from character 55 on"),
    ],
)
def test_an_issuer_that_is_not_the_same_to_the_letter_is_refused(
    issuer: FakeIssuer, said: str, explanation: str
) -> None:
    error = refusal(issuer, issuer.id_token(iss=said))
    assert error.check == "issuer"
    assert said in str(error)
    assert explanation in str(error)


def test_a_token_for_another_client_is_refused(issuer: FakeIssuer) -> None:
    assert refusal(issuer, issuer.id_token(aud="another-client")).check == "audience"


def test_an_expired_token_is_refused(issuer: FakeIssuer) -> None:
    assert refusal(issuer, issuer.id_token(exp=int(time.time()) - 30)).check == "expiry"


def test_a_token_of_the_future_is_refused(issuer: FakeIssuer) -> None:
    assert refusal(issuer, issuer.id_token(nbf=int(time.time()) + 60)).check == "expiry"


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat"])
def test_a_token_without_a_required_claim_is_refused(issuer: FakeIssuer, claim: str) -> None:
    assert claim in str(refusal(issuer, issuer.id_token(**{claim: None})))


@pytest.mark.parametrize("nonce", ["another-nonce", None])
def test_a_token_of_another_sign_in_is_refused(issuer: FakeIssuer, nonce: str | None) -> None:
    assert refusal(issuer, issuer.id_token(nonce=nonce)).check == "nonce"


def test_text_that_is_no_token_is_refused(issuer: FakeIssuer) -> None:
    with pytest.raises(TokenRejectedError) as caught:
        check(issuer, "not-a-token")
    assert caught.value.check == "format"
