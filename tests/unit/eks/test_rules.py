"""EKS refuses what it documents to refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sandbox.eks.errors import (
    EksError,
    InvalidParameterError,
    InvalidRequestError,
    ResourceInUseError,
    TagsBadRequestError,
)
from sandbox.eks.identity_provider import Oidc
from sandbox.eks.rules import check_association, check_tags

CLUSTER_ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF"
ENTRA = Oidc(
    name="entra",
    issuer_url="https://login.example/t/v2.0",
    client_id="c",
    username_prefix="entra:",
    groups_prefix="entra:",
)


def _check(oidc: Oidc, *present: Oidc, version: str = "1.34") -> None:
    check_association(
        oidc,
        present=present,
        cluster_name="dev",
        cluster_issuer=CLUSTER_ISSUER,
        kubernetes_version=version,
    )


def _others(count: int) -> list[Oidc]:
    return [
        replace(ENTRA, name=f"other-{n}", issuer_url=f"https://other.example/{n}")
        for n in range(count)
    ]


def test_a_sensible_provider_is_taken() -> None:
    _check(ENTRA)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"issuer_url": "http://login.example"}, "issuerUrl must begin with https://"),
        ({"issuer_url": "https:///t"}, "issuerUrl must begin with https://"),
        ({"issuer_url": "https://login.example/?appid=1"}, "must not have a query"),
        ({"issuer_url": CLUSTER_ISSUER}, "cannot be same as OpenID Connect"),
        ({"username_prefix": "system:"}, "usernamePrefix must not contain system:"),
        ({"groups_prefix": "my-system:"}, "groupsPrefix must not contain system:"),
        ({"required_claims": {"c" * 64: "v"}}, "a claim has 1 to 63 characters"),
        ({"required_claims": {"c": ""}}, "its value 1 to 253"),
    ],
)
def test_an_unacceptable_value_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        _check(replace(ENTRA, **change))


def test_an_issuer_counts_once_whatever_the_client_id() -> None:
    other = replace(ENTRA, name="other", client_id="another")
    with pytest.raises(InvalidParameterError, match="already associated"):
        _check(ENTRA, other)


def test_a_name_counts_once() -> None:
    other = replace(ENTRA, issuer_url="https://sts.example/t/")
    with pytest.raises(ResourceInUseError, match="named entra is already associated"):
        _check(ENTRA, other)


@pytest.mark.parametrize(
    ("version", "limit"), [("1.31", 1), ("1.32", 10), ("1.34", 10), ("2.0", 10)]
)
def test_the_number_of_providers_depends_on_the_kubernetes_version(
    version: str, limit: int
) -> None:
    _check(ENTRA, *_others(limit - 1), version=version)
    with pytest.raises(InvalidRequestError, match=rf"may have {limit} identity provider"):
        _check(ENTRA, *_others(limit), version=version)


def test_all_configurations_together_have_a_limit() -> None:
    large = {f"claim-{n}": "v" * 253 for n in range(50)}
    with pytest.raises(InvalidRequestError, match="12288 at most"):
        _check(replace(ENTRA, required_claims=large))


@pytest.mark.parametrize(
    "tags",
    [
        {"k" * 129: "v"},
        {"": "v"},
        {"k": "v" * 257},
        {"aws:owner": "v"},
        {f"k{n}": "v" for n in range(51)},
    ],
)
def test_tags_no_resource_may_have_are_refused(tags: dict[str, str]) -> None:
    with pytest.raises(EksError) as caught:
        check_tags(tags, TagsBadRequestError)
    assert caught.value.code == "BadRequestException"


def test_tags_at_their_limits_are_taken() -> None:
    check_tags({f"{n:0128}": "v" * 256 for n in range(50)}, TagsBadRequestError)
