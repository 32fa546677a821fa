"""What EKS makes of settings that are not said.

https://docs.aws.amazon.com/eks/latest/userguide/authenticate-oidc-identity-provider.html
"""

from __future__ import annotations

import pytest

from sandbox.cluster import TrustedIssuer
from sandbox.eks.identity_provider import Oidc

ISSUER = "https://login.example/t/v2.0"


@pytest.mark.parametrize(
    ("claim", "prefix", "trusted_claim", "trusted_prefix"),
    [
        (None, None, "sub", f"{ISSUER}#"),
        ("upn", None, "upn", f"{ISSUER}#"),
        ("upn", "", "upn", f"{ISSUER}#"),
        ("upn", "-", "upn", ""),
        ("upn", "entra:", "upn", "entra:"),
        ("email", None, "email", ""),
        ("email", "entra:", "email", "entra:"),
    ],
)
def test_the_username_claim_and_prefix_have_defaults(
    claim: str | None, prefix: str | None, trusted_claim: str, trusted_prefix: str
) -> None:
    oidc = Oidc(
        name="entra",
        issuer_url=ISSUER,
        client_id="c",
        username_claim=claim,
        username_prefix=prefix,
    )
    trusted = oidc.trusted_issuer()
    assert (trusted.username_claim, trusted.username_prefix) == (trusted_claim, trusted_prefix)


def test_everything_that_is_said_reaches_the_api_server() -> None:
    oidc = Oidc(
        name="entra",
        issuer_url=ISSUER,
        client_id="c",
        username_claim="upn",
        username_prefix="entra:",
        groups_claim="groups",
        groups_prefix="entra-groups:",
        required_claims={"tid": "t"},
    )
    assert oidc.trusted_issuer() == TrustedIssuer(
        issuer_url=ISSUER,
        client_id="c",
        username_claim="upn",
        username_prefix="entra:",
        groups_claim="groups",
        groups_prefix="entra-groups:",
        required_claims={"tid": "t"},
    )


def test_groups_have_no_prefix_unless_said() -> None:
    oidc = Oidc(name="entra", issuer_url=ISSUER, client_id="c", groups_claim="groups")
    assert oidc.trusted_issuer().groups_prefix == ""
