"""Which identity providers EKS takes. Pure: what is asked and what is there go in, a refusal comes.

https://docs.aws.amazon.com/eks/latest/userguide/authenticate-oidc-identity-provider.html
Several providers a cluster and the uniqueness of the issuer: AWS, "Amazon EKS now supports multiple
OIDC identity providers", August 2026. Codes and wording are ours except where `errors` says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from urllib.parse import urlsplit

from sandbox.eks.errors import (
    EksError,
    InvalidParameterError,
    InvalidRequestError,
    ResourceInUseError,
    same_as_cluster_issuer,
)
from sandbox.eks.identity_provider import Oidc

SEVERAL_SINCE = (1, 32)
MAX_PROVIDERS = 10
MAX_CONFIGURATION_BYTES = 12 * 1024
RESERVED_PREFIX = "system:"

_MAX_TAGS = 50
_MAX_TAG_KEY = 128
_MAX_TAG_VALUE = 256
_MAX_CLAIM = 63
_MAX_CLAIM_VALUE = 253


def check_association(
    oidc: Oidc,
    *,
    present: Sequence[Oidc],
    cluster_name: str,
    cluster_issuer: str,
    kubernetes_version: str,
) -> None:
    """Refuse what EKS would refuse.

    Raises:
        EksError: the first rule that `oidc` breaks.
    """
    _check_values(oidc, cluster_name)
    if oidc.issuer_url == cluster_issuer:
        raise same_as_cluster_issuer(cluster_name)
    if any(other.name == oidc.name for other in present):
        msg = f"An identity provider config named {oidc.name} is already associated"
        raise ResourceInUseError(msg, clusterName=cluster_name)
    if any(other.issuer_url == oidc.issuer_url for other in present):
        # Another client id does not make it another provider.
        msg = f"The issuer {oidc.issuer_url} is already associated with the cluster"
        raise InvalidParameterError(msg, clusterName=cluster_name)
    several = tuple(int(part) for part in kubernetes_version.split(".")) >= SEVERAL_SINCE
    limit = MAX_PROVIDERS if several else 1
    if len(present) >= limit:
        msg = f"A cluster of Kubernetes {kubernetes_version} may have {limit} identity provider(s)"
        raise InvalidRequestError(msg, clusterName=cluster_name)
    size = sum(len(json.dumps(asdict(each)).encode()) for each in (*present, oidc))
    if size > MAX_CONFIGURATION_BYTES:
        msg = f"All identity providers together are {size} bytes, {MAX_CONFIGURATION_BYTES} at most"
        raise InvalidRequestError(msg, clusterName=cluster_name)


def check_tags(tags: Mapping[str, str], error: Callable[[str], EksError]) -> None:
    """Refuse tags that no EKS resource may have.

    https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html#tag-restrictions

    Raises:
        EksError: made by `error` of the first problem.
    """
    if len(tags) > _MAX_TAGS:
        msg = f"{len(tags)} tags; a resource may have {_MAX_TAGS}"
        raise error(msg)
    for key, value in tags.items():
        if not 1 <= len(key) <= _MAX_TAG_KEY or len(value) > _MAX_TAG_VALUE:
            msg = f"Tag {key!r}: a key has 1 to 128 characters, a value 256 at most"
            raise error(msg)
        if key.lower().startswith("aws:"):
            msg = f"Tag {key!r}: the prefix aws: is reserved"
            raise error(msg)


def _check_values(oidc: Oidc, cluster_name: str) -> None:
    url = urlsplit(oidc.issuer_url)
    if url.scheme != "https" or not url.netloc:
        msg = f"issuerUrl must begin with https://: {oidc.issuer_url}"
        raise InvalidParameterError(msg, clusterName=cluster_name)
    if "?" in oidc.issuer_url or "#" in oidc.issuer_url:
        msg = f"issuerUrl must not have a query or a fragment: {oidc.issuer_url}"
        raise InvalidParameterError(msg, clusterName=cluster_name)
    prefixes = {"usernamePrefix": oidc.username_prefix, "groupsPrefix": oidc.groups_prefix}
    for member, prefix in prefixes.items():
        if prefix and RESERVED_PREFIX in prefix:
            msg = f"{member} must not contain {RESERVED_PREFIX}: {prefix}"
            raise InvalidParameterError(msg, clusterName=cluster_name)
    for claim, value in oidc.required_claims.items():
        if not 1 <= len(claim) <= _MAX_CLAIM or not 1 <= len(value) <= _MAX_CLAIM_VALUE:
            msg = f"requiredClaims: {claim!r}: a claim has 1 to 63 characters, its value 1 to 253"
            raise InvalidParameterError(msg, clusterName=cluster_name)
