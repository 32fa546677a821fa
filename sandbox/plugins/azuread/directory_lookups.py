"""The lookups of people and groups: getUser, getUsers, getGroup.

https://www.pulumi.com/registry/packages/azuread/api-docs/getuser/
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from sandbox.plugins.azuread.graph import Graph, quoted
from sandbox.plugins.azuread.user_fields import (
    SELECT,
    SHORT_SELECT,
    short_user_state,
    user_state,
)
from sandbox.plugins.protocol.errors import ProviderError
from sandbox.plugins.protocol.resource import Properties

USER_KEYS: Final = ("userPrincipalName", "mail", "mailNickname", "employeeId")
GROUP_NAMES: Final = (
    ("description", "description"),
    ("displayName", "displayName"),
    ("mail", "mail"),
    ("mailNickname", "mailNickname"),
    ("onpremisesDomainName", "onPremisesDomainName"),
    ("onpremisesNetbiosName", "onPremisesNetBiosName"),
    ("onpremisesSamAccountName", "onPremisesSamAccountName"),
    ("onpremisesSecurityIdentifier", "onPremisesSecurityIdentifier"),
    ("preferredLanguage", "preferredLanguage"),
    ("theme", "theme"),
    ("visibility", "visibility"),
)
GROUP_FLAGS: Final = (
    ("assignableToRole", "isAssignableToRole"),
    ("mailEnabled", "mailEnabled"),
    ("onpremisesSyncEnabled", "onPremisesSyncEnabled"),
    ("securityEnabled", "securityEnabled"),
)
GROUP_LISTS: Final = (
    ("behaviors", "resourceBehaviorOptions"),
    ("provisioningOptions", "resourceProvisioningOptions"),
    ("proxyAddresses", "proxyAddresses"),
    ("types", "groupTypes"),
)


class DirectoryLookups:
    """Lookups in one tenant."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def user(self, arguments: Properties) -> dict[str, Any]:
        """Answer getUser.

        Raises:
            ProviderError: none or several match.
        """
        graph = self._graph
        object_id = arguments.get("objectId") or self._user_id(arguments)
        user = graph.get(f"v1.0/users/{object_id}", select=SELECT)
        return user_state(user, graph.find(f"v1.0/users/{object_id}/manager"))

    def users(self, arguments: Properties) -> dict[str, Any]:
        """Answer getUsers; `ignoreMissing` leaves out whoever is not found."""
        if arguments.get("returnAll"):
            found = self._graph.list("v1.0/users", select=SHORT_SELECT)
        else:
            found = self._users_named(arguments)
        users = [short_user_state(user) for user in found]
        ids = [user["objectId"] for user in users]
        return {
            "id": f"users#{hashlib.sha256(','.join(ids).encode()).hexdigest()[:32]}",
            "employeeIds": [user["employeeId"] for user in users if user["employeeId"]],
            "ignoreMissing": arguments.get("ignoreMissing", False),
            "mailNicknames": [user["mailNickname"] for user in users],
            "mails": [user["mail"] for user in users if user["mail"]],
            "objectIds": ids,
            "returnAll": arguments.get("returnAll", False),
            "userPrincipalNames": [user["userPrincipalName"] for user in users],
            "users": users,
        }

    def group(self, arguments: Properties) -> dict[str, Any]:
        """Answer getGroup.

        Raises:
            ProviderError: none or several match.
        """
        graph = self._graph
        if object_id := arguments.get("objectId"):
            group = graph.get(f"beta/groups/{object_id}")
        else:
            group = self._only_group(arguments)
        path = f"beta/groups/{group['id']}"
        transitive = arguments.get("includeTransitiveMembers", False)
        members = graph.list(f"{path}/{'transitiveMembers' if transitive else 'members'}")
        owners = graph.list(f"{path}/owners")
        return {
            **{ours: group.get(theirs) or "" for ours, theirs in GROUP_NAMES},
            **{ours: bool(group.get(theirs)) for ours, theirs in GROUP_FLAGS},
            **{ours: group.get(theirs) or [] for ours, theirs in GROUP_LISTS},
            "autoSubscribeNewMembers": False,
            "dynamicMemberships": [],
            "externalSendersAllowed": False,
            "hideFromAddressLists": False,
            "hideFromOutlookClients": False,
            "id": group["id"],
            "includeTransitiveMembers": transitive,
            "members": [member["id"] for member in members],
            "objectId": group["id"],
            "onpremisesGroupType": "",
            "owners": [owner["id"] for owner in owners],
            "writebackEnabled": False,
        }

    def _user_id(self, arguments: Properties) -> str:
        for key in USER_KEYS:
            if value := arguments.get(key):
                found = self._graph.list("v1.0/users", filter=f"{key} eq {quoted(value)}")
                if len(found) != 1:
                    msg = f"{len(found)} users have the {key} {value!r}, not one"
                    raise ProviderError(msg)
                return found[0]["id"]
        msg = f"getUser needs one of objectId, {', '.join(USER_KEYS)}"
        raise ProviderError(msg)

    def _users_named(self, arguments: Properties) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        missing: list[str] = []
        for key in USER_KEYS:
            for value in arguments.get(f"{key}s", []):
                condition = f"{key} eq {quoted(value)}"
                users = self._graph.list("v1.0/users", filter=condition, select=SHORT_SELECT)
                found += users
                missing += [] if users else [f"{key} {value!r}"]
        for object_id in arguments.get("objectIds", []):
            user = self._graph.find(f"v1.0/users/{object_id}", select=SHORT_SELECT)
            found += [user] if user else []
            missing += [] if user else [f"objectId {object_id!r}"]
        if missing and not arguments.get("ignoreMissing"):
            msg = f"no user has {', '.join(missing)}; ignoreMissing would leave them out"
            raise ProviderError(msg)
        return found

    def _only_group(self, arguments: Properties) -> Mapping[str, Any]:
        conditions = [
            f"{key} eq {quoted(arguments[key])}"
            for key in ("displayName", "mailNickname")
            if arguments.get(key)
        ]
        if not conditions:
            msg = "getGroup needs one of objectId, displayName, mailNickname"
            raise ProviderError(msg)
        conditions += [
            f"{key} eq {str(arguments[key]).lower()}"
            for key in ("mailEnabled", "securityEnabled")
            if key in arguments
        ]
        condition = " and ".join(conditions)
        found = self._graph.list("beta/groups", filter=condition)
        if len(found) != 1:
            msg = f"{len(found)} groups match {condition}, not one"
            raise ProviderError(msg)
        return found[0]
