"""What a client asks for: OpenID Connect scopes, and permissions on one resource.

https://learn.microsoft.com/entra/identity-platform/scopes-oidc
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.entra import microsoft_graph
from sandbox.entra.directory.objects import ServicePrincipal
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.request_errors import (
    DEFAULT_WITH_OTHERS,
    RESOURCE_NOT_FOUND,
    SCOPE_INVALID,
    SEVERAL_RESOURCES,
)

_DEFAULT = ".default"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedScopes:
    """The scopes of one request."""

    openid: frozenset[str]
    """Those of `openid`, `profile`, `email`, `offline_access` that are asked for."""
    resource: ServicePrincipal
    permissions: frozenset[str]
    """Delegated permissions of the resource, by value."""
    default: bool
    """Whether `<resource>/.default` is asked for: whatever has been consented to."""
    identifier: str
    """The resource as the client calls it: the audience of access tokens of version 1."""


def parse_scopes(text: str, tenant: Tenant, endpoints: EntraEndpoints) -> RequestedScopes:
    """Read the `scope` parameter of the v2 endpoints. Unqualified permissions are Graph's.

    Raises:
        LoginError: AADSTS70011 for unknown scopes and for `.default` beside others, AADSTS28000
            for two resources at once, AADSTS500011 for one that the tenant does not have.
    """
    openid: set[str] = set()
    permissions: set[str] = set()
    resources: set[str] = set()
    for scope in text.split():
        resource, _, permission = scope.rpartition("/")
        if permission in microsoft_graph.OPENID_SCOPES:
            openid.add(permission)
            continue
        permissions.add(permission)
        resources.add(resource.rstrip("/") or endpoints.graph)
    if len(resources) > 1:
        raise LoginError(SEVERAL_RESOURCES, scope=text)
    if _DEFAULT in permissions and len(permissions) > 1:
        raise LoginError(DEFAULT_WITH_OTHERS, scope=text)
    identifier = next(iter(resources), endpoints.graph)
    resource = find_resource(identifier, tenant, endpoints)
    offered = {scope["value"] for scope in offered_permissions(resource, tenant)}
    if unknown := permissions - {_DEFAULT} - offered:
        raise LoginError(SCOPE_INVALID, scope=" ".join(sorted(unknown)))
    return RequestedScopes(
        openid=frozenset(openid),
        resource=resource,
        permissions=frozenset(permissions - {_DEFAULT}),
        default=_DEFAULT in permissions,
        identifier=identifier,
    )


def find_resource(name: str, tenant: Tenant, endpoints: EntraEndpoints) -> ServicePrincipal:
    """Return the service principal of a resource by client id or application ID URI.

    Raises:
        LoginError: AADSTS500011, the tenant does not have it.
    """
    wanted = name.rstrip("/")
    if microsoft_graph.is_meant_by(wanted, endpoints.graph):
        wanted = microsoft_graph.APP_ID
    if found := tenant.service_principal_of(wanted):
        return found
    for application in tenant.applications:
        if wanted in application.properties["identifierUris"] and (
            found := tenant.service_principal_of(application.app_id)
        ):
            return found
    raise LoginError(RESOURCE_NOT_FOUND, resource=name, tenant=tenant.display_name)


def offered_permissions(resource: ServicePrincipal, tenant: Tenant) -> list[dict[str, Any]]:
    """Return the enabled delegated permissions of a resource.

    https://learn.microsoft.com/graph/api/resources/permissionscope
    """
    if resource.app_id == microsoft_graph.APP_ID:
        return resource.properties["oauth2PermissionScopes"]
    application = tenant.application_of(resource.app_id)
    scopes = application.properties["api"]["oauth2PermissionScopes"] if application else []
    return [scope for scope in scopes if scope.get("isEnabled")]
