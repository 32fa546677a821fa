"""An identity provider configuration, the updates it goes through, and what it means for tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sandbox.cluster import TrustedIssuer

CONFIG_TYPE = "oidc"
"""The only type there is."""

_DEFAULT_USERNAME_CLAIM = "sub"
_UNPREFIXED_CLAIM = "email"
_NO_PREFIX = "-"


class ConfigStatus(StrEnum):
    """There is no FAILED: a failed association vanishes, and only its update tells why."""

    CREATING = "CREATING"
    ACTIVE = "ACTIVE"
    DELETING = "DELETING"


class UpdateStatus(StrEnum):
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_Update.html."""

    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    SUCCESSFUL = "Successful"


class UpdateType(StrEnum):
    """What an update does; the value is the operation's name as well."""

    ASSOCIATE = "AssociateIdentityProviderConfig"
    DISASSOCIATE = "DisassociateIdentityProviderConfig"


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """What was asked for; None is what was not said.

    https://docs.aws.amazon.com/eks/latest/APIReference/API_OidcIdentityProviderConfigRequest.html
    """

    name: str
    issuer_url: str
    client_id: str
    username_claim: str | None = None
    username_prefix: str | None = None
    groups_claim: str | None = None
    groups_prefix: str | None = None
    required_claims: Mapping[str, str] = field(default_factory=dict[str, str])

    def trusted_issuer(self) -> TrustedIssuer:
        """Return what the API server is to trust, with EKS's defaults filled in.

        The claim is `sub` unless said; the prefix of another claim than `email` is the issuer and
        `#` unless said, and `-` stands for none; groups have no prefix unless said.
        https://docs.aws.amazon.com/eks/latest/userguide/authenticate-oidc-identity-provider.html
        """
        claim = self.username_claim or _DEFAULT_USERNAME_CLAIM
        prefix = self.username_prefix
        if not prefix:
            prefix = "" if claim == _UNPREFIXED_CLAIM else f"{self.issuer_url}#"
        return TrustedIssuer(
            issuer_url=self.issuer_url,
            client_id=self.client_id,
            username_claim=claim,
            username_prefix="" if prefix == _NO_PREFIX else prefix,
            groups_claim=self.groups_claim,
            groups_prefix=self.groups_prefix or "",
            required_claims=self.required_claims,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProviderConfig:
    """An association of a cluster with an identity provider."""

    arn: str
    cluster_name: str
    oidc: Oidc
    status: ConfigStatus
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One change of a cluster, under way or past."""

    id: str
    type: UpdateType
    status: UpdateStatus
    config_name: str
    created_at: datetime
    not_before: datetime
    """When it can be over at the earliest."""
    doom: str | None = None
    """What it will fail with, decided when it began; never shown."""
    error: str | None = None
