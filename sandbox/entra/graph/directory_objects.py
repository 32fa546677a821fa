"""Directory objects of any kind: https://learn.microsoft.com/graph/api/resources/directoryobject

Of a kind that the caller has no permission to read, Graph shows no more than type and id:
https://learn.microsoft.com/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from sandbox.entra.directory.objects import DirectoryObject
from sandbox.entra.graph.call import GraphAnswer, GraphCall, ok
from sandbox.entra.graph.entities import Entity, entity_of, known_to_any, show
from sandbox.entra.graph.errors import bad_request, invalid_property, not_found, not_implemented
from sandbox.entra.graph.odata_filter import parse_filter
from sandbox.entra.graph.paging import page_of, start_of

_DIRECTORY = frozenset({"Directory.Read.All", "Directory.ReadWrite.All"})
_APPLICATIONS = _DIRECTORY | {
    *("Application.Read.All", "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy")
}
_READERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "users": _DIRECTORY | {"User.Read.All", "User.ReadWrite.All"},
        "groups": _DIRECTORY
        | {"Group.Read.All", "Group.ReadWrite.All", "GroupMember.Read.All"}
        | {"GroupMember.ReadWrite.All"},
        "applications": _APPLICATIONS,
        "servicePrincipals": _APPLICATIONS,
        "policies/claimsMappingPolicies": frozenset({"Policy.Read.All"}),
    }
)
_MOST_IDS = 1000
_LIST_OPTIONS = frozenset({"$filter", "$select", "$top", "$skiptoken"})


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/directoryobject-get"""
    wanted = call.parameters["object"]
    found = call.tenant.object(wanted)
    if found is None:
        raise not_found(wanted)
    return ok(
        {"@odata.context": f"{call.base_url}/$metadata#directoryObjects/$entity"}
        | _shown(call, found, _names(call, found))
    )


def get_by_ids(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/directoryobject-getbyids

    Ids that do not exist are left out of the answer.
    """
    body = call.json_object()
    for name in body:
        if name not in {"ids", "types"}:
            raise invalid_property(name)
    ids = body.get("ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= _MOST_IDS:
        msg = f"'ids' must have between 1 and {_MOST_IDS} object ids."
        raise bad_request(msg)
    types = {str(name).casefold() for name in body.get("types") or ["directoryObject"]}
    found = [item for item in (call.tenant.object(str(wanted)) for wanted in ids) if item]
    wanted = [
        item for item in found if "directoryobject" in types or _type_name(item).casefold() in types
    ]
    return ok(
        {
            "@odata.context": f"{call.base_url}/$metadata#directoryObjects",
            "value": [_shown(call, item, _names(call, item)) for item in wanted],
        }
    )


def mixed_list(call: GraphCall, object_ids: Iterable[str]) -> dict[str, Any]:
    """Return a page of members or owners; the only filter that is understood is one by id.

    Raises:
        GraphError: 400 or 501, for a query that is wrong or not understood.
    """
    for option in call.query:
        if option not in _LIST_OPTIONS:
            msg = f"the query option {option} of {call.path}"
            raise not_implemented(msg)
    found, link = page_of(call, _existing(call, object_ids))
    context = {"@odata.context": f"{call.base_url}/$metadata#directoryObjects"}
    return context | link | {"value": [_shown(call, item, _names(call, item)) for item in found]}


def _existing(call: GraphCall, object_ids: Iterable[str]) -> Iterator[tuple[int, DirectoryObject]]:
    """Yield the objects that exist and that the filter lets through, with their positions."""
    text, start = call.query.get("$filter"), start_of(call)
    wanted = parse_filter(text) if text else None
    for position, object_id in enumerate(object_ids):
        item = call.tenant.object(object_id) if position >= start else None
        if item is not None and (
            wanted is None or wanted.matches(lambda name, item=item: _read_id(name, item))
        ):
            yield position, item


def _read_id(name: str, item: DirectoryObject) -> str:
    if name != "id":
        msg = f"$filter by {name} over directory objects"
        raise not_implemented(msg)
    return item.object_id


def _names(call: GraphCall, item: DirectoryObject) -> tuple[str, ...]:
    """Return the selected properties that this kind of object has."""
    entity = entity_of(item)
    text = call.query.get("$select")
    if not text:
        return entity.default
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if not known_to_any(name):
            msg = f"the property {name!r} of directory objects in $select"
            raise not_implemented(msg)
    return tuple(name for name in names if entity.knows(name))


def _shown(call: GraphCall, item: DirectoryObject, names: tuple[str, ...]) -> dict[str, Any]:
    entity: Entity = entity_of(item)
    if call.caller.roles.isdisjoint(_READERS[entity.collection]):
        return {"@odata.type": item.odata_type, "id": item.object_id}
    with_id = names if "id" in names else ("id", *names)
    return {"@odata.type": item.odata_type} | show(entity, item, call.tenant, with_id)


def _type_name(item: DirectoryObject) -> str:
    return item.odata_type.rpartition(".")[2]
