"""Who may sign in to an application, and what it may do for them.

Users cannot consent in this tenant, as in most companies: an administrator has to have granted what
is asked for. The consent page is not here.
https://learn.microsoft.com/entra/identity-platform/permissions-consent-overview
"""

from __future__ import annotations

from sandbox.entra import microsoft_graph
from sandbox.entra.directory.objects import Application, ServicePrincipal, User
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.request_errors import CONSENT_REQUIRED, USER_NOT_ASSIGNED
from sandbox.entra.login.scopes import RequestedScopes


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
        raise _not_consented(application)
    on_graph = granted_permissions(tenant, client, graph, user)
    granted = granted_permissions(tenant, client, asked.resource, user)
    if not asked.openid <= on_graph or not asked.permissions <= granted:
        raise _not_consented(application)
    if asked.default:
        if not granted:
            raise _not_consented(application)
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
        raise _not_consented(application)
    for access in application.properties["requiredResourceAccess"]:
        listed = tenant.service_principal_of(access["resourceAppId"])
        if listed is None:
            raise _not_consented(application)
        granted = granted_permissions(tenant, client, listed, user)
        values = {
            scope["id"]: scope["value"]
            for scope in listed.properties.get("oauth2PermissionScopes", [])
        }
        wanted = {
            values.get(entry["id"])
            for entry in access["resourceAccess"]
            if entry["type"] == "Scope"
        }
        if not wanted <= granted:
            raise _not_consented(application)
    return granted_permissions(tenant, client, resource, user)


def _not_consented(application: Application) -> LoginError:
    return LoginError(CONSENT_REQUIRED, app_id=application.app_id, name=application.display_name)
