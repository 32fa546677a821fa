"""The command lines of etcd, kube-apiserver and kube-controller-manager.

All three run in the cluster's folder, which only its owner may enter, and say nothing outside it
but the API server's port. No flag here is a secret: keys are given by file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sandbox.certificates import IssuedCertificate
from sandbox.cluster.credentials import ClusterCredentials

# etcd speaks through a socket file: no port to collide, and no way in for other users of the
# machine, which its plain-text port would be. The path is relative to the folder all three run in,
# because a socket's path may have some 100 bytes only; the `:1` is there because etcd insists on a
# port in every URL.
ETCD_SOCKET = "etcd.sock:1"
_ETCD = f"unix://{ETCD_SOCKET}"
_ETCD_PEER = "unix://etcd-peer.sock:1"

# What kube-controller-manager is for here: rules of the aggregated roles `admin`, `edit` and
# `view`; namespaces that really go away; foreground deletion (as pulumi-kubernetes deletes), which
# the garbage collector completes; and the `default` service account of each namespace.
_CONTROLLERS = (
    "clusterrole-aggregation-controller",
    "namespace-controller",
    "garbage-collector-controller",
    "serviceaccount-controller",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterBinaries:
    """The executables a cluster is made of."""

    etcd: Path
    kube_apiserver: Path
    kube_controller_manager: Path


def etcd_command(binary: Path) -> list[str]:
    """One etcd without durability: it lives as long as its folder."""
    return [
        str(binary),
        "--name=sandbox",
        "--data-dir=etcd",
        "--unsafe-no-fsync",
        # One member elects itself only after the election timeout, by default a second.
        "--heartbeat-interval=10",
        "--election-timeout=100",
        "--enable-grpc-gateway=false",
        f"--listen-client-urls={_ETCD}",
        f"--advertise-client-urls={_ETCD}",
        f"--listen-peer-urls={_ETCD_PEER}",
        f"--initial-advertise-peer-urls={_ETCD_PEER}",
        f"--initial-cluster=sandbox={_ETCD_PEER}",
    ]


def api_server_command(
    binary: Path,
    *,
    port: int,
    serving: IssuedCertificate,
    credentials: ClusterCredentials,
    authentication_config: Path,
) -> list[str]:
    """One API server on the loopback address, authorising by RBAC.

    https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
    """
    return [
        str(binary),
        f"--etcd-servers={_ETCD}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--external-hostname=localhost",
        f"--secure-port={port}",
        "--permit-port-sharing",  # the port is kept for it, see `reserve_port`
        f"--tls-cert-file={serving.cert_file}",
        f"--tls-private-key-file={serving.key_file}",
        f"--client-ca-file={credentials.client_ca_file}",
        f"--authentication-config={authentication_config}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={credentials.service_account_key_file}",
        f"--service-account-signing-key-file={credentials.service_account_key_file}",
        "--service-cluster-ip-range=10.0.0.0/24",
        # There is one API server, and nobody reaches it through the `kubernetes` service.
        "--endpoint-reconciler-type=none",
        # Clients keep watches open; ending must not wait for them.
        "--shutdown-watch-termination-grace-period=0s",
        "--profiling=false",
    ]


def controller_manager_command(binary: Path, *, kubeconfig: Path) -> list[str]:
    """The controllers a rehearsal needs and no other; without a listener of its own."""
    return [
        str(binary),
        f"--kubeconfig={kubeconfig}",
        f"--controllers={','.join(_CONTROLLERS)}",
        "--leader-elect=false",
        "--secure-port=0",
        "--profiling=false",
    ]
