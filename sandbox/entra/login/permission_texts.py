"""What a consent page says about a permission, for people.

https://learn.microsoft.com/entra/identity-platform/scopes-oidc and the permissions' own
descriptions (https://learn.microsoft.com/graph/permissions-reference). Worded after them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "openid": (
            "Sign you in",
            "Allows you to sign in to the app with your work or school account.",
        ),
        "profile": (
            "View your basic profile",
            "Allows the app to see your basic profile (e.g., name, picture, user name, email"
            " address).",
        ),
        "email": (
            "View your email address",
            "Allows the app to read your primary email address.",
        ),
        "offline_access": (
            "Maintain access to data you have given it access to",
            "Allows the app to see and update the data you gave it access to, even when you are not"
            " currently using the app. This does not give the app any additional permissions.",
        ),
        "User.Read": (
            "Sign you in and read your profile",
            "Allows you to sign in to the app with your work account and lets the app read your"
            " profile.",
        ),
        "User.ReadBasic.All": (
            "Read all users' basic profiles",
            "Allows the app to read a basic set of profile properties of other users in your"
            " organization on your behalf.",
        ),
        "User.Read.All": (
            "Read all users' full profiles",
            "Allows the app to read the full set of profile properties of all users in your"
            " organization, on your behalf.",
        ),
        "Group.Read.All": (
            "Read all groups",
            "Allows the app to list groups, and to read their properties and all group memberships"
            " on your behalf.",
        ),
        "Directory.Read.All": (
            "Read directory data",
            "Allows the app to read data in your organization's directory.",
        ),
    }
)


def permission_text(scope: Mapping[str, Any]) -> tuple[str, str]:
    """Return title and description of an entry of `oauth2PermissionScopes`."""
    if found := _TEXTS.get(scope["value"]):
        return found
    title = scope.get("userConsentDisplayName") or scope.get("adminConsentDisplayName")
    text = scope.get("userConsentDescription") or scope.get("adminConsentDescription")
    return str(title or scope["value"]), str(text or "")
