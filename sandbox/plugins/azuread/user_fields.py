"""The properties of a user as getUser gives them: Pulumi's names and Graph's.

https://learn.microsoft.com/graph/api/resources/user
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

SAME_NAMES: Final = (
    "accountEnabled",
    "ageGroup",
    "businessPhones",
    "city",
    "companyName",
    "consentProvidedForMinor",
    "country",
    "creationType",
    "department",
    "displayName",
    "employeeHireDate",
    "employeeId",
    "employeeType",
    "externalUserState",
    "faxNumber",
    "givenName",
    "imAddresses",
    "jobTitle",
    "mail",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "otherMails",
    "postalCode",
    "preferredLanguage",
    "proxyAddresses",
    "showInAddressList",
    "state",
    "streetAddress",
    "surname",
    "usageLocation",
    "userPrincipalName",
    "userType",
)
ON_PREMISES: Final = (
    ("onpremisesDistinguishedName", "onPremisesDistinguishedName"),
    ("onpremisesDomainName", "onPremisesDomainName"),
    ("onpremisesImmutableId", "onPremisesImmutableId"),
    ("onpremisesSamAccountName", "onPremisesSamAccountName"),
    ("onpremisesSecurityIdentifier", "onPremisesSecurityIdentifier"),
    ("onpremisesSyncEnabled", "onPremisesSyncEnabled"),
    ("onpremisesUserPrincipalName", "onPremisesUserPrincipalName"),
)
LISTS: Final = ("businessPhones", "imAddresses", "otherMails", "proxyAddresses")
FLAGS: Final = ("accountEnabled", "onpremisesSyncEnabled", "showInAddressList")
SELECT: Final = ",".join(
    [*SAME_NAMES, "employeeOrgData", "id", *(theirs for _, theirs in ON_PREMISES)]
)
# What getUsers says of each user.
SHORT: Final = (
    "accountEnabled",
    "displayName",
    "employeeId",
    "mail",
    "mailNickname",
    "onpremisesImmutableId",
    "onpremisesSamAccountName",
    "onpremisesUserPrincipalName",
    "usageLocation",
    "userPrincipalName",
)
SHORT_SELECT: Final = ",".join(["id", *(dict(ON_PREMISES).get(name, name) for name in SHORT)])


def user_state(user: Mapping[str, Any], manager: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return getUser's answer for a user of Graph."""
    organisation = user.get("employeeOrgData") or {}
    names = [(name, name) for name in SAME_NAMES] + list(ON_PREMISES)
    return {
        **{ours: _value(user, ours, theirs) for ours, theirs in names},
        "costCenter": organisation.get("costCenter") or "",
        "division": organisation.get("division") or "",
        "id": user["id"],
        "managerId": manager["id"] if manager else "",
        "objectId": user["id"],
    }


def short_user_state(user: Mapping[str, Any]) -> dict[str, Any]:
    """Return one entry of getUsers' answer."""
    theirs = dict(ON_PREMISES)
    return {
        **{name: _value(user, name, theirs.get(name, name)) for name in SHORT},
        "objectId": user["id"],
    }


def _value(user: Mapping[str, Any], ours: str, theirs: str) -> Any:
    if ours in LISTS:
        return user.get(theirs) or []
    if ours in FLAGS:
        return bool(user.get(theirs))
    return user.get(theirs) or ""
