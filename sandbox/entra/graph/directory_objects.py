"""Directory objects of any kind: https://learn.microsoft.com/graph/api/resources/directoryobject

Of a kind that the caller has no permission to read, Graph shows no more than type and id:
https://learn.microsoft.com/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from sandbox.entra.directory.objects import (
    Application,
    DirectoryObject,
    Group,
    ServicePrincipal,
    User,
)
from sandbox.entra.graph.call import GraphAnswer, GraphCall, ok
from sandbox.entra.graph.entities import entity_of, known_to_any, shower
from sandbox.entra.graph.errors import bad_request, invalid_property, not_found, not_implemented
from sandbox.entra.graph.listing import (
    count_answer,
    list_body,
    refuse_options,
    require_advanced_count,
    wants_count,
)
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
_LIST_OPTIONS = frozenset({"$filter", "$select", "$top", "$skiptoken", "$count"})
_COUNT = "/$count"
_KINDS: Mapping[str, type[DirectoryObject]] = MappingProxyType(
    {
        "user": User,
        "group": Group,
        "serviceprincipal": ServicePrincipal,
        "application": Application,
    }
)


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/directoryobject-get"""
    wanted = call.parameters["object"]
    found = call.tenant.object(wanted)
    if found is None:
        raise not_found(wanted)
    return ok(
        {"@odata.context": f"{call.base_url}/$metadata#directoryObjects/$entity"}
        | _Shower(call)(found)
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
    shown = _Shower(call)
    return ok(
        {
            "@odata.context": f"{call.base_url}/$metadata#directoryObjects",
            "value": [shown(item) for item in wanted],
        }
    )


def mixed_list(call: GraphCall, object_ids: Iterable[str]) -> GraphAnswer:
    """Return a page of members, owners or groups.

    A cast in the address (`/members/microsoft.graph.user`) keeps one kind, which is then listed
    like any collection of it; the only filter over mixed kinds that is understood is one by id.

    Raises:
        GraphError: 400 or 501, for a query that is wrong or not understood.
    """
    items = (item for item in map(call.tenant.object, object_ids) if item is not None)
    cast = call.parameters.get("cast")
    if cast is not None:
        return _cast_list(call, items, cast)
    if call.path.endswith(_COUNT):
        refuse_options(call, frozenset())
        require_advanced_count(call)
        return GraphAnswer(status=200, text=str(sum(1 for _ in items)))
    refuse_options(call, _LIST_OPTIONS)
    counted: dict[str, Any] = {}
    if wants_count(call):
        items = list(items)
        counted["@odata.count"] = len(items)
    found, link = page_of(call, _existing(call, items))
    shown = _Shower(call)
    context = {"@odata.context": f"{call.base_url}/$metadata#directoryObjects"}
    return ok(context | counted | link | {"value": [shown(item) for item in found]})


def _cast_list(call: GraphCall, items: Iterable[DirectoryObject], cast: str) -> GraphAnswer:
    kind = _KINDS.get(cast.casefold().removeprefix("microsoft.").removeprefix("graph."))
    if kind is None:
        what = f"{call.path.rpartition('/')[0]}/{cast}"
        raise not_implemented(what)
    entity = entity_of(kind)
    of_kind = (item for item in items if isinstance(item, kind))
    if call.caller.roles.isdisjoint(_READERS[entity.collection]):
        hidden = replace(entity, default=("id",), names=frozenset({"id"}))
        return ok(list_body(replace(call, query=_without_select(call)), hidden, of_kind))
    if call.path.endswith(_COUNT):
        return count_answer(call, entity, of_kind)
    return ok(list_body(call, entity, of_kind))


def _without_select(call: GraphCall) -> dict[str, str]:
    return {name: value for name, value in call.query.items() if name != "$select"}


def _existing(
    call: GraphCall, items: Iterable[DirectoryObject]
) -> Iterator[tuple[int, DirectoryObject]]:
    """Yield the objects that the filter lets through, with their positions."""
    text, start = call.query.get("$filter"), start_of(call)
    wanted = parse_filter(text) if text else None
    for position, item in enumerate(items):
        if position >= start and (
            wanted is None or wanted.matches(lambda name, item=item: _read_id(name, item))
        ):
            yield position, item


def _read_id(name: str, item: DirectoryObject) -> str:
    if name != "id":
        msg = f"$filter by {name} over directory objects"
        raise not_implemented(msg)
    return item.object_id


class _Shower:
    """Shows objects of any kind with the selected properties that their kind has."""

    def __init__(self, call: GraphCall) -> None:
        self._call = call
        self._by_kind: dict[str, Callable[[Any], dict[str, Any]]] = {}
        text = call.query.get("$select")
        self._selected = [name.strip() for name in text.split(",")] if text else None
        for name in self._selected or ():
            if not known_to_any(name):
                msg = f"the property {name!r} of directory objects in $select"
                raise not_implemented(msg)

    def __call__(self, item: DirectoryObject) -> dict[str, Any]:
        show = self._by_kind.get(item.odata_type)
        if show is None:
            show = self._by_kind[item.odata_type] = self._shower(item)
        return {"@odata.type": item.odata_type} | show(item)

    def _shower(self, item: DirectoryObject) -> Callable[[Any], dict[str, Any]]:
        entity = entity_of(item)
        if self._call.caller.roles.isdisjoint(_READERS[entity.collection]):
            return shower(entity, self._call.tenant, ("id",))
        selected = self._selected
        known = [name for name in selected if entity.knows(name)] if selected else entity.default
        return shower(entity, self._call.tenant, tuple(dict.fromkeys(("id", *known))))


def _type_name(item: DirectoryObject) -> str:
    return item.odata_type.rpartition(".")[2]
