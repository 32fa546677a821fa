from __future__ import annotations

import base64
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.unit.verify.fake_issuer import CLIENT_ID, ISSUER, FakeIssuer
from verify.authorization_code import PendingSignIn, RelyingParty, Tokens, begin, finish
from verify.errors import (
    DiscoveryError,
    SignInError,
    SignInRefused,
    StateMismatchError,
    TokenRejectedError,
)
from verify.pkce import ProofKey

REDIRECT_URI = "http://localhost:8000"
PUBLIC = RelyingParty(issuer=ISSUER, client_id=CLIENT_ID, redirect_uri=REDIRECT_URI)
CONFIDENTIAL = replace(PUBLIC, client_secret="s3cret/+", client_authentication=("body",))


def asked(pending: PendingSignIn) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(pending.url).query).items()}


def sent(request: httpx.Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


def sign_in(issuer: FakeIssuer, party: RelyingParty = PUBLIC) -> tuple[PendingSignIn, Tokens]:
    with issuer.client() as http:
        pending = begin(party, http, None)
        callback_url = issuer.came_back(pending.url, party.redirect_uri)
        return pending, finish(party, http, pending, callback_url)


def test_the_challenge_is_that_of_rfc_7636_appendix_b() -> None:
    proof = ProofKey("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert proof.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_authorization_request_says_all_that_entra_needs(issuer: FakeIssuer) -> None:
    party = replace(PUBLIC, scopes=("openid", "profile"), extra_parameters={"domain_hint": "x"})
    with issuer.client() as http:
        parameters = asked(begin(party, http, "alice@contoso.example"))
    assert {name: parameters[name] for name in parameters if name not in SECRET_PARAMETERS} == {
        "client_id": CLIENT_ID,
        "response_type": "code",
        "redirect_uri": REDIRECT_URI,
        "scope": "openid profile",
        "code_challenge_method": "S256",
        "login_hint": "alice@contoso.example",
        "domain_hint": "x",
    }
    assert set(parameters) >= SECRET_PARAMETERS


SECRET_PARAMETERS = {"state", "nonce", "code_challenge"}


def test_extra_parameters_cannot_replace_what_protects_the_sign_in(issuer: FakeIssuer) -> None:
    party = replace(PUBLIC, extra_parameters={"state": "known", "nonce": "known"})
    with issuer.client() as http:
        parameters = asked(begin(party, http, None))
    assert "known" not in parameters.values()


def test_no_two_sign_ins_share_a_secret(issuer: FakeIssuer) -> None:
    with issuer.client() as http:
        first, second = begin(PUBLIC, http, None), begin(PUBLIC, http, None)
    assert first.state != second.state
    assert first.nonce != second.nonce
    assert first.code_verifier != second.code_verifier


def test_a_sign_in_ends_with_verified_claims(issuer: FakeIssuer) -> None:
    issuer.claims = {"upn": "alice@contoso.example"}
    pending, tokens = sign_in(issuer)
    assert tokens.claims["upn"] == "alice@contoso.example"
    assert tokens.refresh_token is None
    assert sent(issuer.token_requests[0]) == {
        "grant_type": "authorization_code",
        "client_id": CLIENT_ID,
        "code": "a-code",
        "redirect_uri": REDIRECT_URI,
        "code_verifier": pending.code_verifier,
    }


def test_the_verifier_that_is_sent_belongs_to_the_challenge(issuer: FakeIssuer) -> None:
    pending, _ = sign_in(issuer)
    verifier = sent(issuer.token_requests[0])["code_verifier"]
    assert ProofKey(verifier).challenge == asked(pending)["code_challenge"]


@pytest.mark.parametrize(
    ("pkce", "supported", "used"),
    [("auto", [], False), ("auto", ["S256"], True), ("no", ["S256"], False), ("S256", [], True)],
)
def test_pkce_is_used_as_the_client_is_told(
    issuer: FakeIssuer, pkce: str, supported: list[str], used: bool
) -> None:
    issuer.metadata["code_challenge_methods_supported"] = supported
    pending, _ = sign_in(issuer, replace(PUBLIC, pkce=pkce))
    assert ("code_challenge" in asked(pending)) is used
    assert ("code_verifier" in sent(issuer.token_requests[0])) is used


def test_a_secret_goes_into_the_body_when_the_client_is_told_so(issuer: FakeIssuer) -> None:
    sign_in(issuer, CONFIDENTIAL)
    assert sent(issuer.token_requests[0])["client_secret"] == "s3cret/+"
    assert "authorization" not in issuer.token_requests[0].headers


def test_a_secret_goes_first_into_the_header_then_into_the_body(issuer: FakeIssuer) -> None:
    issuer.token_answers = [(401, {"error": "invalid_client"})]
    sign_in(issuer, replace(CONFIDENTIAL, client_authentication=("basic", "body")))
    header, body = issuer.token_requests
    name, _, value = header.headers["authorization"].partition(" ")
    assert (name, base64.b64decode(value)) == ("Basic", f"{CLIENT_ID}:s3cret%2F%2B".encode())
    assert "client_secret" not in sent(header)
    assert sent(body)["client_secret"] == "s3cret/+"


def test_a_refused_code_is_not_tried_a_second_way(issuer: FakeIssuer) -> None:
    refused = {"error": "invalid_grant", "error_description": "AADSTS54005: Code was redeemed."}
    issuer.token_answers = [(400, refused)]
    with pytest.raises(SignInRefused) as caught:
        sign_in(issuer, replace(CONFIDENTIAL, client_authentication=("basic", "body")))
    assert caught.value.aadsts == 54005
    assert len(issuer.token_requests) == 1


def test_a_refusal_is_told_in_entras_words_with_what_to_do(issuer: FakeIssuer) -> None:
    issuer.token_answers = [
        (
            401,
            {
                "error": "invalid_client",
                "error_description": "AADSTS7000218: The request body must contain the following"
                " parameter: 'client_assertion' or 'client_secret'. Trace ID: 1 Correlation ID: 2"
                " Timestamp: 2026-11-24 00:00:00Z",
            },
        )
    ]
    with pytest.raises(SignInRefused) as caught:
        sign_in(issuer)
    assert str(caught.value) == (
        "The sign-in was refused at the token endpoint: invalid_client: AADSTS7000218: The request"
        " body must contain the following parameter: 'client_assertion' or 'client_secret'. What to"
        " do: the redirect URI is registered under `web`, whose clients must send a secret."
        " kubectl's belongs under `publicClient`."
    )


def test_an_answer_with_another_state_is_refused_before_anything_is_sent(
    issuer: FakeIssuer,
) -> None:
    with issuer.client() as http:
        pending = begin(PUBLIC, http, None)
        for callback_url in (f"{REDIRECT_URI}?code=c&state=another", f"{REDIRECT_URI}?code=c"):
            with pytest.raises(StateMismatchError):
                finish(PUBLIC, http, pending, callback_url)
    assert issuer.token_requests == []


def test_an_error_in_the_redirect_is_a_refusal(issuer: FakeIssuer) -> None:
    with issuer.client() as http:
        pending = begin(PUBLIC, http, None)
        callback_url = (
            f"{REDIRECT_URI}?error=access_denied&error_description=AADSTS65004%3A+declined"
            f"&state={pending.state}"
        )
        with pytest.raises(SignInRefused) as caught:
            finish(PUBLIC, http, pending, callback_url)
    assert (caught.value.where, caught.value.error) == ("redirect", "access_denied")
    assert caught.value.aadsts == 65004


def test_a_replayed_id_token_is_refused_by_its_nonce(issuer: FakeIssuer) -> None:
    issuer.claims = {"nonce": "of another sign-in"}
    with pytest.raises(TokenRejectedError) as caught:
        sign_in(issuer)
    assert caught.value.check == "nonce"


def test_an_answer_without_id_token_names_the_missing_scope(issuer: FakeIssuer) -> None:
    issuer.token_answers = [(200, {"access_token": "a"})]
    with pytest.raises(SignInError, match="scope openid"):
        sign_in(issuer)


def test_a_document_of_another_issuer_is_refused(issuer: FakeIssuer) -> None:
    issuer.metadata["issuer"] = f"{ISSUER}/"
    with pytest.raises(DiscoveryError, match="slash at the end"):
        sign_in(issuer)


def test_an_issuer_that_does_not_exist_is_named(issuer: FakeIssuer) -> None:
    with issuer.client() as http, pytest.raises(DiscoveryError, match=r"login\.test/x.* 404"):
        begin(replace(PUBLIC, issuer="https://login.test/x"), http, None)


def test_an_issuer_without_usable_keys_is_refused(issuer: FakeIssuer) -> None:
    issuer.metadata["jwks_uri"] = "https://login.test/nowhere"
    with pytest.raises(DiscoveryError, match="nowhere"):
        sign_in(issuer)


def test_nothing_secret_is_in_the_text_of_clients_and_tokens(issuer: FakeIssuer) -> None:
    pending, tokens = sign_in(issuer, CONFIDENTIAL)
    text = f"{CONFIDENTIAL!r} {pending!r} {tokens!r}"
    secrets = ["s3cret", pending.state, pending.nonce, pending.code_verifier, tokens.id_token]
    assert not [secret for secret in secrets if secret and secret in text]
