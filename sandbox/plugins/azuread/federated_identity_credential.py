"""azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential.

https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.plugins.azuread.graph import Graph
from sandbox.plugins.azuread.identifiers import application_id, child_of, object_id_of
from sandbox.plugins.protocol.difference import Comparison
from sandbox.plugins.protocol.errors import CheckFailure
from sandbox.plugins.protocol.path import pattern
from sandbox.plugins.protocol.resource import Properties, Resource
from sandbox.plugins.protocol.schema import Shape


class FederatedIdentityCredential(Resource):
    """Trust of an application in the tokens of another issuer."""

    rules = Comparison(replace_on=frozenset({pattern("applicationId"), pattern("displayName")}))

    def __init__(self, shape: Shape, graph: Graph) -> None:
        super().__init__(shape)
        self._graph = graph

    def problems(self, inputs: Properties) -> list[CheckFailure]:
        """Return a wrong number of audiences: Entra takes exactly one."""
        audiences = inputs["audiences"]
        if not isinstance(audiences, list) or len(audiences) == 1:
            return []
        return [CheckFailure(path="audiences", reason=f"must be one, not {len(audiences)}")]

    def create(self, inputs: Properties, timeout_s: float) -> tuple[str, dict[str, Any]]:
        """Create the credential and wait until it can be read."""
        graph = self._graph
        object_id = object_id_of(inputs["applicationId"], "applications")
        graph.get(f"v1.0/applications/{object_id}")
        path = f"v1.0/applications/{object_id}/federatedIdentityCredentials"
        made = graph.post(path, _body(inputs), timeout_s=timeout_s)
        live = f"{path}/{made['id']}"
        graph.wait_until(
            lambda: graph.find(live) is not None, what=f"the new {live}", timeout_s=timeout_s
        )
        state = _state(object_id, graph.get(live))
        return f"{object_id}/federatedIdentityCredential/{made['id']}", state

    def read(self, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """Return the live credential."""
        del state
        object_id, _ = child_of(resource_id, "federatedIdentityCredential")
        live = self._graph.find(_path(resource_id))
        return None if live is None else _state(object_id, live)

    def update(
        self,
        resource_id: str,
        state: Properties,
        old: Properties,
        new: Properties,
        timeout_s: float,
    ) -> dict[str, Any]:
        """Send the whole credential."""
        del state, old
        object_id, credential_id = child_of(resource_id, "federatedIdentityCredential")
        body = {**_body(new), "id": credential_id}
        self._graph.patch(_path(resource_id), body, timeout_s=timeout_s)
        return _state(object_id, self._graph.get(_path(resource_id)))

    def delete(self, resource_id: str, state: Properties, timeout_s: float) -> None:
        """Delete the credential."""
        del state
        self._graph.delete_and_wait(_path(resource_id), timeout_s)


def _path(resource_id: str) -> str:
    object_id, credential_id = child_of(resource_id, "federatedIdentityCredential")
    return f"v1.0/applications/{object_id}/federatedIdentityCredentials/{credential_id}"


def _body(inputs: Properties) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.federatedIdentityCredential",
        "name": inputs["displayName"],
        "issuer": inputs["issuer"],
        "subject": inputs["subject"],
        "audiences": inputs["audiences"],
        "description": inputs.get("description", ""),
    }


def _state(object_id: str, live: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "applicationId": application_id(object_id),
        "audiences": live.get("audiences") or [],
        "credentialId": live["id"],
        "description": live.get("description") or "",
        "displayName": live["name"],
        "issuer": live["issuer"],
        "subject": live["subject"],
    }
