"""The real API server accepts the ID tokens it is told to trust, and no other.

Each change of trust takes the API server some 10 s, so related statements share one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from sandbox.cluster import Cluster, TrustedIssuer
from sandbox.waiting import wait_until
from tests.sandbox.cluster.issuer import Issuer
from tests.sandbox.cluster.running_cluster import user_info, who_am_i

pytestmark = pytest.mark.apiserver

LOAD_TIMEOUT_S = 60
CLIENT_ID = "3a1f9f5e-0000-4000-8000-000000000001"


def _trust(cluster: Cluster, *issuers: TrustedIssuer) -> None:
    cluster.trust(issuers)
    wait_until(cluster.trust_is_loaded, what="the trust to load", timeout_s=LOAD_TIMEOUT_S)


@pytest.fixture(scope="module")
def trusting(cluster: Cluster, issuer: Issuer) -> Iterator[Cluster]:
    """A cluster that trusts two issuers, the second in the least possible words."""
    _trust(
        cluster,
        TrustedIssuer(
            issuer_url=issuer.url("tenant/v2.0"),
            client_id=CLIENT_ID,
            username_claim="upn",
            username_prefix="entra:",
            groups_claim="groups",
            groups_prefix="entra:",
            required_claims={"tid": "tenant"},
        ),
        TrustedIssuer(issuer_url=issuer.url("tenant/"), client_id=CLIENT_ID, username_claim="sub"),
    )
    yield cluster
    _trust(cluster)


def _token(issuer: Issuer, **claims: object) -> str:
    standard = {"upn": "alice@contoso.example", "groups": ["g1", "g2"], "tid": "tenant"}
    return issuer.token(issuer.url("tenant/v2.0"), CLIENT_ID, **(standard | claims))


def test_claims_become_name_and_groups_with_their_prefixes(
    trusting: Cluster, issuer: Issuer
) -> None:
    user = user_info(who_am_i(trusting, _token(issuer)))
    assert user["username"] == "entra:alice@contoso.example"
    assert user["groups"] == ["entra:g1", "entra:g2", "system:authenticated"]


def test_without_a_groups_claim_there_are_no_groups_and_without_prefix_none_is_added(
    trusting: Cluster, issuer: Issuer
) -> None:
    token = issuer.token(issuer.url("tenant/"), CLIENT_ID, sub="alice", groups=["g1"])
    user = user_info(who_am_i(trusting, token))
    assert user["username"] == "alice"
    assert user["groups"] == ["system:authenticated"]


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"aud": "another-client"}, id="of another audience"),
        pytest.param({"tid": "another-tenant"}, id="without the required value"),
        pytest.param({"tid": None}, id="without the required claim"),
        pytest.param({"upn": None}, id="without the user's name"),
        pytest.param({"exp": int(time.time()) - 60}, id="that has expired"),
    ],
)
def test_a_token_is_refused(trusting: Cluster, issuer: Issuer, claims: dict[str, object]) -> None:
    answer = who_am_i(trusting, _token(issuer, **claims))
    assert answer.status_code == httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize("path", ["tenant/v2.0/", "tenant", "Tenant/v2.0"])
def test_an_issuer_one_character_off_is_refused(
    trusting: Cluster, issuer: Issuer, path: str
) -> None:
    """A slash too many or too few is the most common mistake with Entra's two issuers."""
    answer = who_am_i(trusting, _token(issuer, iss=issuer.url(path)))
    assert answer.status_code == httpx.codes.UNAUTHORIZED


def test_a_token_signed_by_somebody_else_is_refused(trusting: Cluster, issuer: Issuer) -> None:
    forger = Issuer(issuer.base_url)
    answer = who_am_i(trusting, _token(forger))
    assert answer.status_code == httpx.codes.UNAUTHORIZED


def test_an_issuer_that_is_dropped_is_refused(cluster: Cluster, issuer: Issuer) -> None:
    dropped = TrustedIssuer(
        issuer_url=issuer.url("dropped/v2.0"), client_id=CLIENT_ID, username_claim="sub"
    )
    _trust(cluster, dropped)
    seen = issuer.token(dropped.issuer_url, CLIENT_ID)
    user_info(who_am_i(cluster, seen))

    _trust(cluster)

    unseen = issuer.token(dropped.issuer_url, CLIENT_ID)
    assert who_am_i(cluster, unseen).status_code == httpx.codes.UNAUTHORIZED
    wait_until(
        lambda: who_am_i(cluster, seen).status_code == httpx.codes.UNAUTHORIZED,
        what="the API server to forget a token it has seen",
        timeout_s=15,
    )


def test_what_the_api_server_cannot_take_over_is_said_and_changes_nothing(
    cluster: Cluster, issuer: Issuer
) -> None:
    cluster.trust(
        [TrustedIssuer(issuer_url="http://plain.example", client_id="c", username_claim="sub")]
    )
    reason = wait_until(cluster.trust_refusal, what="the refusal", timeout_s=LOAD_TIMEOUT_S)
    assert "jwt[0].issuer.url" in reason
    assert "URL scheme must be https" in reason
    assert not cluster.trust_is_loaded()

    _trust(cluster)
    assert cluster.trust_refusal() is None
