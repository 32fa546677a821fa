"""Objects as the program declares them, as the API server keeps them, and between the two.

Pure functions on plain values; nothing here talks to an API server.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any, Final

from sandbox.plugins.protocol.values import UNKNOWN

# https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
AUTONAMED: Final = "pulumi.com/autonamed"
FIELD_MANAGER: Final = "pulumi.com/patchFieldManager"
PATCH_FORCE: Final = "pulumi.com/patchForce"
SERVER_METADATA: Final = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)


def metadata_of(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the declared metadata; empty when there is none or it is not known yet."""
    metadata = inputs.get("metadata")
    return metadata if isinstance(metadata, Mapping) else {}


def annotation(inputs: Mapping[str, Any], name: str) -> str | None:
    """Return a declared annotation."""
    annotations = metadata_of(inputs).get("annotations")
    return annotations.get(name) if isinstance(annotations, Mapping) else None


def is_autonamed(inputs: Mapping[str, Any]) -> bool:
    """Tell whether the object got its name from the provider."""
    return annotation(inputs, AUTONAMED) == "true"


def named(
    inputs: Mapping[str, Any], *, old: Mapping[str, Any], logical_name: str, seed: bytes
) -> dict[str, Any]:
    """Return `inputs` with a name: the declared, the one it had, or `<logical name>-<8 hex>`."""
    metadata = inputs.get("metadata", {})
    if metadata is UNKNOWN or "name" in metadata or "generateName" in metadata:
        return dict(inputs)
    if is_autonamed(old):
        name = metadata_of(old)["name"]
    else:
        name = f"{logical_name.lower()}-{hashlib.sha256(seed).hexdigest()[:8]}"
    annotations = metadata.get("annotations", {})
    if annotations is not UNKNOWN:
        annotations = {**annotations, AUTONAMED: "true"}
    return {**inputs, "metadata": {**metadata, "name": name, "annotations": annotations}}


def in_namespace(inputs: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    """Return `inputs` in `namespace` unless they name one."""
    metadata = inputs.get("metadata", {})
    if metadata is UNKNOWN:
        return dict(inputs)
    return {**inputs, "metadata": {"namespace": namespace, **metadata}}


def live_state(live: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a live object; who manages which field is the server's business."""
    metadata = {n: value for n, value in live["metadata"].items() if n != "managedFields"}
    return {**live, "metadata": metadata}


def declared_part(declared: Any, live: Any) -> Any:
    """Return the live values of what is declared: others may own other fields of the object."""
    if isinstance(declared, Mapping) and isinstance(live, Mapping):
        return {
            name: declared_part(value, live[name])
            for name, value in declared.items()
            if name in live
        }
    if isinstance(declared, list) and isinstance(live, list) and len(declared) == len(live):
        return [declared_part(mine, theirs) for mine, theirs in zip(declared, live, strict=True)]
    return live


def importable_part(live: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs that would declare a live object nobody has declared yet."""
    metadata = {n: value for n, value in live["metadata"].items() if n not in SERVER_METADATA}
    kept = {name: value for name, value in live.items() if name != "status"}
    return {**kept, "metadata": metadata}


def with_string_data(live: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return a live Secret with the declared keys of `stringData` decoded from its `data`.

    `stringData` is write-only: the API server gives back everything under `data`.
    https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data
    """
    keys = declared.get("stringData")
    if live.get("kind") != "Secret" or not isinstance(keys, Mapping):
        return dict(live)
    stored = live.get("data") or {}
    decoded = {key: _decoded(stored[key]) for key in keys if key in stored}
    return {**live, "stringData": decoded}


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text
