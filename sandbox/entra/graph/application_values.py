"""What the properties of an application may be, beyond their types.

https://learn.microsoft.com/graph/api/resources/application
Refusals without a source of their own are worded here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sandbox.entra.graph.errors import GraphError, bad_request

_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_LONGEST_URI = 256
_LONGEST_NAME = 256
_GROUP_CLAIMS = frozenset({"None", "SecurityGroup", "DirectoryRole", "ApplicationGroup", "All"})
_AUDIENCES = frozenset(
    {
        "AzureADMyOrg",
        "AzureADMultipleOrgs",
        "AzureADandPersonalMicrosoftAccount",
        "PersonalMicrosoftAccount",
    }
)


def check_values(after: Mapping[str, Any], changed: Mapping[str, Any], domain: str) -> None:
    """Check the properties in `changed` of an application that will be as `after`.

    Raises:
        GraphError: 400.
    """
    if "displayName" in changed:
        name = changed["displayName"]
        _require(isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME, "displayName")
    if "signInAudience" in changed:
        _require(changed["signInAudience"] in _AUDIENCES, "signInAudience")
    claims = changed.get("groupMembershipClaims")
    _require(
        claims is None
        or (
            isinstance(claims, str)
            and {part.strip() for part in claims.split(",")} <= _GROUP_CLAIMS
        ),
        "groupMembershipClaims",
    )
    _require(isinstance(changed.get("optionalClaims"), dict | None), "optionalClaims")
    for platform in ("web", "spa", "publicClient"):
        for uri in (changed.get(platform) or {}).get("redirectUris") or []:
            _check_redirect_uri(uri, platform)
    # https://learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions
    if after["api"].get("requestedAccessTokenVersion") != 2:
        for uri in changed.get("identifierUris") or []:
            _check_identifier_uri(uri, domain)


def _check_redirect_uri(uri: str, platform: str) -> None:
    """https://learn.microsoft.com/entra/identity-platform/reply-url"""
    parts = urlsplit(uri)
    plain_http = parts.scheme == "http" and parts.hostname not in _LOOPBACK
    if not parts.scheme or (platform != "publicClient" and plain_http):
        msg = (
            f"Invalid value specified for property '{platform}' of resource 'Application':"
            f" the redirect URI '{uri}' must use https, or http on localhost."
        )
        raise bad_request(msg)
    if len(uri) > _LONGEST_URI:
        msg = f"The redirect URI '{uri}' has more than {_LONGEST_URI} characters."
        raise bad_request(msg)


def _check_identifier_uri(uri: str, domain: str) -> None:
    """The wording: https://github.com/Azure/Industrial-IoT/pull/1432"""
    parts = urlsplit(uri)
    host = (parts.hostname or "").casefold()
    if parts.scheme == "api" or host == domain or host.endswith(f".{domain}"):
        return
    msg = (
        "Values of identifierUris property must use a verified domain of the organization or its"
        f" subdomain: '{uri}'"
    )
    raise GraphError(400, "HostNameNotOnVerifiedDomain", msg)


def _require(valid: object, name: str) -> None:
    if not valid:
        msg = f"Invalid value specified for property '{name}' of resource 'Application'."
        raise bad_request(msg)
