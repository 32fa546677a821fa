"""One side of a step, in either form.

Left out, because it is no difference that means anything: `__provider`, the code of a dynamic
provider in every resource of it, and what Pulumi keeps for itself (positions, times).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review.model import Resource
from review.values import SECRET, Value, read_value

_SECRET_OUTPUTS = {
    "azuread:index/applicationPassword:ApplicationPassword": {"value"},
    "kubernetes:core/v1:Secret": {"data", "stringData"},
    "pulumi:providers:kubernetes": {"kubeconfig"},
    "pulumi-python:dynamic/entra-eks-sso:GeneratedSecret": {"value"},
}
"""Secret whether or not a preview says so."""
_PICKLE = "__provider"
_INTERNAL = "__"


def resource_of(state: Mapping[str, Any] | None) -> Resource | None:
    """Return the resource in a step's state; None when there is none."""
    if not state:
        return None
    kind = state["urn"].split("::")[2].rpartition("$")[2]
    secret = _SECRET_OUTPUTS.get(kind, set()) | set(state.get("additionalSecretOutputs") or ())
    return Resource(
        urn=state["urn"],
        inputs=_properties(state.get("inputs"), secret),
        outputs=_properties(state.get("outputs"), secret),
        id=state.get("id") or None,
        protect=bool(state.get("protect")),
        parent=state.get("parent") or "",
        provider=(state.get("provider") or "").rpartition("::")[0],
        depends_on={
            name: tuple(urns) for name, urns in (state.get("propertyDependencies") or {}).items()
        },
    )


def _properties(raw: Mapping[str, Any] | None, secret: set[str]) -> dict[str, Value]:
    read = {}
    for name, value in (raw or {}).items():
        if not name.startswith(_INTERNAL):
            read[name] = SECRET if name in secret and value else read_value(value, name)
    return read


def shown_names(names: list[str] | None) -> tuple[str, ...]:
    """Return the names of properties without those that are left out."""
    return tuple(sorted(name for name in names or () if not name.startswith(_INTERNAL)))
