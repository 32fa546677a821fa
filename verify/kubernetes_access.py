"""Asks the API server who a token's bearer is and what they may do.

The API server is the only judge: nothing here evaluates RBAC.
SelfSubjectReview: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/self-subject-review-v1/
SelfSubjectAccessReview: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from verify.access_question import AccessQuestion
from verify.cluster_trust import ClusterTrust, explain_rejection
from verify.errors import KubernetesAccessError, RefusedByClusterError
from verify.http_client import open_client

__all__ = ["AccessQuestion", "ClusterTrust", "KubernetesIdentity", "may_i", "who_am_i"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesIdentity:
    """Who the API server says the bearer is."""

    username: str
    groups: tuple[str, ...]
    """With the API server's own, such as `system:authenticated`."""


def who_am_i(
    server_url: str, ca_file: Path | None, token: str, *, trust: ClusterTrust | None = None
) -> KubernetesIdentity:
    """Ask the API server at `server_url` whom it takes the bearer of `token` for.

    `ca_file` is the authority of the API server's certificate; None means the system's. `trust` is
    what the cluster should trust, and makes the explanation of a refusal exact.

    Raises:
        RefusedByClusterError: 401, with the likely reasons.
        KubernetesAccessError: any other answer, or none.
    """
    with open_client(ca_file) as http:
        return ask_who_i_am(http, server_url, token, trust=trust)


def may_i(
    server_url: str,
    ca_file: Path | None,
    token: str,
    question: AccessQuestion,
    *,
    trust: ClusterTrust | None = None,
) -> bool:
    """Ask the API server whether the bearer of `token` may do what `question` says.

    Raises:
        RefusedByClusterError, KubernetesAccessError: as `who_am_i`.
    """
    with open_client(ca_file) as http:
        return ask_whether_i_may(http, server_url, token, question, trust=trust)


def ask_who_i_am(
    http: httpx.Client, server_url: str, token: str, *, trust: ClusterTrust | None = None
) -> KubernetesIdentity:
    """Do what `who_am_i` does, on a connection of the caller's."""
    status = _review(
        http, server_url, token, "authentication.k8s.io", "SelfSubjectReview", {}, trust
    )
    user = status.get("userInfo")
    if not isinstance(user, Mapping) or not isinstance(user.get("username"), str):
        msg = f"{server_url} answered a SelfSubjectReview without a user name."
        raise KubernetesAccessError(msg)
    return KubernetesIdentity(username=user["username"], groups=tuple(user.get("groups") or ()))


def ask_whether_i_may(
    http: httpx.Client,
    server_url: str,
    token: str,
    question: AccessQuestion,
    *,
    trust: ClusterTrust | None = None,
) -> bool:
    """Do what `may_i` does, on a connection of the caller's."""
    spec = {"spec": question.spec()}
    status = _review(
        http, server_url, token, "authorization.k8s.io", "SelfSubjectAccessReview", spec, trust
    )
    allowed = status.get("allowed")
    if not isinstance(allowed, bool):
        msg = f"{server_url} answered whether one may {question} with neither yes nor no."
        raise KubernetesAccessError(msg)
    return allowed


def _review(
    http: httpx.Client,
    server_url: str,
    token: str,
    group: str,
    kind: str,
    body: Mapping[str, Any],
    trust: ClusterTrust | None,
) -> Mapping[str, Any]:
    url = f"{server_url.rstrip('/')}/apis/{group}/v1/{kind.lower()}s"
    try:
        response = http.post(
            url,
            json={"apiVersion": f"{group}/v1", "kind": kind, **body},
            headers={"Authorization": f"Bearer {token}"},
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        msg = f"The API server {server_url} cannot be reached: {error}"
        raise KubernetesAccessError(msg) from error
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise RefusedByClusterError(server_url, explain_rejection(token, trust, now_s=time.time()))
    answer = _json_object(response)
    if not response.is_success:
        msg = (
            f"{server_url} answered a {kind} with {response.status_code}:"
            f" {answer.get('message', 'no message')}"
        )
        raise KubernetesAccessError(msg)
    status = answer.get("status")
    return status if isinstance(status, Mapping) else {}


def _json_object(response: httpx.Response) -> Mapping[str, Any]:
    try:
        answer = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {"message": "not JSON; is this a Kubernetes API server?"}
    return answer if isinstance(answer, Mapping) else {}
