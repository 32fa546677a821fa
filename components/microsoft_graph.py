"""Microsoft Graph as a resource that others ask permissions of.

Ids of scopes and application roles are looked up in the tenant by name, never written down: new
ones appear and not all are published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

CLIENT_ID = "00000003-0000-0000-c000-000000000000"
"""https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in"""


class UnknownPermissionError(pulumi.RunError):
    """A setting names a permission that this tenant's Microsoft Graph does not offer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrosoftGraph:
    """The tenant's service principal of Microsoft Graph."""

    object_id: str
    scope_ids: Mapping[str, str]
    """Ids of the delegated permissions by value, such as `openid`."""
    role_ids: Mapping[str, str]
    """Ids of the application roles by value, such as `User.Read.All`."""

    def required_access(
        self, *, scopes: Sequence[str] = (), roles: Sequence[str] = ()
    ) -> azuread.ApplicationRequiredResourceAccessArgs:
        """Return what an application's registration says it asks for; consent comes apart."""
        access = azuread.ApplicationRequiredResourceAccessResourceAccessArgs
        return azuread.ApplicationRequiredResourceAccessArgs(
            resource_app_id=CLIENT_ID,
            resource_accesses=[
                *(access(id=self.scope_ids[scope], type="Scope") for scope in sorted(scopes)),
                *(access(id=self.role_ids[role], type="Role") for role in sorted(roles)),
            ],
        )


def find_microsoft_graph(
    provider: azuread.Provider,
    *,
    scopes: Sequence[str],
    roles: Sequence[str],
    ci_roles: Sequence[str] = (),
) -> MicrosoftGraph:
    """Look Microsoft Graph up and check that it offers `scopes`, `roles` and `ci_roles`.

    Raises:
        UnknownPermissionError: naming each that it does not offer, with its setting.
    """
    found = azuread.get_service_principal(
        client_id=CLIENT_ID, opts=pulumi.InvokeOptions(provider=provider)
    )
    graph = MicrosoftGraph(
        object_id=found.object_id,
        scope_ids=found.oauth2_permission_scope_ids,
        role_ids=found.app_role_ids,
    )
    unknown = [
        *(f"graphPermissions.delegated: {s}" for s in scopes if s not in graph.scope_ids),
        *(f"graphPermissions.application: {r}" for r in roles if r not in graph.role_ids),
        *(f"ci: {r}" for r in ci_roles if r not in graph.role_ids),
    ]
    if unknown:
        msg = (
            "Microsoft Graph offers no such permission in this tenant; nothing has been changed:\n"
            + "\n".join(f"  {line}" for line in unknown)
            + "\nNames are case sensitive: https://learn.microsoft.com/graph/permissions-reference"
        )
        raise UnknownPermissionError(msg)
    return graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Who owns applications: with Application.ReadWrite.OwnedBy nobody else may change them."""

    object_ids: Sequence[pulumi.Input[str]]
    kept: bool
    """Whether other owners are removed, also from what is there already. Without it owners are set
    when an object is made and then left alone: whoever runs Pulumi next, a read-only preview or a
    colleague, must not take the ownership from the one before."""

    def options(
        self, *, parent: pulumi.Resource, protect: bool | None = None
    ) -> pulumi.ResourceOptions:
        """Return the options of a resource that is owned this way."""
        return pulumi.ResourceOptions(
            parent=parent, protect=protect, ignore_changes=None if self.kept else ["owners"]
        )


def find_deployer(provider: azuread.Provider) -> str:
    """Return the object id of the identity that runs Pulumi.

    It has to own what it declares: with Application.ReadWrite.OwnedBy it may change nothing else.
    """
    return azuread.get_client_config(opts=pulumi.InvokeOptions(provider=provider)).object_id
