"""The type tokens of the azuread provider that are emulated."""

from __future__ import annotations

APPLICATION = "azuread:index/application:Application"
PASSWORD = "azuread:index/applicationPassword:ApplicationPassword"
FEDERATED = (
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"
)
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"
GRANT = (
    "azuread:index/servicePrincipalDelegatedPermissionGrant:"
    "ServicePrincipalDelegatedPermissionGrant"
)
POLICY = "azuread:index/claimsMappingPolicy:ClaimsMappingPolicy"
POLICY_ASSIGNMENT = (
    "azuread:index/servicePrincipalClaimsMappingPolicyAssignment:"
    "ServicePrincipalClaimsMappingPolicyAssignment"
)
