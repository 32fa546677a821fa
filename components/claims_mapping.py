"""The claims mapping policy that puts extension values into the ID token under their short names.

An optional claim could not: it would be called `extn.<name>`.
The policy must be assigned only while the application accepts mapped claims, or every sign-in ends
in AADSTS50146; the assignment hangs on the service principal, which comes after that flag is set
and goes before it is gone.
An assigned policy supersedes what was set under "Attributes & Claims" in the admin centre:
https://learn.microsoft.com/entra/identity-platform/claims-customization-custom-claims-policy
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsMappingArgs:
    """Which extension properties become claims, for which service principal."""

    display_name: str
    service_principal: azuread.ServicePrincipal
    extension_names: Mapping[str, pulumi.Input[str]]
    """Extension names by claim name."""


class ClaimsMapping(pulumi.ComponentResource):
    """The policy and its assignment."""

    def __init__(
        self, name: str, args: ClaimsMappingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("entra-eks-sso:identity:ClaimsMapping", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        policy = azuread.ClaimsMappingPolicy(
            f"{name}-policy",
            display_name=args.display_name,
            definitions=[_definition(args.extension_names)],
            opts=child,
        )
        azuread.ServicePrincipalClaimsMappingPolicyAssignment(
            f"{name}-assignment",
            claims_mapping_policy_id=policy.id,
            service_principal_id=args.service_principal.id,
            opts=child,
        )
        self.register_outputs({})


def _definition(extension_names: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """https://learn.microsoft.com/entra/identity-platform/reference-claims-customization"""
    return pulumi.Output.json_dumps(
        {
            "ClaimsMappingPolicy": {
                "Version": 1,
                "IncludeBasicClaimSet": "true",
                "ClaimsSchema": [
                    {
                        "Source": "user",
                        "ExtensionID": extension_names[claim],
                        "JwtClaimType": claim,
                    }
                    for claim in sorted(extension_names)
                ],
            }
        }
    )
