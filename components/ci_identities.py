"""The two identities of the CI system: one that previews and one that deploys.

Whoever can open a pull request decides what the first one runs, so it reads and cannot change
anything. The second needs what deploying needs, and is reached through an approval.
Neither owns itself or the other: who may sign in as them is changed by a person, not by a pipeline.
Least privilege of each operation: https://learn.microsoft.com/graph/api
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.microsoft_graph import MicrosoftGraph, Ownership
from components.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from settings.model import Settings
from settings.workload_identity import FederatedCredential

PREVIEW_ROLES = (
    # federated credentials and the policies assigned to a service principal, with --refresh
    "Application.Read.All",
    # users, groups, Microsoft Graph's own permissions; consent to delegated permissions
    "Directory.Read.All",
    # the claims mapping policy, with --refresh
    "Policy.Read.All",
)
DEPLOY_ROLES = (
    *PREVIEW_ROLES,
    # creates applications, and changes those it owns
    "Application.ReadWrite.OwnedBy",
    # groups of the sign-in, consent to application roles: can give any role to any application
    "AppRoleAssignment.ReadWrite.All",
    # consent to delegated permissions
    "DelegatedPermissionGrant.ReadWrite.All",
    "Policy.ReadWrite.ApplicationConfiguration",
    # extension values of users
    "User.ReadUpdate.All",
)


def ci_roles(settings: Settings) -> tuple[str, ...]:
    """Return the application roles that the tenant has to offer for them."""
    return (
        *(PREVIEW_ROLES if settings.ci.preview_credentials else ()),
        *(DEPLOY_ROLES if settings.ci.deploy_credentials else ()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CiIdentities:
    """Those of the two that something may sign in as."""

    preview: WorkloadIdentity | None
    deploy: WorkloadIdentity | None

    def ownership(self, deployer: str) -> Ownership:
        """Return who owns the other applications: the one that deploys, and it alone.

        Without it, whoever made them; `deployer` is the object id of whoever runs Pulumi now.
        """
        if self.deploy is None:
            return Ownership(object_ids=[deployer], kept=False)
        return Ownership(object_ids=[self.deploy.service_principal_object_id], kept=True)


def declare_ci_identities(
    settings: Settings,
    microsoft_graph: MicrosoftGraph,
    deployer: str,
    opts: pulumi.ResourceOptions,
) -> CiIdentities:
    """Declare the identities that `ci` names workloads for; `deployer` will own them if new."""
    ownership = Ownership(object_ids=[deployer], kept=False)

    def declare(
        name: str,
        display_name: str,
        credentials: Mapping[str, FederatedCredential],
        roles: Sequence[str],
    ) -> WorkloadIdentity | None:
        if not credentials:
            return None
        return WorkloadIdentity(
            name,
            WorkloadIdentityArgs(
                display_name=display_name,
                federated_credentials=credentials,
                microsoft_graph=microsoft_graph,
                roles=roles,
                ownership=ownership,
                protect=settings.protect,
            ),
            opts,
        )

    ci = settings.ci
    return CiIdentities(
        preview=declare(
            "ci-preview", settings.ci_preview_name, ci.preview_credentials, PREVIEW_ROLES
        ),
        deploy=declare("ci-deploy", settings.ci_deploy_name, ci.deploy_credentials, DEPLOY_ROLES),
    )
