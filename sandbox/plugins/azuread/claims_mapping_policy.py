"""azuread:index/claimsMappingPolicy:ClaimsMappingPolicy and its assignment to a service principal.

https://learn.microsoft.com/graph/api/resources/claimsmappingpolicy
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.plugins.azuread.graph import Graph, GraphError
from sandbox.plugins.azuread.identifiers import child_of, object_id_of, service_principal_id
from sandbox.plugins.protocol.difference import Comparison
from sandbox.plugins.protocol.path import pattern
from sandbox.plugins.protocol.resource import Properties, Resource
from sandbox.plugins.protocol.schema import Shape

COLLECTION = "claimsMappingPolicies"


class ClaimsMappingPolicy(Resource):
    """A policy that puts directory attributes into tokens."""

    rules = Comparison()

    def __init__(self, shape: Shape, graph: Graph) -> None:
        super().__init__(shape)
        self._graph = graph

    def create(self, inputs: Properties, timeout_s: float) -> tuple[str, dict[str, Any]]:
        """Create the policy."""
        made = self._graph.post(f"v1.0/policies/{COLLECTION}", _body(inputs), timeout_s=timeout_s)
        state = _state(self._graph.get(f"v1.0/policies/{COLLECTION}/{made['id']}"))
        return f"/policies/{COLLECTION}/{made['id']}", state

    def read(self, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """Return the live policy."""
        del state
        live = self._graph.find(_policy_path(resource_id))
        return None if live is None else _state(live)

    def update(
        self,
        resource_id: str,
        state: Properties,
        old: Properties,
        new: Properties,
        timeout_s: float,
    ) -> dict[str, Any]:
        """Send the whole policy."""
        del state, old
        path = _policy_path(resource_id)
        self._graph.patch(path, _body(new), timeout_s=timeout_s)
        return _state(self._graph.get(path))

    def delete(self, resource_id: str, state: Properties, timeout_s: float) -> None:
        """Delete the policy."""
        del state, timeout_s
        self._graph.delete_if_there(_policy_path(resource_id))


class ClaimsMappingPolicyAssignment(Resource):
    """A policy's use by one service principal; it cannot be changed, only made and deleted."""

    rules = Comparison(
        replace_on=frozenset({pattern("claimsMappingPolicyId"), pattern("servicePrincipalId")})
    )

    def __init__(self, shape: Shape, graph: Graph) -> None:
        super().__init__(shape)
        self._graph = graph

    def create(self, inputs: Properties, timeout_s: float) -> tuple[str, dict[str, Any]]:
        """Assign the policy and see that it is listed."""
        principal = object_id_of(inputs["servicePrincipalId"], "servicePrincipals")
        policy = object_id_of(inputs["claimsMappingPolicyId"], COLLECTION)
        path = f"v1.0/servicePrincipals/{principal}/{COLLECTION}"
        body = {"@odata.id": self._graph.reference(policy)}
        self._graph.post(f"{path}/$ref", body, timeout_s=timeout_s)
        self._graph.wait_until(
            lambda: self._is_assigned(path, policy),
            what=f"the policy {policy} at {path}",
            timeout_s=timeout_s,
        )
        return f"/servicePrincipals/{principal}/{COLLECTION}/{policy}", dict(inputs)

    def read(self, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """Return the assignment if the service principal still lists the policy."""
        del state
        principal, policy = child_of(resource_id, COLLECTION)
        if not self._is_assigned(f"v1.0/servicePrincipals/{principal}/{COLLECTION}", policy):
            return None
        return {
            "claimsMappingPolicyId": f"/policies/{COLLECTION}/{policy}",
            "servicePrincipalId": service_principal_id(principal),
        }

    def delete(self, resource_id: str, state: Properties, timeout_s: float) -> None:
        """Take the policy from the service principal."""
        del state
        principal, policy = child_of(resource_id, COLLECTION)
        path = f"v1.0/servicePrincipals/{principal}/{COLLECTION}"
        self._graph.delete_if_there(f"{path}/{policy}/$ref")
        self._graph.wait_until(
            lambda: not self._is_assigned(path, policy),
            what=f"the removal of {path}/{policy}",
            timeout_s=timeout_s,
        )

    def _is_assigned(self, path: str, policy: str) -> bool:
        try:
            return any(listed["id"] == policy for listed in self._graph.list(path))
        except GraphError as error:
            if error.status != 404:
                raise
            return False


def _policy_path(resource_id: str) -> str:
    return f"v1.0/policies/{COLLECTION}/{object_id_of(resource_id, COLLECTION)}"


def _body(inputs: Properties) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.claimsMappingPolicy",
        "definition": inputs["definitions"],
        "displayName": inputs["displayName"],
    }


def _state(live: Mapping[str, Any]) -> dict[str, Any]:
    return {"definitions": live["definition"], "displayName": live["displayName"]}
