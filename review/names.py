"""Names of the people, groups and applications that a preview speaks of by GUID.

They are taken from the preview itself: annotations of bindings, outputs of the stack, the lines of
users, and what Entra has told the resources. With `--resolve-names`, the rest is asked of the
directory (`resolve`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from review.model import Preview, Resource
from review.tables import table_of
from review.values import Value, at, items, texts

GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
GROUPS_ANNOTATION = "entra-eks-sso/groups"
MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"
_WELL_KNOWN = {MICROSOFT_GRAPH: "Microsoft Graph"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names by GUID in lower case."""

    by_guid: Mapping[str, str] = field(default_factory=dict)

    def of(self, text: str) -> str:
        """Return the name of whom `text` means, or `text` itself when nobody knows.

        It may be a GUID, or a group of Kubernetes whose name ends in one.
        """
        found = GUID.search(text)
        if found is None:
            return text
        return self.by_guid.get(found[0].lower(), text)

    def beside(self, text: str) -> str:
        """Return `text` with the name beside each GUID that has one."""
        return GUID.sub(lambda found: self._named(found[0]), text)

    def unknown(self, guids: Iterable[str]) -> list[str]:
        """Return those of `guids` that have no name."""
        return sorted({guid.lower() for guid in guids} - set(self.by_guid))

    def with_more(self, more: Mapping[str, str]) -> Names:
        """Return these names and `more`; these win."""
        return Names(
            by_guid={**{guid.lower(): name for guid, name in more.items()}, **self.by_guid}
        )

    def _named(self, guid: str) -> str:
        name = self.by_guid.get(guid.lower())
        return f"{guid} ({name})" if name else guid


def names_in(preview: Preview) -> Names:
    """Return the names that the preview itself tells."""
    found: dict[str, str] = dict(_WELL_KNOWN)
    for change in (*preview.drift, *preview.changes):
        for side in (change.old, change.new):
            if side is not None:
                for guid, name in _told_by(side):
                    found[guid.lower()] = name
    return Names(by_guid=found)


def _told_by(resource: Resource) -> Iterable[tuple[str, str]]:
    kind = resource.type
    if kind == "pulumi:pulumi:Stack":
        yield from _of_outputs(resource.outputs)
    elif kind.endswith(("/v1:RoleBinding", "/v1:ClusterRoleBinding")):
        yield from _of_binding(resource.inputs)
    elif kind == "pulumi-python:dynamic/entra:UserAttributes":
        yield from _of_users(resource.inputs.get("users"))
    elif kind.startswith("azuread:"):
        yield from _of_directory_object(resource)


def _of_outputs(outputs: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    groups = outputs.get("groupNames")
    if isinstance(groups, Mapping):
        for name, in_kubernetes in groups.items():
            if isinstance(in_kubernetes, str) and (guid := GUID.search(in_kubernetes)):
                yield guid[0], name


def _of_binding(inputs: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    annotation = at(inputs, "metadata", "annotations", GROUPS_ANNOTATION)
    subjects = items(inputs.get("subjects"))
    names = annotation.split(", ") if isinstance(annotation, str) else []
    if len(names) == len(subjects):
        for name, subject in zip(names, subjects, strict=True):
            text = at(subject, "name")
            if isinstance(text, str) and (guid := GUID.search(text)):
                yield guid[0], name


def _of_users(text: Value) -> Iterable[tuple[str, str]]:
    table = table_of(text)
    if table is not None:
        for row in table.rows.values():
            yield row.object_id, row.user_principal_name


def _of_directory_object(resource: Resource) -> Iterable[tuple[str, str]]:
    outputs, inputs = resource.outputs, resource.inputs
    name = outputs.get("displayName") or inputs.get("displayName")
    if resource.type.endswith((":Application", ":ServicePrincipal")) and isinstance(name, str):
        for guid in texts([outputs.get(key) for key in ("objectId", "clientId")]):
            yield guid, name
    if resource.type.endswith(":AppRoleAssignment"):
        for who in ("principal", "resource"):
            guid = outputs.get(f"{who}ObjectId")
            display_name = outputs.get(f"{who}DisplayName")
            if isinstance(guid, str) and isinstance(display_name, str) and display_name:
                yield guid, display_name
        if not outputs.get("principalDisplayName"):
            # The program names the assignment of a group after it.
            guid, group = inputs.get("principalObjectId"), resource.name.partition("-assigned-")[2]
            if isinstance(guid, str) and group and not GUID.fullmatch(group):
                yield guid, group
