"""Whose ID tokens the API server accepts: its AuthenticationConfiguration.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
EKS configures its API servers the same way since it allows several identity providers. This module
renders the file and recognises it in the API server's metrics; it decides on no default: an absent
prefix is the empty string here, and what EKS makes of an absent setting is EKS's business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

_LOADED_CONFIG = "\napiserver_authentication_config_controller_last_config_info{"
_REFUSAL_REASON = re.compile(
    r'"failed to (?:read|load|validate|update) authentication config(?: file)?"'
    r' err="(?P<reason>(?:[^"\\]|\\.)*)"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedIssuer:
    """One issuer whose ID tokens count, and what in them becomes the user's name and groups."""

    issuer_url: str
    """Compared with the token's `iss` character by character."""
    client_id: str
    """The audience the token must have."""
    username_claim: str
    username_prefix: str = ""
    groups_claim: str | None = None
    groups_prefix: str = ""
    required_claims: Mapping[str, str] = field(default_factory=dict[str, str])
    """Claims the token must have with exactly these values."""


def render(issuers: Sequence[TrustedIssuer], ca_pem: str) -> str:
    """Return the AuthenticationConfiguration that trusts exactly `issuers`, in the order given.

    Their discovery documents and keys are fetched over TLS that `ca_pem` vouches for.
    """
    return yaml.safe_dump(
        {
            "apiVersion": "apiserver.config.k8s.io/v1",
            "kind": "AuthenticationConfiguration",
            "jwt": [_jwt_authenticator(issuer, ca_pem) for issuer in issuers],
        },
        sort_keys=False,
    )


def is_loaded(rendered: str, metrics: str) -> bool:
    """Whether the API server that reports `metrics` has loaded exactly the file `rendered`.

    It reports the SHA-256 of the file it authenticates by:
    https://kubernetes.io/docs/reference/instrumentation/metrics/ (last_config_info).
    """
    # Not a regular expression: there are two megabytes of metrics, and this is asked often.
    start = metrics.find(_LOADED_CONFIG)
    loaded = metrics[start : metrics.find("}", start)] if start >= 0 else ""
    return f'hash="sha256:{hashlib.sha256(rendered.encode()).hexdigest()}"' in loaded


def last_refusal(log: str) -> str | None:
    """Return why the API server did not take over a changed file, as `log` last says, if it does.

    https://github.com/kubernetes/kubernetes/blob/v1.34.1/pkg/kubeapiserver/options/authentication.go
    """
    reasons = [found["reason"] for found in _REFUSAL_REASON.finditer(log)]
    return reasons[-1].replace('\\"', '"') if reasons else None


def _jwt_authenticator(issuer: TrustedIssuer, ca_pem: str) -> dict[str, Any]:
    mappings = {
        "username": {"claim": issuer.username_claim, "prefix": issuer.username_prefix},
    }
    if issuer.groups_claim is not None:
        mappings["groups"] = {"claim": issuer.groups_claim, "prefix": issuer.groups_prefix}
    return {
        "issuer": {
            "url": issuer.issuer_url,
            "certificateAuthority": ca_pem,
            "audiences": [issuer.client_id],
        },
        "claimMappings": mappings,
        "claimValidationRules": [
            {"claim": claim, "requiredValue": value}
            for claim, value in sorted(issuer.required_claims.items())
        ],
    }
