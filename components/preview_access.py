"""What the identity that previews may read in the cluster: what is declared there, by name.

An EKS access entry puts its role into `group`: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
Previews are server-side dry runs, which take the right to write; without it the provider compares
by itself: https://github.com/pulumi/pulumi-kubernetes/pull/2419
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.portal_sso import CONFIG_MAP, SECRET

_RBAC = "rbac.authorization.k8s.io"
_NAME = "entra-eks-sso-preview"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewAccessArgs:
    """Who reads, and where the portal's settings are."""

    group: str
    """The Kubernetes group of the EKS access entry."""
    portal_namespace: str
    portal: pulumi.Resource
    """What makes the namespace, when that is declared as well."""


class PreviewAccess(pulumi.ComponentResource):
    """Roles that can only `get`, and their bindings to one group."""

    def __init__(
        self, name: str, args: PreviewAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("entra-eks-sso:cluster:PreviewAccess", name, {}, opts)
        rbac = kubernetes.rbac.v1
        child = pulumi.ResourceOptions(parent=self)
        in_namespace = pulumi.ResourceOptions(parent=self, depends_on=[args.portal])
        everywhere = kubernetes.meta.v1.ObjectMetaArgs(name=_NAME)
        portal = kubernetes.meta.v1.ObjectMetaArgs(name=_NAME, namespace=args.portal_namespace)
        subject = rbac.SubjectArgs(kind="Group", name=args.group, api_group=_RBAC)
        rbac.ClusterRole(
            f"{name}-cluster-role",
            metadata=everywhere,
            rules=[
                rbac.PolicyRuleArgs(api_groups=[""], resources=["namespaces"], verbs=["get"]),
                rbac.PolicyRuleArgs(
                    api_groups=[_RBAC],
                    resources=["clusterroles", "clusterrolebindings", "roles", "rolebindings"],
                    verbs=["get"],
                ),
            ],
            opts=child,
        )
        rbac.ClusterRoleBinding(
            f"{name}-cluster-role-binding",
            metadata=everywhere,
            role_ref=rbac.RoleRefArgs(api_group=_RBAC, kind="ClusterRole", name=_NAME),
            subjects=[subject],
            opts=child,
        )
        rbac.Role(
            f"{name}-portal-role",
            metadata=portal,
            rules=[
                rbac.PolicyRuleArgs(
                    api_groups=[""],
                    resources=[resource],
                    resource_names=[resource_name],
                    verbs=["get"],
                )
                for resource, resource_name in (
                    ("secrets", SECRET),
                    ("configmaps", CONFIG_MAP),
                )
            ],
            opts=in_namespace,
        )
        rbac.RoleBinding(
            f"{name}-portal-role-binding",
            metadata=portal,
            role_ref=rbac.RoleRefArgs(api_group=_RBAC, kind="Role", name=_NAME),
            subjects=[subject],
            opts=in_namespace,
        )
        self.register_outputs({})
