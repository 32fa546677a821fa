"""What the sandbox asks its own API server, as its administrator."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx

from sandbox.certificates import IssuedCertificate

_TIMEOUT_S = 5


class AdminClient:
    """Speaks to the API server with the administrator's certificate; close it after use."""

    def __init__(self, server_url: str, ca_file: Path, admin: IssuedCertificate) -> None:
        context = ssl.create_default_context(cafile=str(ca_file))
        context.load_cert_chain(admin.cert_file, admin.key_file)
        self._http = httpx.Client(
            base_url=server_url, verify=context, timeout=_TIMEOUT_S, trust_env=False
        )

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def is_ready(self) -> bool:
        """Whether the API server says it is ready, its bootstrapped RBAC roles included.

        https://kubernetes.io/docs/reference/using-api/health-checks/
        """
        try:
            return self._http.get("/readyz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def is_aggregated(self, cluster_role: str) -> bool:
        """Whether an aggregated ClusterRole has got its rules from the controller manager."""
        answer = self._http.get(f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{cluster_role}")
        return answer.status_code == httpx.codes.OK and bool(answer.json().get("rules"))

    def version(self) -> str:
        """Return the Kubernetes minor version as EKS writes it, such as `1.34`.

        Not `gitVersion`, which says nothing in an API server that was built without its stamps.
        """
        version = self._http.get("/version").raise_for_status().json()
        return f"{version['major']}.{version['minor'].rstrip('+')}"

    def metrics(self) -> str:
        """Return the API server's metrics in the Prometheus text format."""
        return self._http.get("/metrics").raise_for_status().text
