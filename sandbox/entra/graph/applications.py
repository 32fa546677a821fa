"""Applications: https://learn.microsoft.com/graph/api/resources/application"""

from __future__ import annotations

from typing import Any

from sandbox.entra.directory.deletion import soft_delete
from sandbox.entra.directory.new_objects import application_properties
from sandbox.entra.directory.objects import Application
from sandbox.entra.graph.application_certificates import set_certificates
from sandbox.entra.graph.application_values import check_values
from sandbox.entra.graph.bodies import bound_owners, merged
from sandbox.entra.graph.call import NO_CONTENT, GraphAnswer, GraphCall, created, ok
from sandbox.entra.graph.entities import APPLICATIONS
from sandbox.entra.graph.errors import (
    already_exists,
    denied,
    enabled_entitlement,
    invalid_property,
    not_found,
    not_implemented,
    value_required,
)
from sandbox.entra.graph.listing import count_answer, list_body, object_body

_NESTED = frozenset({"api", "web", "publicClient", "spa", "info", "implicitGrantSettings"})
_READ_ONLY = frozenset(
    {"appId", "createdDateTime", "deletedDateTime", "publisherDomain", "id"}
    | {"disabledByMicrosoftStatus", "applicationTemplateId"}
)
_CREDENTIALS = frozenset({"passwordCredentials", "keyCredentials"})
_BY_APP_ID = "appId="


def find(call: GraphCall) -> Application:
    """Return the application in the address, by object id or `(appId='...')`.

    Raises:
        GraphError: 404.
    """
    key = call.parameters["application"]
    if key.startswith(_BY_APP_ID):
        found = call.tenant.application_of(key.removeprefix(_BY_APP_ID))
    else:
        found = call.tenant.applications.get(key)
    if found is None:
        raise not_found(key)
    return found


def find_owned(call: GraphCall) -> Application:
    """Return the application in the address, to change it.

    Raises:
        GraphError: 404, or 403 when the caller must own it and does not.
    """
    application = find(call)
    call.require_ownership(application.owner_ids)
    return application


def list_all(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-list"""
    return ok(list_body(call, APPLICATIONS, call.tenant.applications))


def count(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-list#examples"""
    return count_answer(call, APPLICATIONS, call.tenant.applications)


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-get"""
    return ok(object_body(call, APPLICATIONS, find(call)))


def create(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-post-applications

    With Application.ReadWrite.OwnedBy `acceptMappedClaims` cannot be set yet, only by a later
    PATCH: https://github.com/hashicorp/terraform-provider-azuread/issues/914
    """
    body = call.json_object()
    owner_ids = bound_owners(call, body)
    if not body.get("displayName"):
        msg = "displayName"
        raise value_required(msg, "Application")
    api = body.get("api") or {}
    if call.only_owned and api.get("acceptMappedClaims") is True:
        raise denied()
    properties = application_properties(call.ids.guid(), call.tenant.domain, call.now)
    changes = merged(properties, _writable(body), _NESTED)
    properties.update(changes)
    check_values(properties, changes, call.tenant.domain)
    if call.only_owned and call.caller.object_id not in owner_ids:
        owner_ids.append(call.caller.object_id)
    _require_free_uris(call, None, properties["identifierUris"])
    shown, certificates = set_certificates(call, None, body.get("keyCredentials") or [])
    properties["keyCredentials"] = shown
    application = Application(
        object_id=call.ids.guid(),
        properties=properties,
        owner_ids=owner_ids,
        certificates=certificates,
    )
    call.tenant.applications.add(application)
    return created(object_body(call, APPLICATIONS, application))


def update(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-update"""
    application = find_owned(call)
    body = call.json_object()
    current = application.properties
    changes = merged(current, _writable(body), _NESTED)
    check_values({**current, **changes}, changes, call.tenant.domain)
    _require_disabled_first(current["appRoles"], changes.get("appRoles"))
    _require_disabled_first(
        current["api"]["oauth2PermissionScopes"],
        changes.get("api", {}).get("oauth2PermissionScopes"),
    )
    _require_free_uris(call, application, changes.get("identifierUris") or [])
    if "keyCredentials" in body:
        shown, certificates = set_certificates(call, application, body["keyCredentials"] or [])
        changes["keyCredentials"] = shown
        call.tenant.applications.change(application, certificates=certificates)
    call.tenant.applications.update(application, changes)
    return NO_CONTENT


def delete(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-delete"""
    soft_delete(call.tenant, find_owned(call), call.now)
    return NO_CONTENT


def _writable(body: dict[str, Any]) -> dict[str, Any]:
    if body.get("passwordCredentials"):
        msg = "passwordCredentials in the body of an application; use addPassword"
        raise not_implemented(msg)
    for name in body.keys() & (_READ_ONLY - {"id"}):
        raise invalid_property(name)
    return {name: value for name, value in body.items() if name not in _CREDENTIALS | {"id"}}


def _require_free_uris(call: GraphCall, application: Application | None, uris: list[str]) -> None:
    """An application ID URI belongs to one application of the tenant."""
    wanted = {uri.casefold() for uri in uris}
    for other in call.tenant.applications if wanted else ():
        taken = {uri.casefold() for uri in other.properties["identifierUris"]}
        if other is not application and not wanted.isdisjoint(taken):
            msg = "Another object with the same value for property identifierUris already exists."
            raise already_exists(msg)


def _require_disabled_first(
    current: list[dict[str, Any]], wanted: list[dict[str, Any]] | None
) -> None:
    """An enabled role or scope must be disabled before it is changed or taken away."""
    if wanted is None:
        return
    by_id = {entry["id"]: entry for entry in wanted}
    for entry in current:
        if not entry.get("isEnabled"):
            continue
        after = by_id.get(entry["id"])
        if after is None or after.get("value") != entry.get("value"):
            raise enabled_entitlement()
