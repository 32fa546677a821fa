"""Lists and single objects with the query options that are understood: $filter, $select, $top.

https://learn.microsoft.com/graph/query-parameters
Any other option is answered 501: to ignore one would be to answer another question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sandbox.entra.directory.objects import DirectoryObject
from sandbox.entra.directory.table import Table
from sandbox.entra.graph.call import GraphCall
from sandbox.entra.graph.entities import Entity, show
from sandbox.entra.graph.errors import not_implemented
from sandbox.entra.graph.odata_filter import All, Equals, Filter, names_in, parse_filter
from sandbox.entra.graph.paging import page_of, start_of

_LIST_OPTIONS = frozenset({"$filter", "$select", "$top", "$skiptoken"})


def list_body(
    call: GraphCall,
    entity: Entity,
    items: Table[Any] | Iterable[DirectoryObject],
) -> dict[str, Any]:
    """Return one page of `items` as the query asks for them.

    Raises:
        GraphError: 400 or 501, for a query that is wrong or not understood.
    """
    _refuse_options(call, _LIST_OPTIONS)
    names = selected(call, entity)
    found, link = page_of(call, _matching(call, entity, items, start_of(call)))
    page = [show(entity, item, call.tenant, names) for item in found]
    context = {"@odata.context": f"{call.base_url}/$metadata#{entity.collection}"}
    return context | link | {"value": page}


def object_body(call: GraphCall, entity: Entity, item: DirectoryObject) -> dict[str, Any]:
    """Return one object as the query asks for it.

    Raises:
        GraphError: 501, for a query that is not understood.
    """
    _refuse_options(call, frozenset({"$select"}))
    context = f"{call.base_url}/$metadata#{entity.collection}/$entity"
    names = selected(call, entity)
    return {"@odata.context": context} | show(entity, item, call.tenant, names)


def selected(call: GraphCall, entity: Entity) -> tuple[str, ...]:
    """Return the names of the properties that `$select` asks for, or the default ones.

    Raises:
        GraphError: 501, a name that the sandbox does not know.
    """
    text = call.query.get("$select")
    if not text:
        return entity.default if call.version == "v1.0" else _everything(call, entity)
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if not entity.knows(name):
            msg = f"the property {name!r} of {entity.collection} in $select"
            raise not_implemented(msg)
    return names


def _everything(call: GraphCall, entity: Entity) -> tuple[str, ...]:
    extensions: list[str] = []
    if entity.collection == "users":
        available = call.tenant.available_extension_properties()
        extensions = [definition.name for _, definition in available]
    return (*sorted(entity.names), *extensions)


def _matching(
    call: GraphCall, entity: Entity, items: Table[Any] | Iterable[DirectoryObject], start: int
) -> Iterator[tuple[int, DirectoryObject]]:
    """Yield what the filter lets through, with its position, from position `start` on."""
    text = call.query.get("$filter")
    if not text:
        rest = items.starting_at(start) if isinstance(items, Table) else islice(items, start, None)
        yield from enumerate(rest, start)
        return
    wanted = parse_filter(text)
    for name in names_in(wanted):
        if not entity.knows(name):
            msg = f"the property {name!r} of {entity.collection} in $filter"
            raise not_implemented(msg)
    candidates = _candidates(wanted, items) if isinstance(items, Table) else items
    for position, item in enumerate(candidates):
        if position >= start and wanted.matches(
            lambda name, item=item: entity.read(call.tenant, item, name)
        ):
            yield position, item


def _candidates(wanted: Filter, table: Table[Any]) -> Iterable[DirectoryObject]:
    """Return few objects that hold all that match, by an index when there is one."""
    for part in wanted.parts if isinstance(wanted, All) else (wanted,):
        if isinstance(part, Equals) and table.has_index(part.name):
            values = [value for value in part.values if isinstance(value, str)]
            if len(values) == len(part.values):
                found = {
                    item.object_id: item
                    for value in values
                    for item in table.find(part.name, value)
                }
                return found.values()
    return table


def _refuse_options(call: GraphCall, known: frozenset[str]) -> None:
    for name in call.query:
        if name not in known:
            msg = f"the query option {name} of {call.path}"
            raise not_implemented(msg)
