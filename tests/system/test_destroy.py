"""Destroy leaves directory, EKS and the API server as they were."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from sandbox.sandbox import Sandbox
from sandbox.tools.resolver import Tools
from tests.system.api_server import names_of
from tests.system.conftest import deploy

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

KINDS = {
    "namespaces": "/api/v1/namespaces",
    "config maps": "/api/v1/configmaps",
    "secrets": "/api/v1/secrets",
    "roles": "/apis/rbac.authorization.k8s.io/v1/roles",
    "role bindings": "/apis/rbac.authorization.k8s.io/v1/rolebindings",
    "cluster roles": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "cluster role bindings": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
}


def snapshot(sandbox: Sandbox) -> dict[str, Any]:
    """What there is in the directory, in EKS and in the cluster."""
    tenant, endpoints = sandbox.entra.tenant, sandbox.endpoints
    eks = boto3.client(
        "eks",
        region_name="eu-central-1",
        endpoint_url=endpoints.eks_url,
        verify=endpoints.ca_file,
        aws_access_key_id=endpoints.aws.access_key_id,
        aws_secret_access_key=endpoints.aws.secret_access_key,
    )
    listed = eks.list_identity_provider_configs(clusterName=endpoints.cluster)
    eks.close()
    return {
        "applications": {a.object_id for a in tenant.applications},
        "service principals": {s.object_id for s in tenant.service_principals},
        "app role assignments": {a.object_id for a in tenant.app_role_assignments},
        "permission grants": {g.object_id for g in tenant.permission_grants},
        "claims mapping policies": {p.object_id for p in tenant.claims_mapping_policies},
        "extension values": {
            user.user_principal_name: dict(user.extension_values) for user in tenant.users
        },
        "identity providers": listed["identityProviderConfigs"],
        **{kind: names_of(endpoints.kubeconfig, path) for kind, path in KINDS.items()},
    }


def test_destroy_leaves_everything_as_it_was(
    sandbox: Sandbox, tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = snapshot(sandbox)
    deployment = deploy("sandbox", sandbox, tools, tmp_path_factory)
    between = snapshot(sandbox)

    deployment.stack.destroy()

    changed = {kind for kind in before if before[kind] != between[kind]}
    assert changed == before.keys() - {"cluster roles"}, "the stack declared less than it should"
    assert snapshot(sandbox) == before
    assert deployment.stack.resource_count() == 0
