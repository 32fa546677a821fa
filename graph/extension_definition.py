"""Definitions of directory extension properties: find, adopt, register, wait, delete.

A definition belongs to an application. Nothing can be written to it before the application has a
service principal in the tenant, and there is no update.

Sources: https://learn.microsoft.com/graph/api/resources/extensionproperty,
https://learn.microsoft.com/graph/api/application-post-extensionproperty
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from graph.available_extensions import list_available
from graph.client import GraphClient, Json
from graph.errors import GraphError, GraphRequestError
from graph.retrying import Patience

_ALREADY_THERE = "Request_MultipleObjectsWithSameKeyValue"
_READS = "Application.Read.All"
_WRITES = "Application.ReadWrite.OwnedBy"
_REPLICATION = Patience(attempts=7, total_s=60)
_AVAILABLE_WITHIN_S = 300.0
_POLL_S = 5.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionDefinition:
    """A registered extension property; `name` is Graph's, with the application's client id."""

    property_id: str
    name: str
    data_type: str
    target_objects: tuple[str, ...]
    is_multi_valued: bool = False


class ExtensionPropertyError(GraphError):
    """An extension property cannot be what is declared."""


def list_definitions(client: GraphClient, application_object_id: str) -> list[ExtensionDefinition]:
    """Return the extension properties of an application."""
    path = _path(application_object_id)
    return [_parsed(item) for item in client.pages(path, needs=_READS)]


def find_definition(
    client: GraphClient, application_object_id: str, property_name: str
) -> ExtensionDefinition | None:
    """Return the application's property of this name, without regard to case, as Graph compares."""
    wanted = property_name.casefold()
    for definition in list_definitions(client, application_object_id):
        if definition.name.split("_", 2)[-1].casefold() == wanted:
            return definition
    return None


def adopt_or_register(
    client: GraphClient,
    application_object_id: str,
    *,
    property_name: str,
    data_type: str,
    target_objects: Sequence[str],
) -> tuple[ExtensionDefinition, bool]:
    """Return the definition, and whether it was there already.

    Raises:
        ExtensionPropertyError: it is there with another type, for other objects or for several
            values.
        GraphRequestError: Graph refused to register it.
    """
    # An application that was created seconds ago may answer 404 for a moment.
    found = _when_replicated(
        client, lambda: find_definition(client, application_object_id, property_name)
    )
    if found is None:
        body = {
            "name": property_name,
            "dataType": data_type,
            "targetObjects": list(target_objects),
        }
        try:
            answer = _when_replicated(
                client, lambda: client.post(_path(application_object_id), body, needs=_WRITES)
            )
        except GraphRequestError as error:
            # Registered by a first attempt whose answer was lost, or a moment ago by someone else.
            if error.fault.code != _ALREADY_THERE:
                raise
            refused = error

            def look_again() -> ExtensionDefinition:
                registered = find_definition(client, application_object_id, property_name)
                if registered is None:
                    raise refused
                return registered

            # The list may lag behind the registration that it was refused for.
            found = _when_replicated(client, look_again, passing_code=_ALREADY_THERE)
        else:
            return _parsed(answer), False
    if found.data_type != data_type or set(found.target_objects) != set(target_objects):
        msg = (
            f"The extension property {found.name} exists with type {found.data_type} for "
            f"{', '.join(found.target_objects)}, but type {data_type} for "
            f"{', '.join(target_objects)} is declared. Declare what exists, choose another name, "
            "or delete the existing property, which hides the values it has."
        )
        raise ExtensionPropertyError(msg)
    if found.is_multi_valued:
        msg = (
            f"The extension property {found.name} exists for several values of a user, and one "
            "value is declared. Choose another name, or delete the existing property, which hides "
            "the values it has."
        )
        raise ExtensionPropertyError(msg)
    return found, True


def wait_until_available(client: GraphClient, name: str) -> None:
    """Return when the tenant lets values of the property be written.

    Source: https://learn.microsoft.com/graph/api/directoryobject-getavailableextensionproperties

    Raises:
        ExtensionPropertyError: it is not within five minutes.
    """
    deadline = client.clock.now() + _AVAILABLE_WITHIN_S
    told = False
    while True:
        if any(item.get("name") == name for item in list_available(client)):
            return
        if client.clock.now() >= deadline:
            msg = (
                f"The extension property {name} is registered, but after "
                f"{_AVAILABLE_WITHIN_S:.0f} s no value of it can be written yet. The application "
                "that owns it needs a service principal in this tenant; if it has one, run "
                "`pulumi up` again, which takes over the registered property."
            )
            raise ExtensionPropertyError(msg)
        if not told:
            client.tell_wait(
                f"Waiting up to {_AVAILABLE_WITHIN_S:.0f} s until the extension property {name} "
                "can be written."
            )
            told = True
        client.clock.sleep(_POLL_S)


def delete_definition(client: GraphClient, application_object_id: str, property_id: str) -> None:
    """Delete the definition; nothing happens when it or its application is gone already."""
    client.delete(f"{_path(application_object_id)}/{property_id}", needs=_WRITES)


def _path(application_object_id: str) -> str:
    return f"/applications/{application_object_id}/extensionProperties"


def _parsed(item: Json) -> ExtensionDefinition:
    return ExtensionDefinition(
        property_id=item["id"],
        name=item["name"],
        data_type=item["dataType"],
        target_objects=tuple(item["targetObjects"]),
        is_multi_valued=bool(item.get("isMultiValued")),
    )


def _when_replicated(
    client: GraphClient, ask: Callable[[], T], *, passing_code: str | None = None
) -> T:
    started = client.clock.now()
    failures = 0
    while True:
        failures += 1
        try:
            return ask()
        except GraphRequestError as error:
            elapsed_s = client.clock.now() - started
            wait_s = _REPLICATION.wait_s(failures=failures, elapsed_s=elapsed_s)
            passing = error.fault.status == 404 or error.fault.code == passing_code
            if not passing or wait_s is None:
                raise
            client.clock.sleep(wait_s)
