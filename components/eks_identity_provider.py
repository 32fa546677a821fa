"""The cluster's trust in the ID token.

EKS cannot change an identity provider: everything but tags means disassociate and associate again,
minutes to an hour in which nobody can sign in by OIDC (IAM goes on working). An issuer may be
associated once, so the old one has to go before the new one comes.
https://docs.aws.amazon.com/eks/latest/userguide/authenticate-oidc-identity-provider.html
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from settings.model import Cluster

ASSOCIATION_TIMEOUT = "60m"
"""Longer than the provider's default of 40 minutes, which associations have been seen to exceed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EksIdentityProviderArgs:
    """Which tokens the cluster trusts."""

    cluster: Cluster
    issuer: str
    """Exact text of the tokens' `iss`; one character off is a silent 401."""
    client_id: pulumi.Input[str]
    protect: bool


class EksIdentityProvider(pulumi.ComponentResource):
    """The cluster's OIDC identity provider."""

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: EksIdentityProviderArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("entra-eks-sso:cluster:EksIdentityProvider", name, {}, opts)
        provider = args.cluster.identity_provider
        association = aws.eks.IdentityProviderConfig(
            f"{name}-identity-provider",
            cluster_name=args.cluster.name,
            oidc=aws.eks.IdentityProviderConfigOidcArgs(
                identity_provider_config_name=provider.name,
                issuer_url=args.issuer,
                client_id=args.client_id,
                username_claim=provider.username_claim,
                username_prefix=provider.username_prefix,
                groups_claim="groups",
                groups_prefix=provider.groups_prefix,
                required_claims=provider.required_claims or None,
            ),
            tags=provider.tags or None,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect,
                delete_before_replace=True,
                custom_timeouts=pulumi.CustomTimeouts(
                    create=ASSOCIATION_TIMEOUT, delete=ASSOCIATION_TIMEOUT
                ),
            ),
        )
        self.arn = association.arn
        self.register_outputs({"arn": self.arn})
