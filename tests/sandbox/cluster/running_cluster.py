"""A running cluster, and its API server as somebody with a token or the administrator sees it."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from sandbox.certificates import CertificateAuthority
from sandbox.cluster import Cluster, ClusterBinaries
from sandbox.tools.resolver import resolve


def binaries() -> ClusterBinaries:
    tools = resolve(print)
    return ClusterBinaries(
        etcd=tools.etcd,
        kube_apiserver=tools.kube_apiserver,
        kube_controller_manager=tools.kube_controller_manager,
    )


@contextmanager
def run_cluster(folder: Path, ca: CertificateAuthority) -> Iterator[Cluster]:
    with Cluster(binaries(), folder, ca.ca_file, ca) as cluster:
        yield cluster


@contextmanager
def as_administrator(cluster: Cluster, folder: Path) -> Iterator[httpx.Client]:
    """A client made of nothing but what is in the administrator's kubeconfig."""
    kubeconfig = yaml.safe_load(cluster.admin_kubeconfig.read_text())
    server = kubeconfig["clusters"][0]["cluster"]
    user = kubeconfig["users"][0]["user"]
    context = ssl.create_default_context(
        cadata=base64.b64decode(server["certificate-authority-data"]).decode()
    )
    for name in ("client-certificate-data", "client-key-data"):
        (folder / name).write_bytes(base64.b64decode(user[name]))
    context.load_cert_chain(folder / "client-certificate-data", folder / "client-key-data")
    with httpx.Client(base_url=server["server"], verify=context, trust_env=False) as client:
        yield client


def who_am_i(cluster: Cluster, token: str) -> httpx.Response:
    """Ask the API server by SelfSubjectReview, as `kubectl auth whoami` does."""
    return httpx.post(
        f"{cluster.server_url}/apis/authentication.k8s.io/v1/selfsubjectreviews",
        json={"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"},
        headers={"Authorization": f"Bearer {token}"},
        verify=ssl.create_default_context(cafile=str(cluster.ca_file)),
        trust_env=False,
    )


def user_info(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return answer.json()["status"]["userInfo"]
