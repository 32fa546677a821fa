"""The portal's settings where its pod gets them: the ConfigMap and the Secret in the cluster."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

import httpx

from sandbox.plugins.kubernetes.kubeconfig import load_connection

CONFIG_MAP, SECRET = "portal-config", "portal-secret"


class NoPortalSettingsError(LookupError):
    """The cluster has no such ConfigMap or Secret (yet)."""


def read_portal_settings(
    kubeconfig: Path, namespace: str
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the data of the ConfigMap and, decoded, of the Secret in `namespace`.

    Raises:
        NoPortalSettingsError: one of them is not there.
    """
    connection = load_connection({"kubeconfig": str(kubeconfig)}, {})
    with httpx.Client(base_url=connection.server, verify=connection.tls) as http:
        config_map = _read(http, namespace, "configmaps", CONFIG_MAP)
        secret = _read(http, namespace, "secrets", SECRET)
    decoded = {name: base64.b64decode(value).decode() for name, value in secret.items()}
    return config_map, decoded


def _read(http: httpx.Client, namespace: str, plural: str, name: str) -> Mapping[str, str]:
    response = http.get(f"/api/v1/namespaces/{namespace}/{plural}/{name}")
    if response.status_code == httpx.codes.NOT_FOUND:
        msg = f"the cluster has no {plural} {namespace}/{name}; has the stack been deployed?"
        raise NoPortalSettingsError(msg)
    return response.raise_for_status().json().get("data") or {}
