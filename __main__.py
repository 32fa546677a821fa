"""Single sign-on with Microsoft Entra for an EKS cluster and the KubeRocketCI portal.

Reads like the guide's table of contents: what the settings say and whom they mean, then one
component a chapter, then what people need to sign in.
"""

import pulumi

from components.ci_identities import ci_roles, declare_ci_identities
from components.claims_mapping import ClaimsMapping, ClaimsMappingArgs
from components.cluster_access import ClusterAccess, ClusterAccessArgs
from components.directory_lookup import look_up_directory
from components.eks_identity_provider import EksIdentityProvider, EksIdentityProviderArgs
from components.entra_application import EntraApplication, EntraApplicationArgs
from components.extension_properties import ExtensionProperties, ExtensionPropertiesArgs
from components.graph_permissions import GraphPermissions, GraphPermissionsArgs
from components.kubectl_sign_in import KubectlSignIn, KubectlSignInArgs
from components.microsoft_graph import find_deployer, find_microsoft_graph
from components.portal_sso import PortalSso, PortalSsoArgs
from components.preview_access import PreviewAccess, PreviewAccessArgs
from components.providers import declare_providers
from components.user_attributes import UserAttributes, UserAttributesArgs
from components.users_not_reached import fail_for_users_not_reached
from components.workload_identity import WorkloadIdentity, WorkloadIdentityArgs
from graph.cloud import cloud_from
from settings import flagged_choices, load_settings

settings, user_sources = load_settings()
for choice in flagged_choices(settings):
    pulumi.warn(choice)
cloud = cloud_from(settings.cloud_setting)
issuer = cloud.issuer(settings.tenant_id, settings.issuer)
permissions = settings.graph_permissions

providers = declare_providers(settings.tenant_id, cloud, settings.cluster)
opts = providers.for_components()
deployer = find_deployer(providers.entra)
microsoft_graph = find_microsoft_graph(
    providers.entra,
    scopes=permissions.delegated,
    roles=permissions.application,
    ci_roles=ci_roles(settings),
)
directory = look_up_directory(
    settings.tenant_id,
    cloud,
    application_name=settings.application.display_name,
    sources=user_sources,
    access_groups=settings.access.groups(),
)

# What CI signs in as: one identity that previews, and one that deploys and owns what is below
ci = declare_ci_identities(settings, microsoft_graph, deployer, opts)
ownership = ci.ownership(deployer)
if ci.preview:
    pulumi.export("ciPreviewClientId", ci.preview.client_id)
if ci.deploy:
    pulumi.export("ciDeployClientId", ci.deploy.client_id)

# The application that people sign in to, and its permissions
sign_in = EntraApplication(
    "sign-in",
    EntraApplicationArgs(
        application=settings.application,
        kubectl=settings.kubectl,
        portal_redirect_uri=settings.portal.redirect_uri,
        required_access=microsoft_graph.required_access(
            scopes=permissions.delegated, roles=permissions.sign_in_roles
        ),
        ownership=ownership,
        group_ids=directory.group_ids,
        protect=settings.protect,
    ),
    opts,
)
GraphPermissions(
    "sign-in-permissions",
    GraphPermissionsArgs(
        microsoft_graph=microsoft_graph,
        service_principal_object_id=sign_in.service_principal.object_id,
        scopes=permissions.delegated,
        roles=permissions.sign_in_roles,
    ),
    opts,
)
if permissions.automation_roles:
    automation = WorkloadIdentity(
        "directory-automation",
        WorkloadIdentityArgs(
            display_name=settings.directory_automation_name,
            federated_credentials=settings.directory_automation.federated_credentials,
            microsoft_graph=microsoft_graph,
            roles=permissions.automation_roles,
            ownership=ownership,
            protect=settings.protect,
        ),
        opts,
    )
    pulumi.export("directoryAutomationClientId", automation.client_id)

# Default namespace and picture: definitions, the claims made of them, and each user's values
properties = ExtensionProperties(
    "properties",
    ExtensionPropertiesArgs(
        application_object_id=sign_in.object_id,
        service_principal=sign_in.service_principal,
        properties=settings.extension_properties,
    ),
    opts,
)
if settings.claims:
    ClaimsMapping(
        "claims",
        ClaimsMappingArgs(
            display_name=f"{settings.application.display_name} claims",
            service_principal=sign_in.service_principal,
            extension_names={name: properties.extension_names[name] for name in settings.claims},
        ),
        opts,
    )
users = UserAttributes(
    "users",
    UserAttributesArgs(
        extension_names=properties.extension_names,
        data_types={each.name: each.data_type for each in settings.extension_properties},
        users=directory.users,
    ),
    opts,
)

# The cluster's trust, and what directory groups may do in it
identity_provider = EksIdentityProvider(
    "cluster",
    EksIdentityProviderArgs(
        cluster=settings.cluster,
        issuer=issuer,
        client_id=sign_in.client_id,
        protect=settings.protect,
    ),
    opts,
)
access = ClusterAccess(
    "access",
    ClusterAccessArgs(
        access=settings.access,
        group_ids=directory.group_ids,
        groups_prefix=settings.cluster.identity_provider.groups_prefix,
    ),
    opts,
)

# What portal and kubectl need
portal = PortalSso(
    "portal",
    PortalSsoArgs(
        portal=settings.portal,
        cluster_name=settings.cluster.name,
        issuer=issuer,
        client_id=sign_in.client_id,
        application_id=sign_in.application_id,
        scopes=permissions.delegated,
    ),
    opts,
)
kubectl = KubectlSignIn(
    "kubectl",
    KubectlSignInArgs(
        kubectl=settings.kubectl,
        issuer=issuer,
        client_id=sign_in.client_id,
        application_id=sign_in.application_id,
        scopes=permissions.delegated if settings.issuer == "v2" else ("openid",),
    ),
    opts,
)

if settings.ci.preview.kubernetes_group:
    PreviewAccess(
        "ci-preview",
        PreviewAccessArgs(
            group=settings.ci.preview.kubernetes_group,
            portal_namespace=settings.portal.namespace,
            portal=portal,
        ),
        opts,
    )

pulumi.export("tenantId", settings.tenant_id)
pulumi.export("issuer", issuer)
pulumi.export("clientId", sign_in.client_id)
pulumi.export("extensionNames", properties.extension_names)
pulumi.export("groupNames", access.group_names)
pulumi.export("kubeconfigUser", kubectl.kubeconfig_user)
pulumi.export("portalHelmValues", portal.helm_values)

fail_for_users_not_reached(
    users.failures, after=[identity_provider.arn, portal.helm_values, kubectl.kubeconfig_user]
)
