"""Who may sign in to an application, and what it may do for them.

https://learn.microsoft.com/entra/identity-platform/permissions-consent-overview
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.entra import microsoft_graph
from sandbox.entra.directory.objects import (
    Application,
    DelegatedPermissionGrant,
    ServicePrincipal,
    User,
)
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.directory_roles import MAY_CONSENT_FOR_EVERYBODY
from sandbox.entra.identifiers import Identifiers
from sandbox.entra.login.access_errors import CONSENT_REQUIRED, USER_NOT_ASSIGNED
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.scopes import RequestedScopes, offered_permissions


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingConsent:
    """Permissions that nobody has granted yet, by resource; empty when nothing is missing."""

    permissions: tuple[tuple[ServicePrincipal, frozenset[str]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.permissions)


def granted_permissions(
    tenant: Tenant, client: ServicePrincipal, resource: ServicePrincipal, user: User
) -> frozenset[str]:
    """Return the delegated permissions that `client` has on `resource` for `user`."""
    granted: set[str] = set()
    for grant in tenant.permission_grants.find("clientId", client.object_id):
        if grant.properties["resourceId"] != resource.object_id:
            continue
        if grant.properties["consentType"] == "AllPrincipals" or (
            grant.properties["principalId"] == user.object_id
        ):
            granted |= grant.scopes
    return frozenset(granted)


def require_assignment(tenant: Tenant, client: ServicePrincipal, user: User) -> None:
    """Refuse users who are not assigned, when the application requires it.

    Only direct members of an assigned group count:
    https://learn.microsoft.com/entra/identity/enterprise-apps/assign-user-or-group-access-portal

    Raises:
        LoginError: AADSTS50105.
    """
    if not client.assignment_required:
        return
    assigned = {
        assignment.properties["principalId"]
        for assignment in tenant.app_role_assignments.find("resourceId", client.object_id)
    }
    if assigned.isdisjoint({user.object_id, *tenant.memberships.groups(user.object_id)}):
        application = tenant.application_of(client.app_id)
        raise LoginError(
            USER_NOT_ASSIGNED,
            name=application.display_name if application else client.app_id,
            app_id=client.app_id,
            login=user.user_principal_name,
        )


def asked_v2(tenant: Tenant, application: Application, asked: RequestedScopes) -> MissingConsent:
    """Return all that a v2 request asks for, granted or not."""
    wanted: dict[str, set[str]] = {}
    graph = tenant.service_principal_of(microsoft_graph.APP_ID)
    if graph and asked.openid:
        wanted.setdefault(microsoft_graph.APP_ID, set()).update(asked.openid)
    if asked.permissions:
        wanted.setdefault(asked.resource.app_id, set()).update(asked.permissions)
    if asked.default:
        for resource, permissions in _listed(tenant, application):
            wanted.setdefault(resource.app_id, set()).update(permissions)
    return _by_resource(tenant, wanted)


def asked_v1(tenant: Tenant, application: Application) -> MissingConsent:
    """Return all that a v1 request asks for: what the registration lists, and signing in."""
    wanted = {
        resource.app_id: set(permissions) for resource, permissions in _listed(tenant, application)
    }
    client = tenant.service_principal_of(application.app_id)
    if client is None or not tenant.permission_grants.find("clientId", client.object_id):
        wanted.setdefault(microsoft_graph.APP_ID, set()).add("openid")
    return _by_resource(tenant, wanted)


def missing(
    tenant: Tenant, application: Application, user: User, asked: MissingConsent
) -> MissingConsent:
    """Return what of `asked` has not been granted."""
    client = tenant.service_principal_of(application.app_id)
    lacking = (
        (
            resource,
            permissions
            - (granted_permissions(tenant, client, resource, user) if client else set()),
        )
        for resource, permissions in asked.permissions
    )
    return MissingConsent(permissions=tuple((r, p) for r, p in lacking if p))


def require_consent_v2(
    tenant: Tenant, application: Application, user: User, asked: RequestedScopes
) -> frozenset[str]:
    """Return the permissions that an access token gets, once all that is asked for is granted.

    Raises:
        LoginError: AADSTS65001.
    """
    client = tenant.service_principal_of(application.app_id)
    graph = tenant.service_principal_of(microsoft_graph.APP_ID)
    if client is None or graph is None:
        raise not_consented(application)
    on_graph = granted_permissions(tenant, client, graph, user)
    granted = granted_permissions(tenant, client, asked.resource, user)
    if not asked.openid <= on_graph or not asked.permissions <= granted:
        raise not_consented(application)
    if asked.default:
        if not granted:
            raise not_consented(application)
        return granted - microsoft_graph.OPENID_SCOPES | asked.openid
    return asked.permissions | asked.openid


def require_consent_v1(
    tenant: Tenant, application: Application, user: User, resource: ServicePrincipal
) -> frozenset[str]:
    """Return the permissions that an access token gets.

    A v1 client asks for nothing: what its registration lists counts, and must be granted.

    Raises:
        LoginError: AADSTS65001.
    """
    client = tenant.service_principal_of(application.app_id)
    if client is None or not tenant.permission_grants.find("clientId", client.object_id):
        raise not_consented(application)
    for listed, wanted in _listed(tenant, application):
        if not wanted <= granted_permissions(tenant, client, listed, user):
            raise not_consented(application)
    return granted_permissions(tenant, client, resource, user)


def grant(
    tenant: Tenant,
    ids: Identifiers,
    client: ServicePrincipal,
    user: User | None,
    asked: MissingConsent,
) -> None:
    """Record consent: of one person, or, with `user` None, of the organization for everybody."""
    principal_id = user.object_id if user else None
    kind = "Principal" if user else "AllPrincipals"
    for resource, permissions in asked.permissions:
        key = {
            "clientId": client.object_id,
            "consentType": kind,
            "principalId": principal_id,
            "resourceId": resource.object_id,
        }
        for existing in tenant.permission_grants.find("clientId", client.object_id):
            if all(existing.properties[name] == value for name, value in key.items()):
                scope = " ".join(sorted(existing.scopes | permissions))
                tenant.permission_grants.update(existing, {"scope": scope})
                break
        else:
            properties = key | {"scope": " ".join(sorted(permissions))}
            tenant.permission_grants.add(
                DelegatedPermissionGrant(object_id=ids.url_safe_id(), properties=properties)
            )


def may_consent_for_everybody(user: User) -> bool:
    """Tell whether one of the person's directory roles allows consent for the organization."""
    return not MAY_CONSENT_FOR_EVERYBODY.isdisjoint(user.directory_roles)


