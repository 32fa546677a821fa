"""Any kind of Kubernetes object as a resource.

Names and types are checked by the API server itself, in a dry run in the preview: it knows more
than a table could.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from sandbox.plugins.kubernetes.api import Api, Kind, KubernetesError
from sandbox.plugins.kubernetes.manifest import (
    FIELD_MANAGER,
    PATCH_FORCE,
    annotation,
    declared_part,
    importable_part,
    in_namespace,
    is_autonamed,
    live_state,
    metadata_of,
    named,
    with_string_data,
)
from sandbox.plugins.kubernetes.replacement import replace_on
from sandbox.plugins.protocol.difference import Comparison
from sandbox.plugins.protocol.errors import CheckFailure, ProviderError
from sandbox.plugins.protocol.resource import (
    Checked,
    Difference,
    Existing,
    Properties,
    Resource,
)
from sandbox.plugins.protocol.schema import Shape
from sandbox.plugins.protocol.values import UNKNOWN, has_unknown

# What exists only once the object does; a dry run makes values up.
BORN_WITH_THE_OBJECT = ("creationTimestamp", "resourceVersion", "uid")


class KubernetesObject(Resource):
    """Objects of one kind; ids are `<namespace>/<name>` or `<name>`."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, api: Api, api_version: str, kind: str, settings: Mapping[str, Any]) -> None:
        super().__init__(Shape(inputs={"object": {}, "required": []}, outputs=()))
        self._api = api
        self._api_version = api_version
        self._kind = kind
        self._settings = settings

    def check(self, name: str, old: Properties, new: Properties, seed: bytes) -> Checked:
        """Give the object its name and namespace."""
        failures = [
            CheckFailure(path=member, reason=f"must be {wanted!r}, not {new.get(member)!r}")
            for member, wanted in (("apiVersion", self._api_version), ("kind", self._kind))
            if new.get(member, wanted) != wanted
        ]
        declared = {"apiVersion": self._api_version, "kind": self._kind, **new}
        inputs = named(declared, old=old, logical_name=name, seed=seed)
        kind = self._api.kind(self._api_version, self._kind)
        if kind is not None and kind.namespaced:
            inputs = in_namespace(inputs, self._api.default_namespace)
        return Checked(inputs=inputs, failures=failures)

    def difference(self, old: Properties, new: Properties) -> Difference:
        """Compare; a replacement under the same name must delete first."""
        rules = Comparison(
            replace_on=replace_on(
                new,
                secrets_mutable=bool(self._settings.get("enableSecretMutable")),
                config_maps_mutable=bool(self._settings.get("enableConfigMapMutable")),
            ),
            empty_is_absent=False,
        )
        changes = rules.changes(old, new)
        same_place = all(
            metadata_of(old).get(member) == metadata_of(new).get(member)
            for member in ("name", "namespace")
        )
        return Difference(
            changes=changes,
            delete_before_replace=(
                any(change.replaces for change in changes) and same_place and not is_autonamed(new)
            ),
        )

    def preview_create(self, inputs: Properties) -> dict[str, Any]:
        """Have the API server try, unless something it needs is not there yet."""
        tried = self._dry_run(inputs)
        if tried is None:
            return {**inputs, "status": UNKNOWN}
        metadata = {**tried["metadata"], **dict.fromkeys(BORN_WITH_THE_OBJECT, UNKNOWN)}
        return {**tried, "metadata": metadata}

    def create(self, inputs: Properties, timeout_s: float) -> tuple[str, dict[str, Any]]:
        """Apply the object; there is nothing to wait for with the kinds that are emulated."""
        del timeout_s
        live = live_state(self._apply(inputs))
        return _id(live), live

    def read(self, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """Return the live object."""
        del state
        namespace, _, name = resource_id.rpartition("/")
        live = self._api.get(self._require_kind(), namespace, name)
        return None if live is None else live_state(live)

    def existing(self, resource_id: str, inputs: Properties, state: Properties) -> Existing | None:
        """Return the live object; only what is declared counts as drift."""
        live = self.read(resource_id, state)
        if live is None:
            return None
        if inputs:
            declared = declared_part(inputs, with_string_data(live, inputs))
        else:
            declared = importable_part(live)
        return Existing(resource_id=resource_id, state=live, inputs=declared)

    def preview_update(
        self, resource_id: str, state: Properties, old: Properties, new: Properties
    ) -> dict[str, Any]:
        """Have the API server try."""
        del resource_id, old
        tried = self._dry_run(new)
        return {**state, **new} if tried is None else tried

    def update(
        self,
        resource_id: str,
        state: Properties,
        old: Properties,
        new: Properties,
        timeout_s: float,
    ) -> dict[str, Any]:
        """Apply the object; fields that are no longer declared go by themselves."""
        del resource_id, state, old, timeout_s
        return live_state(self._apply(new))

    def delete(self, resource_id: str, state: Properties, timeout_s: float) -> None:
        """Delete the object and wait until its finalizers are done."""
        del state
        kind = self._api.kind(self._api_version, self._kind)
        if kind is None:
            return  # the definition is gone, and the objects with it
        namespace, _, name = resource_id.rpartition("/")
        self._api.delete_and_wait(kind, namespace, name, timeout_s)

    def _dry_run(self, inputs: Properties) -> dict[str, Any] | None:
        if has_unknown(inputs) or self._api.kind(self._api_version, self._kind) is None:
            return None
        try:
            return live_state(self._apply(inputs, dry_run=True))
        except KubernetesError as error:
            # 404: the namespace is created by the same update. 403: whoever only previews need not
            # be allowed to write (so the official plugin: pulumi-kubernetes pull request 2419).
            if error.status in (403, 404):
                return None
            raise

    def _apply(self, inputs: Properties, *, dry_run: bool = False) -> dict[str, Any]:
        forced = annotation(inputs, PATCH_FORCE) == "true"
        return self._api.apply(
            self._require_kind(),
            inputs,
            field_manager=annotation(inputs, FIELD_MANAGER) or _field_manager(inputs),
            force=forced or bool(self._settings.get("enablePatchForce")),
            dry_run=dry_run,
        )

    def _require_kind(self) -> Kind:
        kind = self._api.kind(self._api_version, self._kind)
        if kind is None:
            msg = f"the API server has no {self._kind} in {self._api_version}"
            raise ProviderError(msg)
        return kind


class SecretObject(KubernetesObject):
    """Secrets: their content is secret in Pulumi too."""

    secrets: ClassVar[frozenset[str]] = frozenset({"data", "stringData"})


def _id(live: Mapping[str, Any]) -> str:
    metadata = live["metadata"]
    namespace = metadata.get("namespace")
    return f"{namespace}/{metadata['name']}" if namespace else metadata["name"]


def _field_manager(inputs: Properties) -> str:
    """Return this object's manager; stable, so that a later apply owns the same fields."""
    identity = f"{inputs['kind']}/{metadata_of(inputs).get('namespace', '')}"
    identity += f"/{metadata_of(inputs)['name']}"
    return f"pulumi-kubernetes-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
