"""Owners of applications and service principals.

https://learn.microsoft.com/graph/api/application-post-owners
They are users or service principals; who has only Application.ReadWrite.OwnedBy needs to be one.
"""

from __future__ import annotations

from sandbox.entra.directory.objects import Application, ServicePrincipal
from sandbox.entra.graph import applications, service_principals
from sandbox.entra.graph.call import NO_CONTENT, GraphAnswer, GraphCall, referenced_id
from sandbox.entra.graph.directory_objects import mixed_list
from sandbox.entra.graph.errors import not_found, reference_exists


def list_of_application(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-list-owners"""
    return mixed_list(call, applications.find(call).owner_ids)


def list_of_service_principal(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-list-owners"""
    return mixed_list(call, service_principals.find(call).owner_ids)


def add_to_application(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-post-owners"""
    return _add(call, applications.find_owned(call))


def add_to_service_principal(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-post-owners"""
    return _add(call, service_principals.find_owned(call))


def remove_from_application(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-delete-owners"""
    return _remove(call, applications.find_owned(call))


def remove_from_service_principal(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/serviceprincipal-delete-owners"""
    return _remove(call, service_principals.find_owned(call))


def _add(call: GraphCall, owned: Application | ServicePrincipal) -> GraphAnswer:
    owner_id = referenced_id(call.json_object().get("@odata.id"))
    if call.tenant.object(owner_id) is None:
        raise not_found(owner_id)
    if owner_id in owned.owner_ids:
        msg = "owners"
        raise reference_exists(msg)
    call.tenant.table_of(owned).change(owned, owner_ids=[*owned.owner_ids, owner_id])
    return NO_CONTENT


def _remove(call: GraphCall, owned: Application | ServicePrincipal) -> GraphAnswer:
    owner_id = call.parameters["owner"].casefold()
    if owner_id not in owned.owner_ids:
        raise not_found(owner_id)
    remaining = [other for other in owned.owner_ids if other != owner_id]
    call.tenant.table_of(owned).change(owned, owner_ids=remaining)
    return NO_CONTENT
