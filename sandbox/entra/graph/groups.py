"""Groups: https://learn.microsoft.com/graph/api/resources/group

They are only read; the scenario makes them.
"""

from __future__ import annotations

from sandbox.entra.directory.objects import Group
from sandbox.entra.graph.call import GraphAnswer, GraphCall, ok
from sandbox.entra.graph.directory_objects import mixed_list
from sandbox.entra.graph.entities import GROUPS
from sandbox.entra.graph.errors import not_found
from sandbox.entra.graph.listing import list_body, object_body


def list_all(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-list"""
    return ok(list_body(call, GROUPS, call.tenant.groups))


def get(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-get"""
    return ok(object_body(call, GROUPS, _find(call)))


def list_members(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-list-members"""
    return ok(mixed_list(call, call.tenant.memberships.members(_find(call).object_id)))


def list_transitive_members(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-list-transitivemembers"""
    return ok(mixed_list(call, call.tenant.memberships.transitive_members(_find(call).object_id)))


def list_owners(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-list-owners"""
    return ok(mixed_list(call, _find(call).owner_ids))


def list_memberships(call: GraphCall) -> GraphAnswer:
    """https://learn.microsoft.com/graph/api/group-list-memberof"""
    return ok(mixed_list(call, call.tenant.memberships.groups(_find(call).object_id)))


def _find(call: GraphCall) -> Group:
    wanted = call.parameters["group"]
    found = call.tenant.groups.get(wanted)
    if found is None:
        raise not_found(wanted)
    return found
