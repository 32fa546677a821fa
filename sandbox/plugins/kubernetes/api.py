"""The Kubernetes REST API: discovery, server-side apply, read, delete.

https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from sandbox.plugins.kubernetes.kubeconfig import Connection
from sandbox.plugins.protocol.errors import CancelledError, ProviderError

REQUEST_TIMEOUT_S: Final = 60.0
DELETE_TIMEOUT_S: Final = 10 * 60.0
POLL_S: Final = 0.1


class KubernetesError(ProviderError):
    """The API server refused; `reason` and the message are those of its Status object."""

    def __init__(self, what: str, status: int, reason: str, message: str) -> None:
        super().__init__(f"{what}: {message}")
        self.status = status
        self.reason = reason


class KubernetesTimeoutError(ProviderError):
    """An object did not go away in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of object as discovery describes it."""

    api_version: str
    name: str
    plural: str
    namespaced: bool

    def path(self, namespace: str, name: str) -> str:
        """Return the object's path on the API server."""
        prefix = "api" if "/" not in self.api_version else "apis"
        middle = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"/{prefix}/{self.api_version}{middle}/{self.plural}/{name}"


class Api:
    """One API server; safe to use from several threads. `cancelled` ends every wait."""

    def __init__(self, connection: Connection, cancelled: threading.Event) -> None:
        headers = [("Accept", "application/json"), *connection.impersonated]
        if connection.token:
            headers.append(("Authorization", f"Bearer {connection.token}"))
        self.default_namespace = connection.namespace
        self._cancelled = cancelled
        self._kinds: dict[str, dict[str, Kind]] = {}
        self._http = httpx.Client(
            base_url=connection.server,
            verify=connection.tls,
            headers=headers,
            trust_env=False,
            timeout=REQUEST_TIMEOUT_S,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def kind(self, api_version: str, name: str) -> Kind | None:
        """Return a kind, or None when the API server does not know it (yet)."""
        known = self._kinds.get(api_version, {})
        if name not in known:
            # A custom resource definition may have come since the last look.
            known = self._kinds[api_version] = self._discover(api_version)
        return known.get(name)

    def get(self, kind: Kind, namespace: str, name: str) -> dict[str, Any] | None:
        """Return the live object, or None when it is not there."""
        try:
            return self._call("GET", kind.path(namespace, name))
        except KubernetesError as error:
            if error.status != 404:
                raise
            return None

    def apply(
        self,
        kind: Kind,
        wanted: Mapping[str, Any],
        *,
        field_manager: str,
        force: bool,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Apply an object server-side and return it as it is then.

        Raises:
            KubernetesError: 409 is a conflict with the fields of another manager.
        """
        metadata = wanted["metadata"]
        query = {
            "fieldManager": field_manager,
            "fieldValidation": "Warn",
            "force": str(force).lower(),
            **({"dryRun": "All"} if dry_run else {}),
        }
        return self._call(
            "PATCH",
            kind.path(metadata.get("namespace", ""), metadata["name"]),
            query=query,
            # JSON is YAML.
            content=json.dumps(wanted),
            content_type="application/apply-patch+yaml",
        )

    def delete_and_wait(self, kind: Kind, namespace: str, name: str, timeout_s: float) -> None:
        """Delete an object and wait until it is gone; gone already is fine.

        In the foreground, as the official plugin does it: the object goes after its dependents,
        which needs the cluster's garbage collector.

        Raises:
            KubernetesTimeoutError: a finalizer held it for longer than `timeout_s` (0: default).
        """
        live = self.get(kind, namespace, name)
        if live is None:
            return
        options = {
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": "Foreground",
        }
        path = kind.path(namespace, name)
        try:
            self._call("DELETE", path, content=json.dumps(options))
        except KubernetesError as error:
            if error.status != 404:
                raise
        limit_s = timeout_s or DELETE_TIMEOUT_S
        deadline = time.monotonic() + limit_s
        while self._is_there(kind, namespace, name, live["metadata"]["uid"]):
            if time.monotonic() > deadline:
                msg = f"{path} was not gone {limit_s:g} s after its deletion"
                raise KubernetesTimeoutError(msg)
            if self._cancelled.wait(POLL_S):
                msg = f"cancelled while waiting for the deletion of {path}"
                raise CancelledError(msg)

    def _is_there(self, kind: Kind, namespace: str, name: str, uid: str) -> bool:
        live = self.get(kind, namespace, name)
        return live is not None and live["metadata"]["uid"] == uid

    def _discover(self, api_version: str) -> dict[str, Kind]:
        prefix = "api" if "/" not in api_version else "apis"
        try:
            answer = self._call("GET", f"/{prefix}/{api_version}")
        except KubernetesError as error:
            if error.status != 404:
                raise
            return {}
        return {
            resource["kind"]: Kind(
                api_version=api_version,
                name=resource["kind"],
                plural=resource["name"],
                namespaced=resource["namespaced"],
            )
            for resource in answer["resources"]
            if "/" not in resource["name"]  # no subresources
        }

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        content: str | None = None,
        content_type: str = "application/json",
    ) -> dict[str, Any]:
        headers = {"Content-Type": content_type} if content is not None else {}
        try:
            answer = self._http.request(
                method, path, params=query, content=content, headers=headers
            )
        except httpx.HTTPError as error:
            msg = f"{method} {path} failed: {error}; is the cluster reachable?"
            raise ProviderError(msg) from error
        if answer.is_success:
            return answer.json()
        raise _error(method, path, answer)


def _error(method: str, path: str, answer: httpx.Response) -> KubernetesError:
    try:
        status = answer.json()
        reason, message = status.get("reason", ""), status.get("message", "")
    except (ValueError, AttributeError):
        reason, message = "", answer.text[:500]
    what, status = f"{method} {path}", answer.status_code
    return KubernetesError(what, status, reason, message or f"unexpected status {status}")
