"""The kinds of objects in the directory.

`properties` is what Microsoft Graph shows of an object, by Graph's names; the attributes beside it
are what Graph shows elsewhere (owners, credentials) or nowhere (secrets).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

GLOBAL_ADMINISTRATOR = "Global Administrator"


@dataclass(slots=True, kw_only=True, eq=False)
class DirectoryObject:
    """Anything with an object id. `object_id` is a GUID in lower case, except for grants."""

    object_id: str
    properties: dict[str, Any]

    odata_type: ClassVar[str]

    @property
    def display_name(self) -> str:
        """The name that people know the object by."""
        return str(self.properties.get("displayName", ""))


@dataclass(slots=True, kw_only=True, eq=False)
class User(DirectoryObject):
    """A person. https://learn.microsoft.com/graph/api/resources/user"""

    odata_type: ClassVar[str] = "#microsoft.graph.user"
    extension_values: dict[str, Any] = field(default_factory=dict)
    """Values of directory extension properties, also of those whose definition is gone."""
    password: str = field(repr=False)
    directory_roles: frozenset[str] = frozenset()
    """Display names, as in https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference."""

    @property
    def user_principal_name(self) -> str:
        """The name in the tenant; a guest's has `#EXT#` in it."""
        return self.properties["userPrincipalName"]

    @property
    def mail(self) -> str | None:
        """The mail address; it is not always unique."""
        return self.properties.get("mail")

    @property
    def is_guest(self) -> bool:
        """Whether the person's account belongs to another organisation."""
        return self.properties.get("userType") == "Guest"


@dataclass(slots=True, kw_only=True, eq=False)
class Group(DirectoryObject):
    """A group. https://learn.microsoft.com/graph/api/resources/group"""

    odata_type: ClassVar[str] = "#microsoft.graph.group"
    owner_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionProperty:
    """https://learn.microsoft.com/graph/api/resources/extensionproperty"""

    property_id: str
    name: str
    """The full name: `extension_<client id without hyphens>_<name>`."""
    data_type: str
    target_objects: tuple[str, ...]
    is_multi_valued: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecret:
    """A password credential; only a digest of the secret is kept."""

    key_id: str
    digest: bytes = field(repr=False)
    ends: datetime

    @staticmethod
    def digest_of(secret: str) -> bytes:
        """Return the digest that is kept of a secret."""
        return hashlib.sha256(secret.encode()).digest()

    def matches(self, secret: str) -> bool:
        """Tell whether this is the secret, expired or not."""
        return hmac.compare_digest(self.digest, self.digest_of(secret))


@dataclass(slots=True, kw_only=True, eq=False)
class Application(DirectoryObject):
    """A registration. https://learn.microsoft.com/graph/api/resources/application"""

    odata_type: ClassVar[str] = "#microsoft.graph.application"
    owner_ids: list[str] = field(default_factory=list)
    secrets: dict[str, ClientSecret] = field(default_factory=dict, repr=False)
    certificates: dict[str, bytes] = field(default_factory=dict)
    """Of `keyCredentials`, in DER, by key id."""
    federated_credentials: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By id. https://learn.microsoft.com/graph/api/resources/federatedidentitycredential"""
    extension_properties: dict[str, ExtensionProperty] = field(default_factory=dict)
    """By id."""

    @property
    def app_id(self) -> str:
        """The client id."""
        return self.properties["appId"]

    @property
    def accepts_mapped_claims(self) -> bool:
        """Whether `api.acceptMappedClaims` is set."""
        return self.properties["api"].get("acceptMappedClaims") is True


@dataclass(slots=True, kw_only=True, eq=False)
class ServicePrincipal(DirectoryObject):
    """An application's identity in the tenant.

    https://learn.microsoft.com/graph/api/resources/serviceprincipal
    """

    odata_type: ClassVar[str] = "#microsoft.graph.servicePrincipal"
    owner_ids: list[str] = field(default_factory=list)
    claims_mapping_policy_ids: list[str] = field(default_factory=list)

    @property
    def app_id(self) -> str:
        """The client id of the application that it is an identity of."""
        return self.properties["appId"]

    @property
    def assignment_required(self) -> bool:
        """Whether only assigned users and members of assigned groups may sign in."""
        return self.properties.get("appRoleAssignmentRequired") is True


@dataclass(slots=True, kw_only=True, eq=False)
class ClaimsMappingPolicy(DirectoryObject):
    """https://learn.microsoft.com/graph/api/resources/claimsmappingpolicy"""

    odata_type: ClassVar[str] = "#microsoft.graph.claimsMappingPolicy"


@dataclass(slots=True, kw_only=True, eq=False)
class AppRoleAssignment(DirectoryObject):
    """https://learn.microsoft.com/graph/api/resources/approleassignment"""

    odata_type: ClassVar[str] = "#microsoft.graph.appRoleAssignment"


@dataclass(slots=True, kw_only=True, eq=False)
class DelegatedPermissionGrant(DirectoryObject):
    """https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant"""

    odata_type: ClassVar[str] = "#microsoft.graph.oAuth2PermissionGrant"

    @property
    def scopes(self) -> frozenset[str]:
        """The delegated permissions granted."""
        return frozenset(str(self.properties.get("scope") or "").split())


@dataclass(slots=True, kw_only=True, eq=False)
class Deleted(DirectoryObject):
    """Something in the recycle bin, with what hung on it; its properties are the item's own."""

    odata_type: ClassVar[str] = ""
    item: DirectoryObject
    deleted: datetime
    user_principal_name: str | None = None
    """A user's own; in the bin the id is put before it, so that the name is free."""
    group_ids: tuple[str, ...] = ()
    member_ids: tuple[str, ...] = ()
    assignments: tuple[AppRoleAssignment, ...] = ()
    grants: tuple[DelegatedPermissionGrant, ...] = ()
