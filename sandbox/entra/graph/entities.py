"""How each kind of directory object is shown: which properties, and which of them by default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sandbox.entra.directory.new_objects import (
    USER_PROPERTY_NAMES,
    application_properties,
    group_properties,
    service_principal_properties,
)
from sandbox.entra.directory.objects import DirectoryObject, ServicePrincipal
from sandbox.entra.directory.tenant import Tenant

_NEVER = datetime.fromtimestamp(0, UTC)
_EXTENSION = "extension_"

Getter = Callable[[Any], Any]
"""Reads one property of an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One kind of directory object as Graph shows it."""

    collection: str
    """Its name in addresses and in `@odata.context`."""
    names: frozenset[str]
    """Every property that can be selected, extension properties aside."""
    default: tuple[str, ...]
    """What v1.0 shows without `$select`; beta shows everything."""
    getter: Callable[[Tenant, str], Getter]
    """Finds out once how a property is read, for the many objects of a page."""

    def knows(self, name: str) -> bool:
        """Tell whether a property can be asked for."""
        return name in self.names or (self.collection == "users" and name.startswith(_EXTENSION))

    def read(self, tenant: Tenant, item: DirectoryObject, name: str) -> Any:
        """Return one property of an object."""
        return self.getter(tenant, name)(item)


def _plain(tenant: Tenant, name: str) -> Getter:  # noqa: ARG001
    if name == "id":
        return lambda item: item.object_id
    return lambda item: item.properties.get(name)


def _user(tenant: Tenant, name: str) -> Getter:
    if not name.startswith(_EXTENSION):
        return _plain(tenant, name)
    definition = tenant.extension_property(name)
    if definition is None:
        return lambda _: None
    return lambda user: user.extension_values.get(definition.name)


def _service_principal(tenant: Tenant, name: str) -> Getter:
    plain, derived = _plain(tenant, name), _DERIVED.get(name)
    if derived is None:
        return plain

    def read(item: ServicePrincipal) -> Any:
        application = tenant.application_of(item.app_id)
        return derived(tenant, application.properties) if application else plain(item)

    return read


_DERIVED: Mapping[str, Callable[[Tenant, dict[str, Any]], Any]] = MappingProxyType(
    {
        "appDescription": lambda _, application: application["description"],
        "appDisplayName": lambda _, application: application["displayName"],
        "appOwnerOrganizationId": lambda tenant, _: tenant.tenant_id,
        "appRoles": lambda _, application: application["appRoles"],
        "displayName": lambda _, application: application["displayName"],
        "oauth2PermissionScopes": lambda _, application: application["api"][
            "oauth2PermissionScopes"
        ],
        "replyUrls": lambda _, application: [
            uri
            for platform in ("web", "spa", "publicClient")
            for uri in application[platform]["redirectUris"]
        ],
        "servicePrincipalNames": lambda _, application: [
            application["appId"],
            *application["identifierUris"],
        ],
        "signInAudience": lambda _, application: application["signInAudience"],
    }
)
"""What the application decides: https://learn.microsoft.com/graph/api/resources/serviceprincipal"""

_USER_NAMES = ("id", *USER_PROPERTY_NAMES)
_GROUP_NAMES = ("id", *group_properties("", _NEVER))
_APPLICATION_NAMES = ("id", *application_properties("", "", _NEVER))
_SERVICE_PRINCIPAL_NAMES = ("id", *service_principal_properties("", _NEVER), *_DERIVED)
_POLICY_NAMES = ("id", "deletedDateTime", "definition", "displayName", "isOrganizationDefault")
_ASSIGNMENT_NAMES = (
    *("id", "deletedDateTime", "appRoleId", "createdDateTime", "principalDisplayName"),
    *("principalId", "principalType", "resourceDisplayName", "resourceId"),
)
_GRANT_NAMES = ("id", "clientId", "consentType", "principalId", "resourceId", "scope")

USERS = Entity(
    collection="users",
    names=frozenset(_USER_NAMES),
    # https://learn.microsoft.com/graph/api/user-list: "a default set of properties"
    default=(
        *("id", "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone"),
        *("officeLocation", "preferredLanguage", "surname", "userPrincipalName"),
    ),
    getter=_user,
)
GROUPS = Entity(
    collection="groups", names=frozenset(_GROUP_NAMES), default=_GROUP_NAMES, getter=_plain
)
APPLICATIONS = Entity(
    collection="applications",
    names=frozenset(_APPLICATION_NAMES),
    default=_APPLICATION_NAMES,
    getter=_plain,
)
SERVICE_PRINCIPALS = Entity(
    collection="servicePrincipals",
    names=frozenset(_SERVICE_PRINCIPAL_NAMES),
    default=_SERVICE_PRINCIPAL_NAMES,
    getter=_service_principal,
)
CLAIMS_MAPPING_POLICIES = Entity(
    collection="policies/claimsMappingPolicies",
    names=frozenset(_POLICY_NAMES),
    default=_POLICY_NAMES,
    getter=_plain,
)
APP_ROLE_ASSIGNMENTS = Entity(
    collection="appRoleAssignments",
    names=frozenset(_ASSIGNMENT_NAMES),
    default=_ASSIGNMENT_NAMES,
    getter=_plain,
)
PERMISSION_GRANTS = Entity(
    collection="oauth2PermissionGrants",
    names=frozenset(_GRANT_NAMES),
    default=_GRANT_NAMES,
    getter=_plain,
)
_BY_TYPE: Mapping[str, Entity] = MappingProxyType(
    {
        "#microsoft.graph.user": USERS,
        "#microsoft.graph.group": GROUPS,
        "#microsoft.graph.application": APPLICATIONS,
        "#microsoft.graph.servicePrincipal": SERVICE_PRINCIPALS,
        "#microsoft.graph.claimsMappingPolicy": CLAIMS_MAPPING_POLICIES,
    }
)


def entity_of(item: DirectoryObject | type[DirectoryObject]) -> Entity:
    """Return how an object of any kind, or a kind, is shown."""
    return _BY_TYPE[item.odata_type]


def known_to_any(name: str) -> bool:
    """Tell whether any kind of directory object has this property."""
    return any(entity.knows(name) for entity in _BY_TYPE.values())


def shower(
    entity: Entity, tenant: Tenant, names: tuple[str, ...]
) -> Callable[[Any], dict[str, Any]]:
    """Return what shows these properties; extension properties without a value are left out."""
    getters = [(name, entity.getter(tenant, name)) for name in names]
    always = [pair for pair in getters if not pair[0].startswith(_EXTENSION)]
    with_value = [pair for pair in getters if pair[0].startswith(_EXTENSION)]

    def show(item: DirectoryObject) -> dict[str, Any]:
        shown = {name: read(item) for name, read in always}
        for name, read in with_value:
            if (value := read(item)) is not None:
                shown[name] = value
        return shown

    return show
