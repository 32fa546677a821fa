"""A real Kubernetes API server with its etcd and the few controllers a rehearsal needs."""

from sandbox.cluster.cluster import Cluster, ClusterBinaries
from sandbox.cluster.trust import TrustedIssuer

__all__ = ["Cluster", "ClusterBinaries", "TrustedIssuer"]
