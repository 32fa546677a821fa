"""Which changes cannot be made in place, by kind: the official provider's table.

Namespaces, names and kinds always; the content of Secrets and ConfigMaps unless the provider is
told that they are mutable, because pods notice a new object and not a changed one.
https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/diff.go (read 2026)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sandbox.plugins.protocol.path import Pattern, pattern

ALWAYS: Final = ("kind", "metadata.name", "metadata.namespace")
SECRET: Final = ("type", "stringData", "data")
CONFIG_MAP: Final = ("binaryData", "data")
BY_KIND: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("", "PersistentVolumeClaim"): ("spec",),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Service"): ("spec.clusterIP",),
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    ("batch", "Job"): ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
}


def replace_on(
    inputs: Mapping[str, Any], *, secrets_mutable: bool, config_maps_mutable: bool
) -> frozenset[Pattern]:
    """Return what forces a replacement of the object that `inputs` declare."""
    group = inputs["apiVersion"].rpartition("/")[0]
    kind = inputs["kind"]
    paths = ALWAYS + BY_KIND.get((group, kind), ())
    immutable = inputs.get("immutable") is True
    if (group, kind) == ("", "Secret") and (immutable or not secrets_mutable):
        paths += SECRET
    if (group, kind) == ("", "ConfigMap") and (immutable or not config_maps_mutable):
        paths += CONFIG_MAP
    return frozenset(map(pattern, paths))
