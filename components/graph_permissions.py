"""Microsoft Graph permissions with admin consent.

A registration only says what an application asks for; consent is given by the grants declared here,
so that nobody has to click "Grant admin consent" and no user is ever asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from components.microsoft_graph import MicrosoftGraph


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphPermissionsArgs:
    """What is consented to, for which service principal."""

    microsoft_graph: MicrosoftGraph
    service_principal_object_id: pulumi.Input[str]
    scopes: Sequence[str] = ()
    """Delegated permissions, for all users of the tenant."""
    roles: Sequence[str] = ()
    """Application roles: what the application may do as itself, without a user."""


class GraphPermissions(pulumi.ComponentResource):
    """Admin consent to delegated permissions and application roles of one service principal."""

    def __init__(
        self, name: str, args: GraphPermissionsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("entra-eks-sso:identity:GraphPermissions", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        if args.scopes:
            azuread.ServicePrincipalDelegatedPermissionGrant(
                f"{name}-scopes",
                service_principal_object_id=args.service_principal_object_id,
                resource_service_principal_object_id=args.microsoft_graph.object_id,
                claim_values=sorted(args.scopes),
                opts=child,
            )
        for role in args.roles:
            azuread.AppRoleAssignment(
                f"{name}-{role}",
                app_role_id=args.microsoft_graph.role_ids[role],
                principal_object_id=args.service_principal_object_id,
                resource_object_id=args.microsoft_graph.object_id,
                opts=child,
            )
        self.register_outputs({})
