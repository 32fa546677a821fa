"""A look into the API server as its administrator."""

from __future__ import annotations

import httpx

from sandbox.plugins.kubernetes.kubeconfig import load_connection


def names_of(kubeconfig: str, path: str) -> set[str]:
    """Return `namespace/name` of all objects listed at `path`.

    Left out is what the cluster's own controllers put into every new namespace.
    """
    connection = load_connection({"kubeconfig": kubeconfig}, {})
    with httpx.Client(base_url=connection.server, verify=connection.tls) as http:
        listed = http.get(path).raise_for_status().json()["items"]
    names = {
        f"{item['metadata'].get('namespace', '')}/{item['metadata']['name']}" for item in listed
    }
    return {name for name in names if not name.endswith("/kube-root-ca.crt")}
