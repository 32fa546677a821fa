"""An application that workloads sign in as, with tokens of their own issuer instead of a secret.

Three are declared: the directory automation, which keeps the extension values of users and does
nothing else; and the two identities of the CI system, one that previews and one that deploys.
They are apart from the application that people sign in to, so that no kubeconfig and no portal ever
holds something that can read or write the directory.
https://learn.microsoft.com/entra/workload-id/workload-identity-federation
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from components.graph_permissions import GraphPermissions, GraphPermissionsArgs
from components.microsoft_graph import MicrosoftGraph, Ownership
from settings.workload_identity import FederatedCredential


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadIdentityArgs:
    """What the application is declared from."""

    display_name: str
    federated_credentials: Mapping[str, FederatedCredential]
    """Workloads that may sign in as it, by name."""
    microsoft_graph: MicrosoftGraph
    roles: Sequence[str]
    ownership: Ownership
    protect: bool


class WorkloadIdentity(pulumi.ComponentResource):
    """Application, service principal, federated credentials, and consented application roles."""

    client_id: pulumi.Output[str]
    service_principal_object_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: WorkloadIdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("entra-eks-sso:identity:WorkloadIdentity", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        application = azuread.Application(
            f"{name}-application",
            display_name=args.display_name,
            sign_in_audience="AzureADMyOrg",
            required_resource_accesses=[args.microsoft_graph.required_access(roles=args.roles)],
            owners=args.ownership.object_ids,
            prevent_duplicate_names=True,
            opts=args.ownership.options(parent=self, protect=args.protect),
        )
        service_principal = azuread.ServicePrincipal(
            f"{name}-service-principal",
            client_id=application.client_id,
            owners=args.ownership.object_ids,
            opts=args.ownership.options(parent=self),
        )
        for credential_name, credential in args.federated_credentials.items():
            azuread.ApplicationFederatedIdentityCredential(
                f"{name}-{credential_name}",
                application_id=application.id,
                display_name=credential_name,
                issuer=credential.issuer,
                subject=credential.subject,
                audiences=[credential.audience],
                opts=child,
            )
        GraphPermissions(
            f"{name}-permissions",
            GraphPermissionsArgs(
                microsoft_graph=args.microsoft_graph,
                service_principal_object_id=service_principal.object_id,
                roles=args.roles,
            ),
            opts=child,
        )
        self.client_id = application.client_id
        self.service_principal_object_id = service_principal.object_id
        self.register_outputs({"client_id": self.client_id})
