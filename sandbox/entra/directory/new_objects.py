"""New directory objects, with every property that Microsoft Graph shows of their kind.

The values are those that Graph gives to what a request leaves out. A property that is not in here
is not known, and Graph refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sandbox.entra.directory.sparse import Sparse


def timestamp(moment: datetime) -> str:
    """Return a time as Graph writes it: UTC, in seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def application_properties(app_id: str, domain: str, created: datetime) -> dict[str, Any]:
    """https://learn.microsoft.com/graph/api/resources/application#properties"""
    return {
        "appId": app_id,
        "displayName": None,
        "createdDateTime": timestamp(created),
        "deletedDateTime": None,
        "addIns": [],
        "api": {
            "acceptMappedClaims": None,
            "knownClientApplications": [],
            "oauth2PermissionScopes": [],
            "preAuthorizedApplications": [],
            "requestedAccessTokenVersion": None,
        },
        "appRoles": [],
        "applicationTemplateId": None,
        "certification": None,
        "defaultRedirectUri": None,
        "description": None,
        "disabledByMicrosoftStatus": None,
        "groupMembershipClaims": None,
        "identifierUris": [],
        "info": {
            "logoUrl": None,
            "marketingUrl": None,
            "privacyStatementUrl": None,
            "supportUrl": None,
            "termsOfServiceUrl": None,
        },
        "isDeviceOnlyAuthSupported": None,
        "isFallbackPublicClient": None,
        "keyCredentials": [],
        "nativeAuthenticationApisEnabled": None,
        "notes": None,
        "oauth2RequirePostResponse": False,
        "optionalClaims": None,
        "parentalControlSettings": {
            "countriesBlockedForMinors": [],
            "legalAgeGroupRule": "Allow",
        },
        "passwordCredentials": [],
        "publicClient": {"redirectUris": []},
        "publisherDomain": domain,
        "requestSignatureVerification": None,
        "requiredResourceAccess": [],
        "samlMetadataUrl": None,
        "serviceManagementReference": None,
        "servicePrincipalLockConfiguration": None,
        "signInAudience": "AzureADMyOrg",
        "spa": {"redirectUris": []},
        "tags": [],
        "tokenEncryptionKeyId": None,
        "uniqueName": None,
        "verifiedPublisher": {
            "addedDateTime": None,
            "displayName": None,
            "verifiedPublisherId": None,
        },
        "web": {
            "homePageUrl": None,
            "implicitGrantSettings": {
                "enableAccessTokenIssuance": False,
                "enableIdTokenIssuance": False,
            },
            "logoutUrl": None,
            "redirectUriSettings": [],
            "redirectUris": [],
        },
    }


def service_principal_properties(app_id: str, created: datetime) -> dict[str, Any]:
    """https://learn.microsoft.com/graph/api/resources/serviceprincipal#properties

    What follows from the application (display name, roles, redirect URIs) is not kept here.
    """
    return {
        "appId": app_id,
        "accountEnabled": True,
        "alternativeNames": [],
        "appRoleAssignmentRequired": False,
        "createdDateTime": timestamp(created),
        "deletedDateTime": None,
        "description": None,
        "disabledByMicrosoftStatus": None,
        "homepage": None,
        "keyCredentials": [],
        "loginUrl": None,
        "logoutUrl": None,
        "notes": None,
        "notificationEmailAddresses": [],
        "passwordCredentials": [],
        "preferredSingleSignOnMode": None,
        "preferredTokenSigningKeyThumbprint": None,
        "samlMetadataUrl": None,
        "samlSingleSignOnSettings": None,
        "servicePrincipalType": "Application",
        "tags": [],
        "tokenEncryptionKeyId": None,
    }


def group_properties(display_name: str, created: datetime) -> dict[str, Any]:
    """https://learn.microsoft.com/graph/api/resources/group#properties, of a security group."""
    return {
        "displayName": display_name,
        "createdDateTime": timestamp(created),
        "deletedDateTime": None,
        "description": None,
        "groupTypes": [],
        "isAssignableToRole": None,
        "mail": None,
        "mailEnabled": False,
        "mailNickname": display_name,
        "membershipRule": None,
        "onPremisesSyncEnabled": None,
        "proxyAddresses": [],
        "resourceBehaviorOptions": [],
        "resourceProvisioningOptions": [],
        "securityEnabled": True,
        "visibility": None,
    }


_USUAL_OF_USERS: Mapping[str, Any] = MappingProxyType(
    {
        "userPrincipalName": None,
        "accountEnabled": True,
        "ageGroup": None,
        "businessPhones": [],
        "city": None,
        "companyName": None,
        "consentProvidedForMinor": None,
        "country": None,
        "createdDateTime": None,
        "creationType": None,
        "deletedDateTime": None,
        "department": None,
        "displayName": None,
        "employeeHireDate": None,
        "employeeId": None,
        "employeeOrgData": None,
        "employeeType": None,
        "externalUserState": None,
        "faxNumber": None,
        "givenName": None,
        "imAddresses": [],
        "jobTitle": None,
        "mail": None,
        "mailNickname": None,
        "mobilePhone": None,
        "officeLocation": None,
        "onPremisesDistinguishedName": None,
        "onPremisesDomainName": None,
        "onPremisesImmutableId": None,
        "onPremisesSamAccountName": None,
        "onPremisesSecurityIdentifier": None,
        "onPremisesSyncEnabled": None,
        "onPremisesUserPrincipalName": None,
        "otherMails": [],
        "passwordPolicies": None,
        "postalCode": None,
        "preferredLanguage": None,
        "proxyAddresses": [],
        "showInAddressList": None,
        "state": None,
        "streetAddress": None,
        "surname": None,
        "usageLocation": None,
        "userType": "Member",
    }
)
USER_PROPERTY_NAMES = tuple(_USUAL_OF_USERS)


def user_properties(user_principal_name: str, created: str) -> Sparse:
    """https://learn.microsoft.com/graph/api/resources/user#properties"""
    return Sparse(
        _USUAL_OF_USERS,
        {
            "userPrincipalName": user_principal_name,
            "mailNickname": user_principal_name.partition("@")[0],
            "createdDateTime": created,
        },
    )
