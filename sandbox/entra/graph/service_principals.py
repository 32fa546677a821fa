"""Service principals: https://learn.microsoft.com/graph/api/resources/serviceprincipal"""

from __future__ import annotations

from typing import Any

from sandbox.entra.directory.deletion import soft_delete
from sandbox.entra.directory.new_objects import service_principal_properties
from sandbox.entra.directory.objects import ServicePrincipal
from sandbox.entra.graph.bodies import bound_owners, merged
from sandbox.entra.graph.call import NO_CONTENT, GraphAnswer, GraphCall, created, ok
from sandbox.entra.graph.entities import SERVICE_PRINCIPALS
from sandbox.entra.graph.errors import (
    GraphError,
    already_exists,
    bad_request,
    denied,
    invalid_property,
    not_found,
    value_required,
)
from sandbox.entra.graph.listing import count_answer, list_body, object_body

_BY_APP_ID = "appId="
_READ_ONLY = frozenset({"appId", "createdDateTime", "deletedDateTime"})


def find(call: GraphCall) -> ServicePrincipal:
    """Return the service principal in the address, by object id or `(appId='...')`.

    Raises:
        GraphError: 404.
    """
    key = call.parameters["service_principal"]
    if key.startswith(_BY_APP_ID):
        found = call.tenant.service_principal_of(key.removeprefix(_BY_APP_ID))
    else:
        found = call.tenant.service_principals.get(key)
    if found is None:
        raise not_found(key)
    return found


def find_owned(call: GraphCall) -> ServicePrincipal:
    """Return the service principal in the address, to change it.

    Raises:
        GraphError: 404, or 403 when the caller must own it and does not.
    """
    found = find(call)
    call.require_ownership(found.owner_ids)
    return found


def list_all(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-list"""
    return ok(list_body(call, SERVICE_PRINCIPALS, call.tenant.service_principals))


def count(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-list#examples"""
    return count_answer(call, SERVICE_PRINCIPALS, call.tenant.service_principals)


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-get"""
    return ok(object_body(call, SERVICE_PRINCIPALS, find(call)))


def create(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-post-serviceprincipals"""
    body = call.json_object()
    owner_ids = bound_owners(call, body)
    app_id = body.pop("appId", None)
    if not isinstance(app_id, str):
        msg = "appId"
        raise value_required(msg, "ServicePrincipal")
    application = call.tenant.application_of(app_id)
    if application is None:
        message = (
            f"The appId '{app_id}' of the service principal does not reference a valid application"
            " object."
        )
        raise GraphError(400, "Request_BadRequest", message)
    call.require_ownership(application.owner_ids)
    if call.tenant.service_principal_of(app_id):
        message = (
            "The service principal cannot be created, updated, or restored because the service"
            f" principal name {app_id} is already in use."
        )
        raise already_exists(message, status=409)
    properties = service_principal_properties(application.app_id, call.now)
    properties.update(_checked(properties, body))
    if call.only_owned and call.caller.object_id not in owner_ids:
        owner_ids.append(call.caller.object_id)
    found = ServicePrincipal(object_id=call.ids.guid(), properties=properties, owner_ids=owner_ids)
    call.tenant.service_principals.add(found)
    return created(object_body(call, SERVICE_PRINCIPALS, found))


def update(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-update"""
    found = find_owned(call)
    if call.tenant.application_of(found.app_id) is None:
        # Microsoft's own: its registration is in another tenant.
        raise denied()
    changes = _checked(found.properties, call.json_object())
    call.tenant.service_principals.update(found, changes)
    return NO_CONTENT


def delete(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-delete"""
    found = find_owned(call)
    if call.tenant.application_of(found.app_id) is None:
        msg = (
            "Specified App Principal ID is in the Prohibited List: Microsoft's own service"
            " principals cannot be deleted."
        )
        raise bad_request(msg)
    soft_delete(call.tenant, found, call.now)
    return NO_CONTENT


def _checked(current: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    for name in body.keys() & _READ_ONLY:
        raise invalid_property(name)
    return merged(current, {n: v for n, v in body.items() if n != "id"}, frozenset())
