from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.unit.verify.fake_issuer import CLIENT_ID, ISSUER, FakeIssuer
from verify.access_question import AccessQuestion
from verify.cluster_trust import ClusterTrust, explain_rejection
from verify.errors import KubernetesAccessError, RefusedByClusterError
from verify.kubernetes_access import ask_whether_i_may, ask_who_i_am

SERVER = "https://cluster.test"
TRUST = ClusterTrust(issuer_url=ISSUER, client_id=CLIENT_ID, username_claim="upn")
QUESTION = AccessQuestion(verb="create", resource="pods", namespace="team-a")


def api_server(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(answer))


def always(code: int, **body: Any) -> httpx.Client:
    return api_server(lambda _: httpx.Response(code, json=body))


def test_the_identity_is_what_the_api_server_says() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        user = {"username": "entra:alice", "groups": ["entra:g", "system:authenticated"]}
        return httpx.Response(201, json={"status": {"userInfo": user}})

    with api_server(answer) as http:
        identity = ask_who_i_am(http, SERVER, "a-token")
    assert identity.username == "entra:alice"
    assert identity.groups == ("entra:g", "system:authenticated")
    assert asked[0].headers["authorization"] == "Bearer a-token"
    assert str(asked[0].url) == f"{SERVER}/apis/authentication.k8s.io/v1/selfsubjectreviews"


@pytest.mark.parametrize("allowed", [True, False])
def test_the_answer_is_what_the_api_server_says(allowed: bool) -> None:
    asked: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(201, json={"status": {"allowed": allowed}})

    with api_server(answer) as http:
        assert ask_whether_i_may(http, SERVER, "a-token", QUESTION) is allowed
    assert asked == [
        {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": QUESTION.spec(),
        }
    ]


def test_an_answer_that_says_neither_yes_nor_no_is_an_error() -> None:
    with always(201, status={}) as http, pytest.raises(KubernetesAccessError, match="neither"):
        ask_whether_i_may(http, SERVER, "a-token", QUESTION)


def test_a_401_is_explained_without_showing_the_token(issuer: FakeIssuer) -> None:
    token = issuer.id_token(upn="alice", aud="another-client")
    with (
        always(401, message="Unauthorized") as http,
        pytest.raises(RefusedByClusterError) as caught,
    ):
        ask_who_i_am(http, SERVER, token, trust=TRUST)
    assert caught.value.reasons[0].startswith("Audience: the token is made for 'another-client'")
    assert not [part for part in token.split(".") if part in str(caught.value)]


def test_any_other_refusal_carries_the_api_servers_words() -> None:
    with (
        always(403, message="forbidden: no") as http,
        pytest.raises(KubernetesAccessError, match="403: forbidden: no") as caught,
    ):
        ask_who_i_am(http, SERVER, "a-token")
    assert not isinstance(caught.value, RefusedByClusterError)


def test_an_api_server_out_of_reach_is_named() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        msg = "connection refused"
        raise httpx.ConnectError(msg)

    with (
        api_server(answer) as http,
        pytest.raises(KubernetesAccessError, match="reached: connection refused"),
    ):
        ask_who_i_am(http, SERVER, "a-token")


@pytest.mark.parametrize(
    ("claims", "starts_with"),
    [
        ({"iss": f"{ISSUER}/"}, "Issuer: the token says"),
        ({"aud": "another-client"}, "Audience: the token is made for"),
        ({"upn": None}, "Username: the token has no claim `upn`"),
        ({"exp": 1_700_000_000}, "Expired: it was valid until 2023-11-14 22:13:20 UTC."),
        ({"nbf": 9_999_999_999}, "Not valid yet:"),
        ({"_claim_names": {"groups": "src1"}}, "Groups overage: the person is in more than 200"),
        ({"groups": [1, 2]}, "Groups: the claim `groups` must be text"),
    ],
)
def test_each_mismatch_is_named_alone(
    issuer: FakeIssuer, claims: dict[str, Any], starts_with: str
) -> None:
    issuer.claims = {"upn": "alice", **claims}
    token = issuer.id_token()
    (reason,) = explain_rejection(token, TRUST, now_s=time.time())
    assert reason.startswith(starts_with)


def test_a_required_claim_that_differs_is_named(issuer: FakeIssuer) -> None:
    trust = ClusterTrust(
        issuer_url=ISSUER, client_id=CLIENT_ID, required_claims={"tid": "the-tenant"}
    )
    (reason,) = explain_rejection(issuer.id_token(tid="other"), trust, now_s=time.time())
    assert reason == "Required claim: `tid` must be 'the-tenant', the token has 'other'."


def test_an_email_that_is_not_verified_is_no_user_name(issuer: FakeIssuer) -> None:
    trust = ClusterTrust(issuer_url=ISSUER, client_id=CLIENT_ID, username_claim="email")
    token = issuer.id_token(email="a@b", email_verified=False)
    (reason,) = explain_rejection(token, trust, now_s=time.time())
    assert "not verified" in reason


def test_a_token_that_matches_points_at_the_cluster(issuer: FakeIssuer) -> None:
    (reason,) = explain_rejection(issuer.id_token(upn="alice"), TRUST, now_s=time.time())
    assert "must be ACTIVE" in reason


def test_without_knowing_the_trust_the_token_is_reported(issuer: FakeIssuer) -> None:
    (reason,) = explain_rejection(issuer.id_token(), None, now_s=time.time())
    assert ISSUER in reason
    assert CLIENT_ID in reason


def test_what_is_no_token_is_said_to_be_none() -> None:
    (reason,) = explain_rejection("opaque", TRUST, now_s=time.time())
    assert "not a JSON web token" in reason
