"""An application in Pulumi's words and in Graph's, in both directions.

Unset strings are sent as null and unset lists as [], as the official plugin does: an update then
clears what is no longer declared.
https://learn.microsoft.com/graph/api/resources/application
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.plugins.azuread.feature_tags import features_of, tags_of

DEFAULT_AUDIENCE: Final = "AzureADMyOrg"
DEFAULT_TOKEN_VERSION: Final = 1
CLAIM_TOKENS: Final = (
    ("accessTokens", "accessToken"),
    ("idTokens", "idToken"),
    ("saml2Tokens", "saml2Token"),
)
SCOPE_NAMES: Final = (
    ("id", "id"),
    ("adminConsentDescription", "adminConsentDescription"),
    ("adminConsentDisplayName", "adminConsentDisplayName"),
    ("enabled", "isEnabled"),
    ("type", "type"),
    ("userConsentDescription", "userConsentDescription"),
    ("userConsentDisplayName", "userConsentDisplayName"),
    ("value", "value"),
)
ROLE_NAMES: Final = (
    ("id", "id"),
    ("allowedMemberTypes", "allowedMemberTypes"),
    ("description", "description"),
    ("displayName", "displayName"),
    ("enabled", "isEnabled"),
    ("value", "value"),
)


def graph_application(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of the application that `inputs` declares, without its owners."""
    web = inputs.get("web", {})
    implicit = web.get("implicitGrant", {})
    claims = inputs.get("groupMembershipClaims")
    return {
        "@odata.type": "#microsoft.graph.application",
        "api": _api(inputs.get("api", {})),
        "appRoles": [_role(role) for role in inputs.get("appRoles", [])],
        "description": inputs.get("description"),
        "displayName": inputs["displayName"],
        "groupMembershipClaims": ",".join(claims) if claims else None,
        "identifierUris": inputs.get("identifierUris", []),
        "info": {
            "marketingUrl": inputs.get("marketingUrl"),
            "privacyStatementUrl": inputs.get("privacyStatementUrl"),
            "supportUrl": inputs.get("supportUrl"),
            "termsOfServiceUrl": inputs.get("termsOfServiceUrl"),
        },
        "isDeviceOnlyAuthSupported": inputs.get("deviceOnlyAuthEnabled", False),
        "isFallbackPublicClient": inputs.get("fallbackPublicClientEnabled", False),
        "notes": inputs.get("notes"),
        "optionalClaims": _optional_claims(inputs.get("optionalClaims")),
        "publicClient": {"redirectUris": inputs.get("publicClient", {}).get("redirectUris", [])},
        "requiredResourceAccess": [
            {
                "resourceAppId": access["resourceAppId"],
                "resourceAccess": [dict(entry) for entry in access["resourceAccesses"]],
            }
            for access in inputs.get("requiredResourceAccesses", [])
        ],
        "serviceManagementReference": inputs.get("serviceManagementReference"),
        "signInAudience": inputs.get("signInAudience", DEFAULT_AUDIENCE),
        "spa": {"redirectUris": inputs.get("singlePageApplication", {}).get("redirectUris", [])},
        "tags": tags_of(inputs),
        "web": {
            "homePageUrl": web.get("homepageUrl"),
            "logoutUrl": web.get("logoutUrl"),
            "redirectUris": web.get("redirectUris", []),
            "implicitGrantSettings": {
                "enableAccessTokenIssuance": implicit.get("accessTokenIssuanceEnabled", False),
                "enableIdTokenIssuance": implicit.get("idTokenIssuanceEnabled", False),
            },
        },
    }


