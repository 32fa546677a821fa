"""azuread:index/servicePrincipal:ServicePrincipal.

`useExisting` takes over a service principal that is there already (those of Microsoft's own
applications, say). Deleting the resource still sends the DELETE and only ignores a refusal: that is
the official plugin's behaviour (pulumi-azuread issue 2045), so look such ones up instead.
https://learn.microsoft.com/graph/api/serviceprincipal-post-serviceprincipals
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from sandbox.plugins.azuread.feature_tags import tags_of
from sandbox.plugins.azuread.graph import Graph, GraphError, quoted
from sandbox.plugins.azuread.identifiers import object_id_of, service_principal_id
from sandbox.plugins.azuread.owners import (
    bind,
    change_owners,
    complete_owners,
    initial_owners,
    live_owners,
)
from sandbox.plugins.azuread.service_principal_state import service_principal_state
from sandbox.plugins.protocol.difference import Comparison
from sandbox.plugins.protocol.errors import CheckFailure, PartiallyCreatedError, ProviderError
from sandbox.plugins.protocol.path import pattern
from sandbox.plugins.protocol.resource import Properties, Resource
from sandbox.plugins.protocol.schema import Shape

CREATE_TIMEOUT_S: Final = 10 * 60.0
SETS: Final = ("alternativeNames", "notificationEmailAddresses", "owners", "tags")


class ServicePrincipal(Resource):
    """The application's identity in this tenant."""

    rules = Comparison(
        sets=frozenset(map(pattern, SETS)),
        replace_on=frozenset({pattern("clientId")}),
        defaults={pattern("accountEnabled"): True},
    )
    not_emulated = frozenset({"features", "samlSingleSignOn"})
    computed_inputs = frozenset({"featureTags", "tags"})

    def __init__(self, shape: Shape, graph: Graph) -> None:
        super().__init__(shape)
        self._graph = graph

    def problems(self, inputs: Properties) -> list[CheckFailure]:
        """Return tags that are given twice."""
        if inputs.get("tags") is None or inputs.get("featureTags") is None:
            return []
        return [CheckFailure(path="featureTags", reason="conflicts with tags; give one of them")]

    def create(self, inputs: Properties, timeout_s: float) -> tuple[str, dict[str, Any]]:
        """Create the service principal, or take over the existing one."""
        graph, owners = self._graph, inputs.get("owners", [])
        condition = f"appId eq {quoted(inputs['clientId'])}"
        if found := graph.list("v1.0/servicePrincipals", filter=condition):
            return self._take_over(found[0]["id"], inputs, timeout_s)
        body = _body(inputs)
        body["appId"] = inputs["clientId"]
        body["description"] = f"TERRAFORM_UPDATE_{uuid4()}"
        body["owners@odata.bind"] = bind(graph, initial_owners(graph, owners))
        made = graph.post(
            "v1.0/servicePrincipals",
            body,
            retry=_application_not_there_yet,
            timeout_s=timeout_s or CREATE_TIMEOUT_S,
        )
        path = f"v1.0/servicePrincipals/{made['id']}"
        description = {
            "@odata.type": "#microsoft.graph.servicePrincipal",
            "description": inputs.get("description"),
        }
        try:
            graph.patch(path, description, retry=lambda e: e.status == 404, timeout_s=timeout_s)
            complete_owners(graph, path, owners)
        except ProviderError as error:
            raise PartiallyCreatedError(
                str(error),
                resource_id=service_principal_id(made["id"]),
                state={**inputs, "objectId": made["id"]},
                inputs=inputs,
            ) from error
        return service_principal_id(made["id"]), self._state(graph.get(path), inputs)

    def read(self, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """Return the live service principal."""
        object_id = object_id_of(resource_id, "servicePrincipals")
        principal = self._graph.find(f"v1.0/servicePrincipals/{object_id}")
        return None if principal is None else self._state(principal, state)

    def update(
        self,
        resource_id: str,
        state: Properties,
        old: Properties,
        new: Properties,
        timeout_s: float,
    ) -> dict[str, Any]:
        """Send one PATCH with everything, then the owners."""
        del state, old
        path = f"v1.0/servicePrincipals/{object_id_of(resource_id, 'servicePrincipals')}"
        self._graph.patch(path, _body(new), timeout_s=timeout_s)
        change_owners(self._graph, path, new.get("owners", []))
        return self._state(self._graph.get(path), new)

    def delete(self, resource_id: str, state: Properties, timeout_s: float) -> None:
        """Delete the service principal; see the module about `useExisting`."""
        path = f"v1.0/servicePrincipals/{object_id_of(resource_id, 'servicePrincipals')}"
        try:
            self._graph.delete_and_wait(path, timeout_s)
        except GraphError:
            if not state.get("useExisting"):
                raise

    def _take_over(
        self, object_id: str, inputs: Properties, timeout_s: float
    ) -> tuple[str, dict[str, Any]]:
        resource_id = service_principal_id(object_id)
        if not inputs.get("useExisting"):
            msg = (
                f"the application {inputs['clientId']} has a service principal already "
                f"({resource_id}); import it, or set useExisting to take it over"
            )
            raise ProviderError(msg)
        path = f"v1.0/servicePrincipals/{object_id}"
        self._graph.patch(path, _body(inputs), timeout_s=timeout_s)
        if "owners" in inputs:
            change_owners(self._graph, path, inputs["owners"])
        return resource_id, self._state(self._graph.get(path), inputs)

    def _state(self, principal: Mapping[str, Any], known: Properties) -> dict[str, Any]:
        graph, path = self._graph, f"servicePrincipals/{principal['id']}"
        beta = graph.get(f"beta/{path}", select="samlMetadataUrl")
        return {
            **service_principal_state(principal, beta),
            "owners": live_owners(graph, f"v1.0/{path}"),
            "useExisting": known.get("useExisting", False),
        }


def _body(inputs: Properties) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.servicePrincipal",
        "accountEnabled": inputs.get("accountEnabled", True),
        "alternativeNames": inputs.get("alternativeNames", []),
        "appRoleAssignmentRequired": inputs.get("appRoleAssignmentRequired", False),
        "description": inputs.get("description"),
        "loginUrl": inputs.get("loginUrl"),
        "notes": inputs.get("notes"),
        "notificationEmailAddresses": inputs.get("notificationEmailAddresses", []),
        "preferredSingleSignOnMode": inputs.get("preferredSingleSignOnMode"),
        "samlSingleSignOnSettings": {},
        "tags": tags_of(inputs),
    }


def _application_not_there_yet(error: GraphError) -> bool:
    return (
        error.status == 400 and "does not reference a valid application object" in error.message
    ) or (error.status == 403 and "backing application" in error.message)
