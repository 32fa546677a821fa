"""Why an API server answers 401: it does not say so itself, so token and trust are compared.

The API server skips an issuer that does not match and reports no more than `Unauthorized`; EKS
shows nothing either. The rules are those of kube-apiserver's OIDC authenticator:
https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
Nothing here is proof: the token is read without checking its signature, for explanation only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt

from verify.issuer import explain_difference


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterTrust:
    """What the cluster's identity provider was told to trust (EKS: `oidc` of the association)."""

    issuer_url: str
    client_id: str
    username_claim: str | None = None
    """None: not known, so not compared."""
    groups_claim: str | None = "groups"
    required_claims: Mapping[str, str] = field(default_factory=dict)


def explain_rejection(token: str, trust: ClusterTrust | None, *, now_s: float) -> list[str]:
    """Return why a cluster with `trust` refuses `token`, the likeliest reason first.

    Args:
        token: what was sent as bearer; it never shows up in the answer.
        trust: what the cluster should trust; None compares nothing and reports what the token says.
        now_s: the time, in seconds since the epoch.
    """
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.DecodeError:
        return ["It is not a JSON web token: the ID token must be sent, not another one."]
    reasons = [
        *_mismatches(claims, trust),
        *_times(claims, now_s),
        *_groups(claims, trust.groups_claim if trust else "groups"),
    ]
    if header.get("alg") != "RS256":
        reasons.append(f"It is signed by {header.get('alg')!r}; only RS256 is accepted.")
    if reasons:
        return reasons
    says = f"It says issuer {claims.get('iss')!r} and audience {claims.get('aud')!r}"
    if trust is None:
        return [
            f"{says}; compare both, to the letter, with"
            " `aws eks describe-identity-provider-config`."
        ]
    return [
        f"{says}, as expected, and is valid now. So the API server trusts something else, or not"
        " yet: the identity provider must be ACTIVE, which takes minutes, and its issuer's keys"
        " reachable from the control plane."
    ]


def _mismatches(claims: Mapping[str, Any], trust: ClusterTrust | None) -> Iterator[str]:
    if trust is None:
        return
    issuer = str(claims.get("iss"))
    if issuer != trust.issuer_url:
        yield (
            f"Issuer: the token says {issuer!r}, the cluster trusts {trust.issuer_url!r}."
            f" {explain_difference(issuer, trust.issuer_url)}"
        )
    audience = claims.get("aud")
    if trust.client_id not in (audience if isinstance(audience, list) else [audience]):
        yield (
            f"Audience: the token is made for {audience!r}, the cluster trusts the client"
            f" {trust.client_id!r}. Portal, kubectl and cluster must use one application."
        )
    if trust.username_claim and not isinstance(claims.get(trust.username_claim), str):
        yield (
            f"Username: the token has no claim `{trust.username_claim}`; add it to the"
            " application's optional claims, or map another one."
        )
    elif trust.username_claim == "email" and claims.get("email_verified", True) is not True:
        yield "Username: the token says that its email is not verified."
    for name, value in trust.required_claims.items():
        if claims.get(name) != value:
            yield f"Required claim: `{name}` must be {value!r}, the token has {claims.get(name)!r}."


def _times(claims: Mapping[str, Any], now_s: float) -> Iterator[str]:
    expires, not_before = claims.get("exp"), claims.get("nbf")
    if isinstance(expires, int | float) and expires <= now_s:
        yield f"Expired: it was valid until {_utc(expires)}. Sign in again."
    if isinstance(not_before, int | float) and not_before > now_s:
        yield f"Not valid yet: it is valid from {_utc(not_before)}; compare the clocks."


def _groups(claims: Mapping[str, Any], groups_claim: str | None) -> Iterator[str]:
    """An overage is not merely missing groups: the API server refuses the whole person."""
    if groups_claim is None:
        return
    elsewhere = claims.get("_claim_names")
    if isinstance(elsewhere, Mapping) and groups_claim in elsewhere:
        yield (
            "Groups overage: the person is in more than 200 groups, so the token only points to"
            " them, and the API server cannot follow. Set `groupMembershipClaims` to"
            " `ApplicationGroup`, so that only groups of the application are in the token."
        )
    groups = claims.get(groups_claim)
    if isinstance(groups, list) and not all(isinstance(group, str) for group in groups):
        yield f"Groups: the claim `{groups_claim}` must be text or a list of text."


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
