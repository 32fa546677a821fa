"""azuread:index/application:Application.

The creation takes several requests: Entra refuses `acceptMappedClaims` in the POST of an identity
that holds only `Application.ReadWrite.OwnedBy`, so it comes in a PATCH, and a PATCH of the display
name to and fro proves that the new object is writable everywhere.
https://learn.microsoft.com/graph/api/application-post-applications
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from sandbox.plugins.azuread.application_body import (
    DEFAULT_AUDIENCE,
    DEFAULT_TOKEN_VERSION,
    application_state,
    graph_application,
)
from sandbox.plugins.azuread.application_rules import application_problems
from sandbox.plugins.azuread.graph import Graph, GraphError, quoted
from sandbox.plugins.azuread.identifiers import application_id, object_id_of
from sandbox.plugins.azuread.owners import (
    bind,
    change_owners,
    complete_owners,
    initial_owners,
    live_owners,
)
from sandbox.plugins.protocol.difference import Comparison
from sandbox.plugins.protocol.errors import CheckFailure, PartiallyCreatedError, ProviderError
from sandbox.plugins.protocol.path import pattern
from sandbox.plugins.protocol.resource import Properties, Resource
from sandbox.plugins.protocol.schema import Shape
from sandbox.plugins.protocol.values import has_unknown

CREATE_TIMEOUT_S: Final = 10 * 60.0
SETS: Final = (
    "api.knownClientApplications",
    "api.oauth2PermissionScopes",
    "appRoles",
    "appRoles.*.allowedMemberTypes",
    "groupMembershipClaims",
    "identifierUris",
    "owners",
    "publicClient.redirectUris",
    "requiredResourceAccesses",
    "singlePageApplication.redirectUris",
    "tags",
    "web.redirectUris",
)
# Left out of an update unless they changed: sending them needs more rights than the rest.
ONLY_WHEN_CHANGED: Final = (
    ("identifierUris", "identifierUris"),
    ("optionalClaims", "optionalClaims"),
    ("requiredResourceAccesses", "requiredResourceAccess"),
    ("appRoles", "appRoles"),
)


class Application(Resource):
    """An application registration."""

    rules = Comparison(
        sets=frozenset(map(pattern, SETS)),
        replace_on=frozenset({pattern("templateId")}),
        defaults={
            pattern("api.oauth2PermissionScopes.*.enabled"): True,
            pattern("api.oauth2PermissionScopes.*.type"): "User",
            pattern("api.requestedAccessTokenVersion"): DEFAULT_TOKEN_VERSION,
            pattern("appRoles.*.enabled"): True,
            pattern("signInAudience"): DEFAULT_AUDIENCE,
        },
    )
    not_emulated = frozenset({"logoImage", "password", "templateId"})
    computed_inputs = frozenset({"featureTags", "tags"})

    def __init__(self, shape: Shape, graph: Graph) -> None:
        super().__init__(shape)
        self._graph = graph

    def problems(self, inputs: Properties) -> list[CheckFailure]:
        """Return bad redirect URIs, audiences, claims, owners and tags."""
        return application_problems(inputs)

    def preview_create(self, inputs: Properties) -> dict[str, Any]:
        """Return the state to come; refuse a duplicate name already in the preview."""
        if not has_unknown(inputs.get("displayName")):
            self._refuse_duplicate(inputs)
        return super().preview_create(inputs)

    def create(self, inputs: Properties, timeout_s: float) -> tuple[str, dict[str, Any]]:
        """Create, prove writable, allow mapped claims, settle the owners, read."""
        self._refuse_duplicate(inputs)
        graph, owners = self._graph, inputs.get("owners", [])
        body = graph_application(inputs)
        if body["api"]["acceptMappedClaims"]:
            del body["api"]["acceptMappedClaims"]
        body["owners@odata.bind"] = bind(graph, initial_owners(graph, owners))
        made = graph.post("v1.0/applications", body, timeout_s=timeout_s or CREATE_TIMEOUT_S)
        path = f"v1.0/applications/{made['id']}"
        try:
            self._complete(path, inputs, timeout_s or CREATE_TIMEOUT_S)
            complete_owners(graph, path, owners)
        except ProviderError as error:
            raise PartiallyCreatedError(
                str(error),
                resource_id=application_id(made["id"]),
                state={**inputs, "objectId": made["id"], "clientId": made["appId"]},
                inputs=inputs,
            ) from error
        return application_id(made["id"]), self._state(graph.get(path), inputs)

    def read(self, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """Return the live application."""
        object_id = object_id_of(resource_id, "applications")
        application = self._graph.find(f"v1.0/applications/{object_id}")
        return None if application is None else self._state(application, state)

    def update(
        self,
        resource_id: str,
        state: Properties,
        old: Properties,
        new: Properties,
        timeout_s: float,
    ) -> dict[str, Any]:
        """Send one PATCH with everything that may be sent; then the owners."""
        del state
        graph = self._graph
        object_id = object_id_of(resource_id, "applications")
        path = f"v1.0/applications/{object_id}"
        body = graph_application(new)
        for ours, theirs in ONLY_WHEN_CHANGED:
            if not self.rules.changes(_part(old, ours), _part(new, ours)):
                del body[theirs]
        if not self.rules.changes(_scopes(old), _scopes(new)):
            del body["api"]["oauth2PermissionScopes"]
        self._disable_changed(path, body)
        graph.patch(path, body, timeout_s=timeout_s)
        if "oauth2PostResponseRequired" in new:
            self._require_post_response(path, new)
        change_owners(graph, path, new.get("owners", []))
        return self._state(graph.get(path), new)

    def delete(self, resource_id: str, state: Properties, timeout_s: float) -> None:
        """Delete the application; Entra keeps it for 30 days, out of sight."""
        del state
        object_id = object_id_of(resource_id, "applications")
        self._graph.delete_and_wait(f"v1.0/applications/{object_id}", timeout_s)

    def _complete(self, path: str, inputs: Properties, timeout_s: float) -> None:
        graph = self._graph
        for display_name in (f"TERRAFORM_UPDATE_{uuid4()}", inputs["displayName"]):
            body = {"@odata.type": "#microsoft.graph.application", "displayName": display_name}
            graph.patch(path, body, retry=_not_there_yet, timeout_s=timeout_s)
        if "oauth2PostResponseRequired" in inputs:
            self._require_post_response(path, inputs)
        if inputs.get("api", {}).get("mappedClaimsEnabled"):
            body = {
                "@odata.type": "#microsoft.graph.application",
                "api": graph_application(inputs)["api"],
            }
            graph.patch(path, body, retry=_not_there_yet, timeout_s=timeout_s)

    def _require_post_response(self, path: str, inputs: Properties) -> None:
        self._graph.patch(
            path.replace("v1.0/", "beta/", 1),
            {"oauth2RequirePostResponse": inputs["oauth2PostResponseRequired"]},
        )

    def _disable_changed(self, path: str, body: Mapping[str, Any]) -> None:
        """Disable the roles and scopes that change or go: Entra refuses to touch enabled ones."""
        if "appRoles" not in body and "oauth2PermissionScopes" not in body["api"]:
            return
        live = self._graph.get(path)
        roles = _disabled(live.get("appRoles") or [], body.get("appRoles"))
        live_scopes = (live.get("api") or {}).get("oauth2PermissionScopes") or []
        scopes = _disabled(live_scopes, body["api"].get("oauth2PermissionScopes"))
        if roles is None and scopes is None:
            return
        disabling: dict[str, Any] = {"@odata.type": "#microsoft.graph.application"}
        if roles is not None:
            disabling["appRoles"] = roles
        if scopes is not None:
            disabling["api"] = {"oauth2PermissionScopes": scopes}
        self._graph.patch(path, disabling)

    def _refuse_duplicate(self, inputs: Properties) -> None:
        if not inputs.get("preventDuplicateNames"):
            return
        name = inputs["displayName"]
        found = self._graph.list("v1.0/applications", filter=f"displayName eq {quoted(name)}")
        if found:
            msg = (
                f"an application called {name!r} exists already ({found[0]['id']}) and "
                "preventDuplicateNames is set; import it or choose another name"
            )
            raise ProviderError(msg)

    def _state(self, application: Mapping[str, Any], known: Properties) -> dict[str, Any]:
        graph, path = self._graph, f"applications/{application['id']}"
        beta = graph.get(f"beta/{path}", select="oauth2RequirePostResponse")
        state = application_state(application, beta, live_owners(graph, f"v1.0/{path}"))
        return {**state, "preventDuplicateNames": known.get("preventDuplicateNames", False)}


def _part(inputs: Properties, name: str) -> dict[str, Any]:
    return {name: inputs[name]} if name in inputs else {}


def _scopes(inputs: Properties) -> dict[str, Any]:
    scopes = inputs.get("api", {}).get("oauth2PermissionScopes")
    return {} if scopes is None else {"api": {"oauth2PermissionScopes": scopes}}


def _disabled(
    live: list[dict[str, Any]], wanted: list[dict[str, Any]] | None
) -> list[dict[str, Any]] | None:
    """Return `live` with the changing entries disabled; None when there is nothing to disable."""
    if wanted is None:
        return None
    changing = [entry for entry in live if entry.get("isEnabled") and not _kept(entry, wanted)]
    if not changing:
        return None
    return [{**entry, "isEnabled": False} if entry in changing else entry for entry in live]


def _kept(entry: Mapping[str, Any], wanted: list[dict[str, Any]]) -> bool:
    return any(
        all(entry.get(name) == value for name, value in other.items())
        for other in wanted
        if other["id"] == entry["id"]
    )


def _not_there_yet(error: GraphError) -> bool:
    disabled_first = "cannot be deleted or updated unless disabled first"
    return error.status in (404, 409) or (error.status == 400 and disabled_first in error.message)
