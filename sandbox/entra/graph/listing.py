"""Lists, counts and single objects, with the query options that are understood.

https://learn.microsoft.com/graph/query-parameters
Any other option is answered 501: to ignore one would be to answer another question. What needs the
advanced index (`ConsistencyLevel: eventual`) is refused without it:
https://learn.microsoft.com/graph/aad-advanced-queries
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sandbox.entra.directory.objects import DirectoryObject
from sandbox.entra.directory.table import Table
from sandbox.entra.graph.call import GraphAnswer, GraphCall
from sandbox.entra.graph.entities import Entity, shower
from sandbox.entra.graph.errors import not_implemented, unsupported_query
from sandbox.entra.graph.odata_filter import (
    All,
    Equals,
    Filter,
    advanced_operator,
    names_in,
    parse_filter,
)
from sandbox.entra.graph.odata_search import parse_search
from sandbox.entra.graph.paging import page_of, start_of

LIST_OPTIONS = frozenset(
    {"$filter", "$select", "$top", "$skiptoken", "$count", "$orderby", "$search"}
)
_SORTABLE = frozenset({"displayName", "userPrincipalName", "createdDateTime", "mail"})
_SORTABLE_BY_DEFAULT = frozenset({"displayName", "userPrincipalName"})
_HINT = (
    "Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to"
    " https://aka.ms/graph-docs/advanced-queries for more information"
)

Items = Table[Any] | Iterable[DirectoryObject]


def list_body(call: GraphCall, entity: Entity, items: Items) -> dict[str, Any]:
    """Return one page of `items` as the query asks for them.

    Raises:
        GraphError: 400 or 501, for a query that is wrong or not understood.
    """
    refuse_options(call, LIST_OPTIONS)
    names = selected_names(call, entity, call.query.get("$select"))
    counted = wants_count(call)
    start = start_of(call)
    order = call.query.get("$orderby")
    extra: dict[str, Any] = {}
    if counted or order:
        everything = [item for _, item in _matching(call, entity, items, 0)]
        if order:
            everything = _sorted(call, entity, everything, order)
        if counted:
            extra["@odata.count"] = len(everything)
        matching: Iterable[tuple[int, DirectoryObject]] = enumerate(everything[start:], start)
    else:
        matching = _matching(call, entity, items, start)
    found, link = page_of(call, matching)
    show = shower(entity, call.tenant, names)
    context = {"@odata.context": f"{call.base_url}/$metadata#{entity.collection}"}
    return context | extra | link | {"value": [show(item) for item in found]}


def count_answer(call: GraphCall, entity: Entity, items: Items) -> GraphAnswer:
    """Return how many there are, as `/$count` does, in plain text.

    Raises:
        GraphError: 400 without `ConsistencyLevel: eventual`.
    """
    refuse_options(call, frozenset({"$filter", "$search"}))
    require_advanced_count(call)
    if isinstance(items, Table) and not call.query:
        return GraphAnswer(status=200, text=str(len(items)))
    return GraphAnswer(status=200, text=str(sum(1 for _ in _matching(call, entity, items, 0))))


def object_body(call: GraphCall, entity: Entity, item: DirectoryObject) -> dict[str, Any]:
    """Return one object as the query asks for it.

    Raises:
        GraphError: 501, for a query that is not understood.
    """
    refuse_options(call, frozenset({"$select"}))
    context = f"{call.base_url}/$metadata#{entity.collection}/$entity"
    names = selected_names(call, entity, call.query.get("$select"))
    return {"@odata.context": context} | shower(entity, call.tenant, names)(item)


def selected_names(call: GraphCall, entity: Entity, select: str | None) -> tuple[str, ...]:
    """Return the names of the properties that `select` asks for, or the default ones.

    Raises:
        GraphError: 501, a name that the sandbox does not know.
    """
    if not select:
        return entity.default if call.version == "v1.0" else _everything(call, entity)
    names = tuple(dict.fromkeys(name.strip() for name in select.split(",")))
    for name in names:
        if not entity.knows(name):
            msg = f"the property {name!r} of {entity.collection} in $select"
            raise not_implemented(msg)
    return names


def refuse_options(call: GraphCall, known: frozenset[str]) -> None:
    """Refuse query options that are not in `known`.

    Raises:
        GraphError: 501.
    """
    for name in call.query:
        if name not in known:
            msg = f"the query option {name} of {call.path}"
            raise not_implemented(msg)


def wants_count(call: GraphCall) -> bool:
    """Tell whether the query has `$count=true`.

    Raises:
        GraphError: 400 without `ConsistencyLevel: eventual`.
    """
    if call.query.get("$count", "false").casefold() != "true":
        return False
    require_advanced_count(call)
    return True


def require_advanced_count(call: GraphCall) -> None:
    """Refuse to count without the advanced index.

    Raises:
        GraphError: 400.
    """
    if not call.advanced:
        msg = "$count is not currently supported."
        raise unsupported_query(msg)


def _everything(call: GraphCall, entity: Entity) -> tuple[str, ...]:
    extensions: list[str] = []
    if entity.collection == "users":
        available = call.tenant.available_extension_properties()
        extensions = [definition.name for _, definition in available]
    return (*sorted(entity.names), *extensions)


def _matching(
    call: GraphCall, entity: Entity, items: Items, start: int
) -> Iterator[tuple[int, DirectoryObject]]:
    """Yield what `$filter` and `$search` let through, with positions, from `start` on."""
    wanted = _wanted(call, entity)
    if wanted is None:
        rest = items.starting_at(start) if isinstance(items, Table) else islice(items, start, None)
        yield from enumerate(rest, start)
        return
    getters = {name: entity.getter(call.tenant, name) for name in names_in(wanted)}
    candidates = _candidates(wanted, items) if isinstance(items, Table) else items
    for position, item in enumerate(candidates):
        if position >= start and wanted.matches(lambda name, item=item: getters[name](item)):
            yield position, item


def _wanted(call: GraphCall, entity: Entity) -> Filter | None:
    filtered, searched = call.query.get("$filter"), call.query.get("$search")
    parts: list[Filter] = []
    if filtered:
        parts.append(parse_filter(filtered))
        operator = advanced_operator(parts[0])
        if operator and not (call.advanced and wants_count(call)):
            msg = (
                f"Operator '{operator}' is not supported because the required parameters might be"
                f" missing. {_HINT}"
            )
            raise unsupported_query(msg)
    if searched:
        if not call.advanced:
            msg = (
                "Request with $search query parameter only works through MSGraph with a special"
                " request header: 'ConsistencyLevel: eventual'"
            )
            raise unsupported_query(msg)
        parts.append(parse_search(searched))
    for name in (name for part in parts for name in names_in(part)):
        if not entity.knows(name):
            msg = f"the property {name!r} of {entity.collection} in $filter or $search"
            raise not_implemented(msg)
    return All(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None


def _sorted(
    call: GraphCall, entity: Entity, items: list[DirectoryObject], order: str
) -> list[DirectoryObject]:
    """Sort by one property; what has no value comes first, as in OData."""
    name, _, direction = order.strip().partition(" ")
    if name not in _SORTABLE or direction.casefold() not in {"", "asc", "desc"}:
        msg = f"$orderby={order}"
        raise not_implemented(msg)
    alone = not {"$filter", "$search"} & call.query.keys() and name in _SORTABLE_BY_DEFAULT
    if not alone and not (call.advanced and wants_count(call)):
        msg = "Sorting not supported for current query."
        raise unsupported_query(msg)
    read = entity.getter(call.tenant, name)
    return sorted(
        items,
        key=lambda item: str(read(item) or "").casefold(),
        reverse=direction.casefold() == "desc",
    )


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
