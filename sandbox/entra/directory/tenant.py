"""The store: one tenant's directory.

It keeps objects and finds them; what may be done, and by whom, is decided by `login` and `graph`.
Nothing here locks: callers hold the lock of `Entra` while they use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sandbox.entra.directory.changes import Changes
from sandbox.entra.directory.memberships import Memberships
from sandbox.entra.directory.objects import (
    Application,
    AppRoleAssignment,
    ClaimsMappingPolicy,
    DelegatedPermissionGrant,
    Deleted,
    DirectoryObject,
    ExtensionProperty,
    Group,
    ServicePrincipal,
    User,
)
from sandbox.entra.directory.table import Table

_EXTENSION_NAME = re.compile(r"extension_([0-9a-f]{32})_(.+)", re.IGNORECASE)


class Tenant:
    """The directory of one tenant."""

    def __init__(self, *, tenant_id: str, domain: str, display_name: str) -> None:
        self.tenant_id = tenant_id
        self.domain = domain
        self.display_name = display_name
        self.changes = changes = Changes()
        self.users: Table[User] = Table(
            *("userPrincipalName", "mail", "displayName", "mailNickname", "employeeId"),
            changes=changes,
        )
        self.groups: Table[Group] = Table("displayName", "mailNickname", changes=changes)
        self.memberships = Memberships(changes)
        self.applications: Table[Application] = Table("appId", "displayName", changes=changes)
        self.service_principals: Table[ServicePrincipal] = Table("appId", changes=changes)
        self.claims_mapping_policies: Table[ClaimsMappingPolicy] = Table(
            "displayName", changes=changes
        )
        self.app_role_assignments: Table[AppRoleAssignment] = Table(
            "principalId", "resourceId", changes=changes
        )
        self.permission_grants: Table[DelegatedPermissionGrant] = Table("clientId", changes=changes)
        self.recycle_bin: Table[Deleted] = Table(changes=changes)

    def answers_to(self, name: str) -> bool:
        """Tell whether `name` in an address means this tenant: its id or its domain."""
        return name.casefold() in {self.tenant_id, self.domain}

    def application_of(self, app_id: str) -> Application | None:
        """Return the application with this client id."""
        return next(iter(self.applications.find("appId", app_id)), None)

    def service_principal_of(self, app_id: str) -> ServicePrincipal | None:
        """Return the service principal of the application with this client id."""
        return next(iter(self.service_principals.find("appId", app_id)), None)

    def user_called(self, name: str) -> User | None:
        """Return the user with this object id or user principal name."""
        return self.users.get(name) or next(iter(self.users.find("userPrincipalName", name)), None)

    def object(self, object_id: str) -> DirectoryObject | None:
        """Return the directory object of any kind with this id."""
        for table in (
            self.users,
            self.groups,
            self.applications,
            self.service_principals,
            self.claims_mapping_policies,
        ):
            if found := table.get(object_id):
                return found
        return None

    def extension_property(self, name: str) -> ExtensionProperty | None:
        """Return the definition of an available extension property, its name compared without case.

        Available means: registered, on an application that has a service principal in the tenant.
        https://learn.microsoft.com/graph/extensibility-overview#directory-microsoft-entra-id-extensions
        """
        match = _EXTENSION_NAME.fullmatch(name)
        if not match:
            return None
        digits = match[1].casefold()
        app_id = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        application = self.application_of(app_id)
        if application is None or self.service_principal_of(app_id) is None:
            return None
        for definition in application.extension_properties.values():
            if definition.name.casefold() == name.casefold():
                return definition
        return None

    def available_extension_properties(self) -> Iterator[tuple[Application, ExtensionProperty]]:
        """Yield every available definition with the application that owns it."""
        for application in self.applications:
            if self.service_principal_of(application.app_id):
                for definition in application.extension_properties.values():
                    yield application, definition

    def table_of(self, item: DirectoryObject) -> Table[Any]:
        """Return the table that objects of this kind are in while they are not deleted."""
        return {
            User.odata_type: self.users,
            Group.odata_type: self.groups,
            Application.odata_type: self.applications,
            ServicePrincipal.odata_type: self.service_principals,
            ClaimsMappingPolicy.odata_type: self.claims_mapping_policies,
        }[item.odata_type]

    def delete_claims_mapping_policy(self, policy: ClaimsMappingPolicy) -> None:
        """Delete a policy and its assignments; there is no recycle bin for policies."""
        for holder in self.service_principals:
            if policy.object_id in holder.claims_mapping_policy_ids:
                remaining = [
                    other for other in holder.claims_mapping_policy_ids if other != policy.object_id
                ]
                self.service_principals.change(holder, claims_mapping_policy_ids=remaining)
        self.claims_mapping_policies.remove(policy)
