"""azuread:index/applicationPassword:ApplicationPassword.

Entra makes the secret and shows it once; nothing about it can be changed later, so every change is
a replacement. `endDateRelative` is accepted but never sent, as in upstream 3.9.0: Entra's own
default (two years) then rules.
https://learn.microsoft.com/graph/api/application-addpassword
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sandbox.plugins.azuread.graph import Graph, GraphError
from sandbox.plugins.azuread.identifiers import application_id, child_of, object_id_of
from sandbox.plugins.protocol.difference import Comparison
from sandbox.plugins.protocol.path import pattern
from sandbox.plugins.protocol.resource import Properties, Resource
from sandbox.plugins.protocol.schema import Shape

REPLACING: Final = (
    "applicationId",
    "displayName",
    "endDate",
    "endDateRelative",
    "rotateWhenChanged",
    "startDate",
)


class ApplicationPassword(Resource):
    """A client secret of an application."""

    rules = Comparison(replace_on=frozenset(map(pattern, REPLACING)))
    secrets = frozenset({"value"})
    computed_inputs = frozenset({"endDate", "startDate"})

    def __init__(self, shape: Shape, graph: Graph) -> None:
        super().__init__(shape)
        self._graph = graph

    def create(self, inputs: Properties, timeout_s: float) -> tuple[str, dict[str, Any]]:
        """Have Entra make a secret and wait until the application lists it."""
        graph = self._graph
        object_id = object_id_of(inputs["applicationId"], "applications")
        path = f"v1.0/applications/{object_id}"
        graph.get(path)
        wanted = {
            theirs: inputs[ours]
            for ours, theirs in (
                ("displayName", "displayName"),
                ("startDate", "startDateTime"),
                ("endDate", "endDateTime"),
            )
            if inputs.get(ours)
        }
        made = graph.post(
            f"{path}/addPassword", {"passwordCredential": wanted}, timeout_s=timeout_s
        )
        key_id = made["keyId"]
        graph.wait_until(
            lambda: self._credential(path, key_id) is not None,
            what=f"the new secret {key_id} of {path}",
            timeout_s=timeout_s,
        )
        state = {**inputs, **_state(made), "value": made["secretText"]}
        return f"{object_id}/password/{key_id}", state

    def read(self, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """Return the credential as the application lists it; its value is only in the state."""
        object_id, key_id = child_of(resource_id, "password")
        credential = self._credential(f"v1.0/applications/{object_id}", key_id)
        if credential is None:
            return None
        live = _state(credential)
        for name in ("startDate", "endDate"):
            if _same_time(state.get(name), live.get(name)):
                live[name] = state[name]
        return {"applicationId": application_id(object_id), **state, **live}

    def delete(self, resource_id: str, state: Properties, timeout_s: float) -> None:
        """Remove the secret; fine if the application has gone with it."""
        del state
        object_id, key_id = child_of(resource_id, "password")
        path = f"v1.0/applications/{object_id}"
        if self._credential(path, key_id) is None:
            return
        try:
            self._graph.post(f"{path}/removePassword", {"keyId": key_id}, timeout_s=timeout_s)
        except GraphError as error:
            if error.status != 404:
                raise
        self._graph.wait_until(
            lambda: self._credential(path, key_id) is None,
            what=f"the removal of the secret {key_id} of {path}",
            timeout_s=timeout_s,
        )

    def _credential(self, path: str, key_id: str) -> Mapping[str, Any] | None:
        application = self._graph.find(path) or {}
        credentials = application.get("passwordCredentials") or []
        return next((c for c in credentials if c["keyId"] == key_id), None)


def _state(credential: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "displayName": credential.get("displayName") or "",
        "endDate": credential["endDateTime"],
        "keyId": credential["keyId"],
        "startDate": credential["startDateTime"],
    }


def _same_time(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return False
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return False
