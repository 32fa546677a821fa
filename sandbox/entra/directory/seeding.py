"""Fills a tenant with what a scenario says is there before anything is declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.entra import microsoft_graph
from sandbox.entra.directory.new_objects import (
    application_properties,
    group_properties,
    service_principal_properties,
    timestamp,
    user_properties,
)
from sandbox.entra.directory.objects import (
    Application,
    AppRoleAssignment,
    ClientSecret,
    Group,
    ServicePrincipal,
    User,
)
from sandbox.entra.directory.population import populate
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.identifiers import Identifiers, stable_id
from sandbox.entra.scenario import Scenario

_SECRET_LIFETIME = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployer:
    """The identity that runs Pulumi. `object_id` is its service principal's."""

    client_id: str
    client_secret: str = field(repr=False)
    object_id: str


def tenant_of(scenario: Scenario, ids: Identifiers, now: datetime) -> Tenant:
    """Return a tenant with the scenario's people and groups, and Microsoft Graph in it."""
    tenant = Tenant(
        tenant_id=scenario.tenant_id.casefold(),
        domain=scenario.domain.casefold(),
        display_name=scenario.display_name,
    )
    for group in scenario.groups:
        properties = group_properties(group.display_name, now) | {"description": group.description}
        tenant.groups.add(Group(object_id=group.object_id, properties=properties))
    for group in scenario.groups:
        for parent in group.member_of:
            tenant.memberships.add(scenario.group(parent).object_id, group.object_id)
    group_ids = {group.display_name: group.object_id for group in scenario.groups}
    for person in scenario.people:
        properties = user_properties(person.user_principal_name, timestamp(now)) | {
            "displayName": person.display_name,
            "givenName": person.given_name,
            "surname": person.surname,
            "mail": person.mail,
            "userType": person.user_type,
            "creationType": "Invitation" if person.user_type == "Guest" else None,
        }
        tenant.users.add(
            User(
                object_id=person.object_id,
                properties=properties,
                password=ids.opaque(),
                directory_roles=frozenset(person.directory_roles),
            )
        )
        for group in person.groups:
            tenant.memberships.add(group_ids[group], person.object_id)
    if scenario.population:
        populate(tenant, scenario.population, ids, now)
    _add_microsoft_graph(tenant, now)
    return tenant


def add_deployer(tenant: Tenant, scenario: Scenario, ids: Identifiers, now: datetime) -> Deployer:
    """Register the scenario's deployer, with consent to its application roles."""
    name = scenario.deployer.display_name
    client_id = stable_id(tenant.tenant_id, "client-id", name)
    secret = ids.client_secret()
    key_id, ends = ids.guid(), now + _SECRET_LIFETIME
    application = Application(
        object_id=stable_id(tenant.tenant_id, "application", name),
        properties=application_properties(client_id, tenant.domain, now)
        | {
            "displayName": name,
            "passwordCredentials": [
                {
                    "keyId": key_id,
                    "displayName": "sandbox",
                    "hint": secret[:3],
                    "secretText": None,
                    "startDateTime": timestamp(now),
                    "endDateTime": timestamp(ends),
                    "customKeyIdentifier": None,
                }
            ],
        },
        secrets={
            key_id: ClientSecret(key_id=key_id, digest=ClientSecret.digest_of(secret), ends=ends)
        },
    )
    service_principal = ServicePrincipal(
        object_id=stable_id(tenant.tenant_id, "service-principal", name),
        properties=service_principal_properties(client_id, now),
    )
    tenant.applications.add(application)
    tenant.service_principals.add(service_principal)
    graph = tenant.service_principal_of(microsoft_graph.APP_ID)
    if graph is None:
        msg = "the tenant has no service principal of Microsoft Graph; make it with tenant_of"
        raise ValueError(msg)
    for role in scenario.deployer.graph_roles:
        tenant.app_role_assignments.add(
            AppRoleAssignment(
                object_id=ids.url_safe_id(),
                properties={
                    "appRoleId": microsoft_graph.APP_ROLE_IDS[role],
                    "principalId": service_principal.object_id,
                    "principalType": "ServicePrincipal",
                    "principalDisplayName": name,
                    "resourceId": graph.object_id,
                    "resourceDisplayName": "Microsoft Graph",
                    "createdDateTime": timestamp(now),
                    "deletedDateTime": None,
                },
            )
        )
    return Deployer(
        client_id=client_id, client_secret=secret, object_id=service_principal.object_id
    )


def _add_microsoft_graph(tenant: Tenant, now: datetime) -> None:
    tenant.service_principals.add(
        ServicePrincipal(
            object_id=stable_id(tenant.tenant_id, "service-principal", "Microsoft Graph"),
            properties=service_principal_properties(microsoft_graph.APP_ID, now)
            | {
                # The application itself is in Microsoft's tenant, so these are not derived.
                "displayName": "Microsoft Graph",
                "appDisplayName": "Microsoft Graph",
                "appOwnerOrganizationId": "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
                "appRoles": microsoft_graph.app_roles(),
                "oauth2PermissionScopes": microsoft_graph.permission_scopes(),
                "replyUrls": [],
                "servicePrincipalNames": [microsoft_graph.APP_ID, microsoft_graph.PUBLIC_URI],
                "signInAudience": "AzureADMultipleOrgs",
            },
        )
    )