def needs_an_administrator(tenant: Tenant, asked: MissingConsent) -> bool:
    """Tell whether a permission is of the kind that only administrators consent to."""
    return any(
        scope["type"] == "Admin"
        for resource, permissions in asked.permissions
        for scope in offered_permissions(resource, tenant)
        if scope["value"] in permissions
    )


def not_consented(application: Application) -> LoginError:
    """Return AADSTS65001."""
    return LoginError(CONSENT_REQUIRED, app_id=application.app_id, name=application.display_name)


def _listed(
    tenant: Tenant, application: Application
) -> Iterator[tuple[ServicePrincipal, frozenset[str]]]:
    """Yield the delegated permissions of `requiredResourceAccess`, by resource.

    Raises:
        LoginError: AADSTS65001, a resource or a permission that the tenant does not have.
    """
    for access in application.properties["requiredResourceAccess"]:
        resource = tenant.service_principal_of(access["resourceAppId"])
        if resource is None:
            raise not_consented(application)
        values = {scope["id"]: scope["value"] for scope in offered_permissions(resource, tenant)}
        wanted = [
            values.get(entry["id"])
            for entry in access["resourceAccess"]
            if entry["type"] == "Scope"
        ]
        if None in wanted:
            raise not_consented(application)
        yield resource, frozenset(value for value in wanted if value)


def _by_resource(tenant: Tenant, wanted: dict[str, set[str]]) -> MissingConsent:
    found = ((tenant.service_principal_of(app_id), names) for app_id, names in wanted.items())
    return MissingConsent(
        permissions=tuple((resource, frozenset(names)) for resource, names in found if resource)
    )
