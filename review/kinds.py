"""The resource types that rules speak of, by Pulumi's type tokens."""

from __future__ import annotations

from typing import Final

APPLICATION: Final = "azuread:index/application:Application"
SERVICE_PRINCIPAL: Final = "azuread:index/servicePrincipal:ServicePrincipal"
APPLICATION_PASSWORD: Final = "azuread:index/applicationPassword:ApplicationPassword"  # noqa: S105
SERVICE_PRINCIPAL_PASSWORD: Final = (
    "azuread:index/servicePrincipalPassword:ServicePrincipalPassword"  # noqa: S105
)
FEDERATED_CREDENTIAL: Final = (
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
)
FLEXIBLE_FEDERATED_CREDENTIAL: Final = (
    "azuread:index/applicationFlexibleFederatedIdentityCredential:"
    "ApplicationFlexibleFederatedIdentityCredential"
)
APP_ROLE_ASSIGNMENT: Final = "azuread:index/appRoleAssignment:AppRoleAssignment"
DELEGATED_GRANT: Final = (
    "azuread:index/servicePrincipalDelegatedPermissionGrant:"
    "ServicePrincipalDelegatedPermissionGrant"
)
CLAIMS_POLICY: Final = "azuread:index/claimsMappingPolicy:ClaimsMappingPolicy"
CLAIMS_ASSIGNMENT: Final = (
    "azuread:index/servicePrincipalClaimsMappingPolicyAssignment:"
    "ServicePrincipalClaimsMappingPolicyAssignment"
)
IDENTITY_PROVIDER: Final = "aws:eks/identityProviderConfig:IdentityProviderConfig"
CLUSTER_ROLE_BINDING: Final = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"
ROLE_BINDING: Final = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding"
ROLE: Final = "kubernetes:rbac.authorization.k8s.io/v1:Role"
CLUSTER_ROLE: Final = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
KUBERNETES_PROVIDER: Final = "pulumi:providers:kubernetes"
NAMESPACE: Final = "kubernetes:core/v1:Namespace"
CONFIG_MAP: Final = "kubernetes:core/v1:ConfigMap"
SECRET: Final = "kubernetes:core/v1:Secret"  # noqa: S105 - a type, not a secret
EXTENSION_PROPERTY: Final = "pulumi-python:dynamic/entra:ExtensionProperty"
USER_ATTRIBUTES: Final = "pulumi-python:dynamic/entra:UserAttributes"
GENERATED_SECRET: Final = "pulumi-python:dynamic/entra-eks-sso:GeneratedSecret"  # noqa: S105
STACK: Final = "pulumi:pulumi:Stack"

DEFAULT_ACCESS_ROLE: Final = "00000000-0000-0000-0000-000000000000"
"""Assigns without an application role: https://learn.microsoft.com/graph/api/resources/approleassignment"""


def is_provider(kind: str) -> bool:
    """Whether a type is that of a provider."""
    return kind.startswith("pulumi:providers:")


def is_component(kind: str) -> bool:
    """Whether a type only groups others: a component of this program, or the stack."""
    return kind == STACK or kind.startswith("entra-eks-sso:")


_WORDS: Final = {
    APPLICATION: "application",
    SERVICE_PRINCIPAL: "service principal",
    APPLICATION_PASSWORD: "client secret",
    FEDERATED_CREDENTIAL: "federated credential",
    APP_ROLE_ASSIGNMENT: "assignment",
    DELEGATED_GRANT: "consent to delegated permissions",
    CLAIMS_POLICY: "claims mapping policy",
    CLAIMS_ASSIGNMENT: "assignment of the claims mapping policy",
    IDENTITY_PROVIDER: "identity provider of the cluster",
    EXTENSION_PROPERTY: "extension property",
    USER_ATTRIBUTES: "values of users",
    GENERATED_SECRET: "generated secret",
}


def in_words(kind: str) -> str:
    """Return what people call a type."""
    return _WORDS.get(kind) or kind.rpartition(":")[2]
