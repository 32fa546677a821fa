"""Asks Microsoft Graph for the names of GUIDs that a preview leaves without one.

As whoever runs the review, with what they may read: Directory.Read.All, or User.Read.All,
GroupMember.Read.All and Application.Read.All. Objects that they may not read stay GUIDs.
https://learn.microsoft.com/graph/api/directoryobject-getbyids
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.client import GraphClient, connect
from graph.cloud import PUBLIC, cloud_from
from graph.errors import GraphError
from review.model import Preview
from review.names import GUID, Names, names_in
from review.values import Value

MAX_IDS = 1_000
"""As many as one request may ask for."""
_PATH = "/directoryObjects/getByIds"
_NEEDS = "Directory.Read.All"
_ID_PROPERTIES = frozenset(
    {"appRoleId", "id", "keyId", "resourceAppId", "tenantId", "clientId", "applicationId"}
)
"""GUIDs of something else than directory objects."""


class NamesNotResolvedError(Exception):
    """The directory could not be asked; the review goes on without."""


def resolve_names(preview: Preview, client: GraphClient | None = None) -> Names:
    """Return names of the directory objects that `preview` mentions and does not name.

    Raises:
        NamesNotResolvedError: the preview does not say which tenant, or the directory refused.
    """
    guids = names_in(preview).unknown(_object_ids(preview))
    if not guids:
        return Names()
    try:
        with client or _connect(preview) as graph:
            return Names(by_guid=dict(_names(graph, guids)))
    except GraphError as error:
        msg = f"names are not resolved: {error}"
        raise NamesNotResolvedError(msg) from error


def _connect(preview: Preview) -> GraphClient:
    tenant_id = preview.config.get(f"{preview.project}:tenantId")
    if not isinstance(tenant_id, str):
        msg = f"names are not resolved: the preview has no setting {preview.project}:tenantId"
        raise NamesNotResolvedError(msg)
    cloud = preview.config.get(f"{preview.project}:cloud")
    return connect(tenant_id, cloud_from(cloud) if cloud else PUBLIC)


def _names(graph: GraphClient, guids: list[str]) -> Iterator[tuple[str, str]]:
    for start in range(0, len(guids), MAX_IDS):
        page = graph.post(_PATH, {"ids": guids[start : start + MAX_IDS]}, needs=_NEEDS)
        for item in graph.items(page, _PATH, needs=_NEEDS):
            name = item.get("userPrincipalName") or item.get("displayName")
            if name:
                yield item["id"].lower(), name


def _object_ids(preview: Preview) -> Iterator[str]:
    for change in (*preview.changes, *preview.drift):
        for side in (change.old, change.new):
            if side is not None and change.operation != "same":
                for name, value in side.inputs.items():
                    yield from _guids(name, value)


def _guids(name: str, value: Value) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _guids(key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _guids(name, inner)
    elif isinstance(value, str) and name not in _ID_PROPERTIES:
        for found in GUID.finditer(value):
            yield found[0].lower()