def application_state(
    application: Mapping[str, Any], beta: Mapping[str, Any], owners: list[str]
) -> dict[str, Any]:
    """Return Pulumi's outputs of a live application."""
    api = application.get("api") or {}
    info = application.get("info") or {}
    roles = application.get("appRoles") or []
    scopes = api.get("oauth2PermissionScopes") or []
    claims = application.get("groupMembershipClaims")
    tags = application.get("tags") or []
    return {
        "api": {
            "knownClientApplications": api.get("knownClientApplications") or [],
            "mappedClaimsEnabled": bool(api.get("acceptMappedClaims")),
            "oauth2PermissionScopes": [renamed(s, SCOPE_NAMES) for s in scopes],
            "requestedAccessTokenVersion": api.get("requestedAccessTokenVersion")
            or DEFAULT_TOKEN_VERSION,
        },
        "appRoleIds": {role["value"]: role["id"] for role in roles if role.get("value")},
        "appRoles": [renamed(role, ROLE_NAMES) for role in roles],
        "clientId": application["appId"],
        "description": application.get("description") or "",
        "deviceOnlyAuthEnabled": bool(application.get("isDeviceOnlyAuthSupported")),
        "disabledByMicrosoft": application.get("disabledByMicrosoftStatus") or "",
        "displayName": application["displayName"],
        "fallbackPublicClientEnabled": bool(application.get("isFallbackPublicClient")),
        "featureTags": features_of(tags),
        "groupMembershipClaims": claims.split(",") if claims else [],
        "identifierUris": application.get("identifierUris") or [],
        "logoUrl": info.get("logoUrl") or "",
        "marketingUrl": info.get("marketingUrl") or "",
        "notes": application.get("notes") or "",
        "oauth2PermissionScopeIds": {s["value"]: s["id"] for s in scopes if s.get("value")},
        "oauth2PostResponseRequired": bool(beta.get("oauth2RequirePostResponse")),
        "objectId": application["id"],
        "optionalClaims": _claims_state(application.get("optionalClaims") or {}),
        "owners": owners,
        "privacyStatementUrl": info.get("privacyStatementUrl") or "",
        "publicClient": {"redirectUris": _redirect_uris(application, "publicClient")},
        "publisherDomain": application.get("publisherDomain") or "",
        "requiredResourceAccesses": [
            {
                "resourceAppId": access["resourceAppId"],
                "resourceAccesses": [
                    {"id": entry["id"], "type": entry["type"]}
                    for entry in access.get("resourceAccess") or []
                ],
            }
            for access in application.get("requiredResourceAccess") or []
        ],
        "serviceManagementReference": application.get("serviceManagementReference") or "",
        "signInAudience": application.get("signInAudience") or DEFAULT_AUDIENCE,
        "singlePageApplication": {"redirectUris": _redirect_uris(application, "spa")},
        "supportUrl": info.get("supportUrl") or "",
        "tags": tags,
        "termsOfServiceUrl": info.get("termsOfServiceUrl") or "",
        "web": _web_state(application.get("web") or {}),
    }


def renamed(theirs: Mapping[str, Any], names: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Return the members of a Graph object under Pulumi's names; what is null is left out."""
    return {ours: theirs[name] for ours, name in names if theirs.get(name) is not None}


def _api(api: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "acceptMappedClaims": api.get("mappedClaimsEnabled", False),
        "knownClientApplications": api.get("knownClientApplications", []),
        "oauth2PermissionScopes": [
            {
                **{theirs: scope.get(ours) for ours, theirs in SCOPE_NAMES},
                "isEnabled": scope.get("enabled", True),
                "type": scope.get("type", "User"),
            }
            for scope in api.get("oauth2PermissionScopes", [])
        ],
        "requestedAccessTokenVersion": api.get(
            "requestedAccessTokenVersion", DEFAULT_TOKEN_VERSION
        ),
    }


def _role(role: Mapping[str, Any]) -> dict[str, Any]:
    named = {theirs: role.get(ours) for ours, theirs in ROLE_NAMES}
    return {**named, "isEnabled": role.get("enabled", True)}


def _optional_claims(declared: Mapping[str, Any] | None) -> dict[str, Any]:
    if declared is None:
        return {}
    return {
        theirs: [
            {
                "name": claim["name"],
                "essential": claim.get("essential", False),
                "additionalProperties": claim.get("additionalProperties", []),
                **({"source": claim["source"]} if claim.get("source") else {}),
            }
            for claim in declared.get(ours, [])
        ]
        for ours, theirs in CLAIM_TOKENS
    }


def _claims_state(claims: Mapping[str, Any]) -> dict[str, Any]:
    return {
        ours: [
            {
                "name": claim["name"],
                "essential": bool(claim.get("essential")),
                "additionalProperties": claim.get("additionalProperties") or [],
                "source": claim.get("source") or "",
            }
            for claim in claims.get(theirs) or []
        ]
        for ours, theirs in CLAIM_TOKENS
    }


def _web_state(web: Mapping[str, Any]) -> dict[str, Any]:
    implicit = web.get("implicitGrantSettings") or {}
    return {
        "homepageUrl": web.get("homePageUrl") or "",
        "implicitGrant": {
            "accessTokenIssuanceEnabled": bool(implicit.get("enableAccessTokenIssuance")),
            "idTokenIssuanceEnabled": bool(implicit.get("enableIdTokenIssuance")),
        },
        "logoutUrl": web.get("logoutUrl") or "",
        "redirectUris": web.get("redirectUris") or [],
    }


def _redirect_uris(application: Mapping[str, Any], platform: str) -> list[str]:
    return (application.get(platform) or {}).get("redirectUris") or []
