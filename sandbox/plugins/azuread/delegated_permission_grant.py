"""azuread:index/servicePrincipalDelegatedPermissionGrant: consent to delegated permissions.

Without `userObjectId` it is admin consent for everybody.
https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.plugins.azuread.graph import Graph, GraphError
from sandbox.plugins.protocol.difference import Comparison
from sandbox.plugins.protocol.errors import ProviderError
from sandbox.plugins.protocol.path import pattern
from sandbox.plugins.protocol.resource import Properties, Resource
from sandbox.plugins.protocol.schema import Shape

REPLACING: Final = (
    "resourceServicePrincipalObjectId",
    "servicePrincipalObjectId",
    "userObjectId",
)
ID_PREFIX: Final = "/oauth2PermissionGrants/"


class DelegatedPermissionGrant(Resource):
    """A grant of scopes of one service principal to another."""

    rules = Comparison(
        sets=frozenset({pattern("claimValues")}),
        replace_on=frozenset(map(pattern, REPLACING)),
    )

    def __init__(self, shape: Shape, graph: Graph) -> None:
        super().__init__(shape)
        self._graph = graph

    def create(self, inputs: Properties, timeout_s: float) -> tuple[str, dict[str, Any]]:
        """Grant the scopes."""
        graph = self._graph
        client = inputs["servicePrincipalObjectId"]
        resource = inputs["resourceServicePrincipalObjectId"]
        graph.get(f"v1.0/servicePrincipals/{client}")
        graph.get(f"v1.0/servicePrincipals/{resource}")
        user = inputs.get("userObjectId")
        body = {
            "@odata.type": "#microsoft.graph.oAuth2PermissionGrant",
            "clientId": client,
            "consentType": "Principal" if user else "AllPrincipals",
            "resourceId": resource,
            "scope": " ".join(inputs["claimValues"]),
            **({"principalId": user} if user else {}),
        }
        made = graph.post(
            "v1.0/oauth2PermissionGrants", body, retry=_not_there_yet, timeout_s=timeout_s
        )
        state = _state(graph.get(f"v1.0/oauth2PermissionGrants/{made['id']}"))
        return f"{ID_PREFIX}{made['id']}", state

    def read(self, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """Return the live grant."""
        del state
        live = self._graph.find(_path(resource_id))
        return None if live is None else _state(live)

    def update(
        self,
        resource_id: str,
        state: Properties,
        old: Properties,
        new: Properties,
        timeout_s: float,
    ) -> dict[str, Any]:
        """Send the scopes; nothing else of a grant can change."""
        del state, old
        body = {
            "@odata.type": "#microsoft.graph.oAuth2PermissionGrant",
            "scope": " ".join(new["claimValues"]),
        }
        self._graph.patch(_path(resource_id), body, timeout_s=timeout_s)
        return _state(self._graph.get(_path(resource_id)))

    def delete(self, resource_id: str, state: Properties, timeout_s: float) -> None:
        """Withdraw the consent."""
        del state, timeout_s
        self._graph.delete_if_there(_path(resource_id))


def _path(resource_id: str) -> str:
    if not resource_id.startswith(ID_PREFIX):
        msg = f"{resource_id!r} is not of the form '{ID_PREFIX}<id>'"
        raise ProviderError(msg)
    return f"v1.0{resource_id}"


def _state(live: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "claimValues": (live.get("scope") or "").split(),
        "resourceServicePrincipalObjectId": live["resourceId"],
        "servicePrincipalObjectId": live["clientId"],
        "userObjectId": live.get("principalId") or "",
    }


def _not_there_yet(error: GraphError) -> bool:
    missing = "does not exist or one of its queried reference-property objects are not present"
    return error.status == 404 or (error.status == 400 and missing in error.message)
