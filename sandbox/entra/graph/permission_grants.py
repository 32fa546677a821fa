"""Delegated permission grants: https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant"""

from __future__ import annotations

from typing import Any

from sandbox.entra.directory.objects import DelegatedPermissionGrant, ServicePrincipal
from sandbox.entra.graph.call import NO_CONTENT, GraphAnswer, GraphCall, created, ok
from sandbox.entra.graph.entities import PERMISSION_GRANTS, SERVICE_PRINCIPALS
from sandbox.entra.graph.errors import (
    already_exists,
    bad_request,
    invalid_property,
    not_found,
    value_required,
)
from sandbox.entra.graph.listing import list_body, object_body
from sandbox.entra.graph.service_principals import find as find_service_principal

_KNOWN = frozenset({"clientId", "consentType", "principalId", "resourceId", "scope"})
_KEY = ("clientId", "consentType", "principalId", "resourceId")


def list_all(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/oauth2permissiongrant-list"""
    return ok(list_body(call, PERMISSION_GRANTS, call.tenant.permission_grants))


def list_of_client(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-list-oauth2permissiongrants"""
    client = find_service_principal(call)
    found = call.tenant.permission_grants.find("clientId", client.object_id)
    return ok(list_body(call, PERMISSION_GRANTS, found))


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/oauth2permissiongrant-get"""
    return ok(object_body(call, PERMISSION_GRANTS, _grant(call)))


def create(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/oauth2permissiongrant-post"""
    body = call.json_object()
    for name in body:
        if name not in _KNOWN:
            raise invalid_property(name)
    for name in ("clientId", "consentType", "resourceId"):
        if not isinstance(body.get(name), str):
            raise value_required(name, "OAuth2PermissionGrant")
    for name in ("clientId", "resourceId"):
        body[name] = _service_principal(call, body[name]).object_id
    _check_principal(call, body)
    resource = _service_principal(call, body["resourceId"])
    properties = {name: body.get(name) for name in _KEY} | {
        "scope": _checked_scope(call, resource, body.get("scope"))
    }
    for existing in call.tenant.permission_grants.find("clientId", body["clientId"]):
        if all(existing.properties[name] == properties[name] for name in _KEY):
            msg = "Permission entry already exists."
            raise already_exists(msg, status=409)
    grant = DelegatedPermissionGrant(object_id=call.ids.url_safe_id(), properties=properties)
    call.tenant.permission_grants.add(grant)
    return created(object_body(call, PERMISSION_GRANTS, grant))


def update(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/oauth2permissiongrant-update: `scope` only."""
    grant = _grant(call)
    body = call.json_object()
    for name in body:
        if name != "scope":
            raise invalid_property(name)
    resource = _service_principal(call, grant.properties["resourceId"])
    scope = _checked_scope(call, resource, body.get("scope"))
    call.tenant.permission_grants.update(grant, {"scope": scope})
    return NO_CONTENT


def delete(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/oauth2permissiongrant-delete"""
    call.tenant.permission_grants.remove(_grant(call))
    return NO_CONTENT


def _grant(call: GraphCall) -> DelegatedPermissionGrant:
    wanted = call.parameters["grant"]
    for grant in call.tenant.permission_grants:
        if grant.object_id == wanted:
            return grant
    raise not_found(wanted)


def _service_principal(call: GraphCall, object_id: str) -> ServicePrincipal:
    found = call.tenant.service_principals.get(object_id)
    if found is None:
        raise not_found(object_id)
    return found


def _check_principal(call: GraphCall, body: dict[str, Any]) -> None:
    principal_id = body.get("principalId")
    if body["consentType"] == "Principal":
        if not isinstance(principal_id, str):
            msg = "principalId"
            raise value_required(msg, "OAuth2PermissionGrant")
        user = call.tenant.users.get(principal_id)
        if user is None:
            raise not_found(principal_id)
        body["principalId"] = user.object_id
    elif body["consentType"] != "AllPrincipals" or principal_id:
        msg = "consentType must be AllPrincipals without a principalId, or Principal with one."
        raise bad_request(msg)


def _checked_scope(call: GraphCall, resource: ServicePrincipal, scope: object) -> str:
    """Check that the resource offers each permission; the refusal is worded here."""
    text = scope if isinstance(scope, str) else ""
    offered = {
        entry["value"]
        for entry in SERVICE_PRINCIPALS.read(call.tenant, resource, "oauth2PermissionScopes")
        if entry.get("isEnabled")
    }
    if unknown := sorted(set(text.split()) - offered):
        msg = f"The resource does not offer the permissions: {' '.join(unknown)}."
        raise bad_request(msg)
    return text
