"""Directory extension properties: https://learn.microsoft.com/graph/api/resources/extensionproperty"""

from __future__ import annotations

import re
from typing import Any

from sandbox.entra.directory.objects import Application, ExtensionProperty
from sandbox.entra.graph.applications import find, find_owned
from sandbox.entra.graph.call import NO_CONTENT, GraphAnswer, GraphCall, created, ok
from sandbox.entra.graph.errors import (
    already_exists,
    bad_request,
    invalid_property,
    not_found,
    not_implemented,
    value_required,
)

_TYPES = frozenset({"Binary", "Boolean", "DateTime", "Integer", "LargeInteger", "String"})
_TARGETS = frozenset(
    {"User", "Group", "AdministrativeUnit", "Application", "Device", "Organization"}
)
_KNOWN = frozenset({"name", "dataType", "targetObjects", "isMultiValued"})
_NAME = re.compile(r"[A-Za-z0-9_]+")


def list_all(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-list-extensionproperty"""
    application = find(call)
    for option in call.query:
        msg = f"the query option {option} of extensionProperties"
        raise not_implemented(msg)
    shown = [_shown(application, found) for found in application.extension_properties.values()]
    return ok({"@odata.context": _context(call, application), "value": shown})


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/extensionproperty-get"""
    application = find(call)
    return ok(_shown(application, _find_property(call, application)))


def create(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/application-post-extensionproperty

    Names are unique without regard to case. Values that users have from an earlier definition of
    the same name come back.
    """
    application = find_owned(call)
    body = call.json_object()
    for name in body:
        if name not in _KNOWN:
            raise invalid_property(name)
    for name in ("name", "dataType", "targetObjects"):
        if not body.get(name):
            raise value_required(name, "ExtensionProperty")
    if not _NAME.fullmatch(body["name"]):
        msg = "Property 'name' of resource 'ExtensionProperty' has an invalid value."
        raise bad_request(msg)
    if body["dataType"] not in _TYPES:
        msg = f"Invalid data type '{body['dataType']}' for the extension property."
        raise bad_request(msg)
    for target in body["targetObjects"]:
        if target not in _TARGETS:
            msg = f"Invalid target object '{target}' for the extension property."
            raise bad_request(msg)
    full_name = f"extension_{application.app_id.replace('-', '')}_{body['name']}"
    for existing in application.extension_properties.values():
        if existing.name.casefold() == full_name.casefold():
            msg = f"An extension property exists with the name {existing.name}."
            raise already_exists(msg)
    definition = ExtensionProperty(
        property_id=call.ids.guid(),
        name=full_name,
        data_type=body["dataType"],
        target_objects=tuple(body["targetObjects"]),
        is_multi_valued=bool(body.get("isMultiValued")),
    )
    call.tenant.applications.change(
        application,
        names=(definition.name, definition.property_id),
        extension_properties={
            **application.extension_properties,
            definition.property_id: definition,
        },
    )
    context = {"@odata.context": f"{_context(call, application)}/$entity"}
    return created(context | _shown(application, definition))


def delete(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/extensionproperty-delete"""
    application = find_owned(call)
    gone = _find_property(call, application)
    remaining = {
        key: kept for key, kept in application.extension_properties.items() if kept is not gone
    }
    call.tenant.applications.change(application, extension_properties=remaining)
    return NO_CONTENT


def available(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/directoryobject-getavailableextensionproperties"""
    body = call.json_object() if call.body is not None else {}
    for name in body:
        if name != "isSyncedFromOnPremises":
            raise invalid_property(name)
    found = (
        [] if body.get("isSyncedFromOnPremises") else call.tenant.available_extension_properties()
    )
    return ok(
        {
            "@odata.context": f"{call.base_url}/$metadata#Collection(extensionProperty)",
            "value": [_shown(application, definition) for application, definition in found],
        }
    )


def _find_property(call: GraphCall, application: Application) -> ExtensionProperty:
    wanted = call.parameters["property"]
    found = application.extension_properties.get(wanted.casefold())
    if found is None:
        raise not_found(wanted)
    return found


def _context(call: GraphCall, application: Application) -> str:
    path = f"applications('{application.object_id}')/extensionProperties"
    return f"{call.base_url}/$metadata#{path}"


def _shown(application: Application, definition: ExtensionProperty) -> dict[str, Any]:
    return {
        "id": definition.property_id,
        "deletedDateTime": None,
        "appDisplayName": application.display_name,
        "dataType": definition.data_type,
        "isMultiValued": definition.is_multi_valued,
        "isSyncedFromOnPremises": False,
        "name": definition.name,
        "targetObjects": list(definition.target_objects),
    }
