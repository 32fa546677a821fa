"""azuread:index/appRoleAssignment:AppRoleAssignment: a principal gets an application role.

https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.plugins.azuread.graph import Graph, GraphError
from sandbox.plugins.azuread.identifiers import child_of
from sandbox.plugins.protocol.difference import Comparison
from sandbox.plugins.protocol.path import pattern
from sandbox.plugins.protocol.resource import Properties, Resource
from sandbox.plugins.protocol.schema import Shape

REPLACING: Final = ("appRoleId", "principalObjectId", "resourceObjectId")


class AppRoleAssignment(Resource):
    """One assignment; it cannot be changed, only made and deleted."""

    rules = Comparison(replace_on=frozenset(map(pattern, REPLACING)))

    def __init__(self, shape: Shape, graph: Graph) -> None:
        super().__init__(shape)
        self._graph = graph

    def create(self, inputs: Properties, timeout_s: float) -> tuple[str, dict[str, Any]]:
        """Assign the role."""
        graph, resource = self._graph, inputs["resourceObjectId"]
        graph.get(f"v1.0/servicePrincipals/{resource}")
        path = f"v1.0/servicePrincipals/{resource}/appRoleAssignedTo"
        body = {
            "@odata.type": "#microsoft.graph.appRoleAssignment",
            "appRoleId": inputs["appRoleId"],
            "principalId": inputs["principalObjectId"],
            "resourceId": resource,
        }
        made = graph.post(path, body, retry=_not_there_yet, timeout_s=timeout_s)
        state = _state(graph.get(f"{path}/{made['id']}"))
        return f"/servicePrincipals/{resource}/appRoleAssignedTo/{made['id']}", state

    def read(self, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """Return the live assignment."""
        del state
        live = self._graph.find(_path(resource_id))
        return None if live is None else _state(live)

    def delete(self, resource_id: str, state: Properties, timeout_s: float) -> None:
        """Take the role away."""
        del state, timeout_s
        self._graph.delete_if_there(_path(resource_id))


def _path(resource_id: str) -> str:
    resource, assignment = child_of(resource_id, "appRoleAssignedTo")
    return f"v1.0/servicePrincipals/{resource}/appRoleAssignedTo/{assignment}"


def _state(live: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "appRoleId": live["appRoleId"],
        "principalDisplayName": live.get("principalDisplayName") or "",
        "principalObjectId": live["principalId"],
        "principalType": live.get("principalType") or "",
        "resourceDisplayName": live.get("resourceDisplayName") or "",
        "resourceObjectId": live["resourceId"],
    }


def _not_there_yet(error: GraphError) -> bool:
    return error.status == 404 or (
        error.status == 400 and "Not a valid reference update" in error.message
    )
