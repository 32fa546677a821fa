"""The application that the portal and kubectl sign in to, and who may sign in.

Both sign in to the same application: an EKS identity provider knows one client id, and the portal
passes its ID token on to the API server. Which redirect URI is used decides the kind of client.

It does not declare permissions (`graph_permissions`), extension properties (`extension_properties`)
or the claims made of them (`claims_mapping`), and the application holds no secret of its own: the
portal's is declared with the portal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread

from components.microsoft_graph import Ownership
from settings.model import Application, Kubectl

DEFAULT_ACCESS_ROLE_ID = "00000000-0000-0000-0000-000000000000"
"""Assigns a group without an application role: https://learn.microsoft.com/graph/api/resources/approleassignment"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntraApplicationArgs:
    """What the application is declared from."""

    application: Application
    kubectl: Kubectl
    portal_redirect_uri: str
    required_access: azuread.ApplicationRequiredResourceAccessArgs
    ownership: Ownership
    group_ids: Mapping[str, str]
    """Object ids of the groups whose members sign in, by name."""
    protect: bool


class EntraApplication(pulumi.ComponentResource):
    """Application, service principal and assigned groups."""

    client_id: pulumi.Output[str]
    """The audience of every ID token; also the client id of portal, kubectl and EKS."""
    object_id: pulumi.Output[str]
    application_id: pulumi.Output[str]
    """`/applications/<object id>`, as the azuread provider's other resources want it."""
    service_principal: azuread.ServicePrincipal

    def __init__(
        self, name: str, args: EntraApplicationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("entra-eks-sso:identity:EntraApplication", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        public = args.kubectl.client == "public"
        application = azuread.Application(
            f"{name}-application",
            display_name=args.application.display_name,
            # acceptMappedClaims is safe in a single tenant only; there must be no identifier URI:
            # https://learn.microsoft.com/entra/identity-platform/jwt-claims-customization
            sign_in_audience="AzureADMyOrg",
            api=azuread.ApplicationApiArgs(
                mapped_claims_enabled=True, requested_access_token_version=2
            ),
            group_membership_claims=[args.application.group_membership_claims],
            optional_claims=azuread.ApplicationOptionalClaimsArgs(
                id_tokens=[
                    azuread.ApplicationOptionalClaimsIdTokenArgs(name="email"),
                    azuread.ApplicationOptionalClaimsIdTokenArgs(
                        name="upn",
                        # Guests have no upn claim otherwise; hashes would be in the way in URLs.
                        additional_properties=["include_externally_authenticated_upn_without_hash"],
                    ),
                ]
            ),
            public_client=azuread.ApplicationPublicClientArgs(
                redirect_uris=[args.kubectl.redirect_uri]
            )
            if public
            else None,
            web=azuread.ApplicationWebArgs(
                redirect_uris=sorted(
                    [args.portal_redirect_uri]
                    # A web redirect URI without a path must end in a slash.
                    + ([] if public else [f"{args.kubectl.redirect_uri}/"])
                ),
                implicit_grant=azuread.ApplicationWebImplicitGrantArgs(
                    access_token_issuance_enabled=False,
                    id_token_issuance_enabled=args.application.implicit_id_tokens,
                ),
            ),
            fallback_public_client_enabled=False,
            required_resource_accesses=[args.required_access],
            owners=args.ownership.object_ids,
            prevent_duplicate_names=True,
            opts=args.ownership.options(parent=self, protect=args.protect),
        )
        self.service_principal = azuread.ServicePrincipal(
            f"{name}-service-principal",
            client_id=application.client_id,
            app_role_assignment_required=args.application.assignment_required,
            feature_tags=[azuread.ServicePrincipalFeatureTagArgs(enterprise=True)],
            owners=args.ownership.object_ids,
            opts=args.ownership.options(parent=self),
        )
        if args.application.assigns_groups:
            for group_id in args.group_ids.values():
                azuread.AppRoleAssignment(
                    # By its id: a group that is renamed stays assigned. By its name it would be
                    # assigned anew before it is unassigned, and Entra refuses a second assignment.
                    f"{name}-assigned-{group_id}",
                    app_role_id=DEFAULT_ACCESS_ROLE_ID,
                    principal_object_id=group_id,
                    resource_object_id=self.service_principal.object_id,
                    opts=child,
                )
        self.client_id = application.client_id
        self.object_id = application.object_id
        self.application_id = application.id
        self.register_outputs({"client_id": self.client_id, "object_id": self.object_id})
