"""RBAC for directory groups: cluster-admin, and the portal's three tenant roles by namespace.

A group's name in Kubernetes is the prefix and the group's object id, which is what the token holds;
the display name stands beside it in an annotation, because people cannot read GUIDs.
Tenant roles are those of the KubeRocketCI platform chart: tenant-admin is cluster-admin within the
namespace, tenant-viewer is view, and tenant-developer adds the work on pipelines and deployments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.tenant_developer import TENANT_DEVELOPER_RULES
from settings.model import Access, NamespaceAccess

_RBAC = "rbac.authorization.k8s.io"
_GROUP_NAMES_ANNOTATION = "entra-eks-sso/groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterAccessArgs:
    """Who may do what."""

    access: Access
    group_ids: Mapping[str, str]
    """Object ids of the groups in `access`, by the name used there."""
    groups_prefix: str


class ClusterAccess(pulumi.ComponentResource):
    """Namespaces, roles and bindings for directory groups."""

    group_names: dict[str, str]
    """Names of the groups in Kubernetes, by the name used in configuration."""

    def __init__(
        self, name: str, args: ClusterAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("entra-eks-sso:cluster:ClusterAccess", name, {}, opts)
        self._name = name
        self.group_names = {
            group: f"{args.groups_prefix}{group_id}" for group, group_id in args.group_ids.items()
        }
        if args.access.cluster_admins:
            kubernetes.rbac.v1.ClusterRoleBinding(
                f"{name}-cluster-admin",
                metadata=self._metadata("entra-cluster-admin", args.access.cluster_admins),
                role_ref=_role_ref("ClusterRole", "cluster-admin"),
                subjects=self._subjects(args.access.cluster_admins),
                opts=pulumi.ResourceOptions(parent=self),
            )
        for namespace, roles in args.access.namespaces.items():
            self._namespace(namespace, roles)
        self.register_outputs({"group_names": self.group_names})

    def _namespace(self, namespace: str, roles: NamespaceAccess) -> None:
        depends_on: list[pulumi.Resource] = []
        if roles.create:
            depends_on.append(
                kubernetes.core.v1.Namespace(
                    f"{self._name}-{namespace}",
                    metadata=kubernetes.meta.v1.ObjectMetaArgs(name=namespace),
                    opts=pulumi.ResourceOptions(parent=self),
                )
            )
        child = pulumi.ResourceOptions(parent=self, depends_on=depends_on)
        if roles.developers:
            kubernetes.rbac.v1.Role(
                f"{self._name}-{namespace}-tenant-developer",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name="tenant-developer", namespace=namespace
                ),
                rules=TENANT_DEVELOPER_RULES,
                opts=child,
            )
        bindings = (
            ("tenant-admin", _role_ref("ClusterRole", "cluster-admin"), roles.admins),
            ("tenant-developer", _role_ref("Role", "tenant-developer"), roles.developers),
            # Developers see what viewers see; their role only adds to it.
            (
                "tenant-viewer",
                _role_ref("ClusterRole", "view"),
                tuple(dict.fromkeys((*roles.viewers, *roles.developers))),
            ),
        )
        for binding, role_ref, groups in bindings:
            if groups:
                kubernetes.rbac.v1.RoleBinding(
                    f"{self._name}-{namespace}-{binding}-binding",
                    metadata=self._metadata(binding, groups, namespace),
                    role_ref=role_ref,
                    subjects=self._subjects(groups),
                    opts=child,
                )

    def _metadata(
        self, name: str, groups: Sequence[str], namespace: str | None = None
    ) -> kubernetes.meta.v1.ObjectMetaArgs:
        return kubernetes.meta.v1.ObjectMetaArgs(
            name=name,
            namespace=namespace,
            annotations={_GROUP_NAMES_ANNOTATION: ", ".join(groups)},
        )

    def _subjects(self, groups: Sequence[str]) -> list[kubernetes.rbac.v1.SubjectArgs]:
        return [
            kubernetes.rbac.v1.SubjectArgs(
                kind="Group", name=self.group_names[group], api_group=_RBAC
            )
            for group in groups
        ]


def _role_ref(kind: str, name: str) -> kubernetes.rbac.v1.RoleRefArgs:
    return kubernetes.rbac.v1.RoleRefArgs(api_group=_RBAC, kind=kind, name=name)
