"""The cluster's trust and RBAC, and what portal and kubectl get."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components.cluster_access import ClusterAccess, ClusterAccessArgs
from components.eks_identity_provider import EksIdentityProvider, EksIdentityProviderArgs
from components.kubectl_sign_in import KubectlSignIn, KubectlSignInArgs
from components.portal_sso import PortalSso, PortalSsoArgs
from settings.model import Access, Cluster, Kubectl, Portal
from tests.program.recorder import Recorder

ISSUER = "https://login.microsoftonline.com/t/v2.0"
SCOPES = ("email", "offline_access", "openid", "profile")
RBAC = "kubernetes:rbac.authorization.k8s.io/v1"


def test_the_cluster_trusts_exactly_the_declared_issuer_and_client(recorder: Recorder) -> None:
    @pulumi.runtime.test
    def build() -> None:
        EksIdentityProvider(
            "cluster",
            EksIdentityProviderArgs(
                cluster=Cluster.model_validate({"name": "dev", "region": "eu-central-1"}),
                issuer=ISSUER,
                client_id="client",
                protect=False,
            ),
        )

    build()

    inputs = recorder.one("aws:eks/identityProviderConfig:IdentityProviderConfig")
    assert inputs == {
        "clusterName": "dev",
        "oidc": {
            "identityProviderConfigName": "entra",
            "issuerUrl": ISSUER,
            "clientId": "client",
            "usernameClaim": "upn",
            "usernamePrefix": "entra:",
            "groupsClaim": "groups",
            "groupsPrefix": "entra:",
        },
    }


@pytest.fixture
def access() -> Access:
    return Access.model_validate_json(
        """{"clusterAdmins": ["ops"], "namespaces": {
              "team-a": {"create": true, "admins": ["leads"], "developers": ["devs"],
                         "viewers": ["auditors", "devs"]},
              "team-b": {"viewers": ["devs"]}}}"""
    )


def test_groups_are_bound_by_prefix_and_object_id_with_their_name_beside(
    recorder: Recorder, access: Access
) -> None:
    @pulumi.runtime.test
    def build() -> None:
        ClusterAccess(
            "access",
            ClusterAccessArgs(
                access=access,
                group_ids={group: f"guid-{group}" for group in access.groups()},
                groups_prefix="entra:",
            ),
        )

    build()

    binding = recorder.one(f"{RBAC}:ClusterRoleBinding")
    assert binding["roleRef"]["name"] == "cluster-admin"
    assert binding["subjects"] == [
        {"kind": "Group", "name": "entra:guid-ops", "apiGroup": "rbac.authorization.k8s.io"}
    ]
    assert binding["metadata"]["annotations"] == {"entra-eks-sso/groups": "ops"}
    bindings = {
        (b.inputs["metadata"]["namespace"], b.inputs["metadata"]["name"]): (
            b.inputs["roleRef"]["kind"],
            b.inputs["roleRef"]["name"],
            [subject["name"] for subject in b.inputs["subjects"]],
        )
        for b in recorder.of_type(f"{RBAC}:RoleBinding")
    }
    assert bindings == {
        ("team-a", "tenant-admin"): ("ClusterRole", "cluster-admin", ["entra:guid-leads"]),
        ("team-a", "tenant-developer"): ("Role", "tenant-developer", ["entra:guid-devs"]),
        ("team-a", "tenant-viewer"): (
            "ClusterRole",
            "view",
            ["entra:guid-auditors", "entra:guid-devs"],
        ),
        ("team-b", "tenant-viewer"): ("ClusterRole", "view", ["entra:guid-devs"]),
    }
    namespaces = recorder.of_type("kubernetes:core/v1:Namespace")
    assert [n.inputs["metadata"]["name"] for n in namespaces] == ["team-a"]
    assert len(recorder.of_type(f"{RBAC}:Role")) == 1, "no role where nobody is a developer"


def test_developers_cannot_read_secrets_or_change_roles(recorder: Recorder, access: Access) -> None:
    @pulumi.runtime.test
    def build() -> None:
        ClusterAccess(
            "access",
            ClusterAccessArgs(
                access=access,
                group_ids={group: f"guid-{group}" for group in access.groups()},
                groups_prefix="entra:",
            ),
        )

    build()

    for rule in recorder.one(f"{RBAC}:Role")["rules"]:
        assert "rbac.authorization.k8s.io" not in rule["apiGroups"]
        assert "*" not in rule["apiGroups"]
        if "" in rule["apiGroups"]:
            assert {"secrets", "*"}.isdisjoint(rule["resources"])


def declare_portal(exports: dict[str, Any]) -> None:
    portal = PortalSso(
        "portal",
        PortalSsoArgs(
            portal=Portal.model_validate_json(
                '{"url": "https://portal.example", "createNamespace": true,'
                '"clientSecretExpires": "2027-05-31"}'
            ),
            cluster_name="dev",
            issuer=ISSUER,
            client_id="client",
            application_id="/applications/1",
            scopes=SCOPES,
        ),
    )
    portal.helm_values.apply(lambda values: exports.update(helm_values=values))


def test_the_portal_gets_its_secret_only_in_a_kubernetes_secret(recorder: Recorder) -> None:
    exports: dict[str, Any] = {}

    @pulumi.runtime.test
    def build() -> None:
        declare_portal(exports)

    build()

    password = recorder.one("azuread:index/applicationPassword:ApplicationPassword")
    assert password["endDate"] == "2027-05-31T00:00:00Z"
    secret = recorder.one("kubernetes:core/v1:Secret")
    assert secret["metadata"] == {"name": "portal-secret", "namespace": "krci"}
    config_map = recorder.one("kubernetes:core/v1:ConfigMap")
    assert config_map["metadata"]["name"] == "portal-config"
    assert config_map["data"] == {
        "API_PREFIX": "/api",
        "DEFAULT_CLUSTER_NAME": "dev",
        "DEFAULT_CLUSTER_NAMESPACE": "krci",
        "OIDC_CLIENT_ID": "client",
        "OIDC_CODE_CHALLENGE_METHOD": "S256",
        "OIDC_ISSUER_URL": ISSUER,
        "OIDC_SCOPE": "email offline_access openid profile",
        "PORTAL_URL": "https://portal.example",
    }
    assert exports["helm_values"] == {
        "configEnv": config_map["data"],
        "extraEnvFrom": [
            {"secretRef": {"name": "portal-secret"}},
            {"configMapRef": {"name": "portal-config"}},
        ],
    }
    assert "secret-value" not in str(config_map) + str(exports)


def declare_kubectl(exports: dict[str, Any], kubectl: Kubectl, scopes: tuple[str, ...]) -> None:
    sign_in = KubectlSignIn(
        "kubectl",
        KubectlSignInArgs(
            kubectl=kubectl,
            issuer=ISSUER,
            client_id="client",
            application_id="/applications/1",
            scopes=scopes,
        ),
    )
    sign_in.kubeconfig_user.apply(lambda user: exports.update(user=user))


def test_a_public_kubectl_asks_for_pkce_and_refresh(recorder: Recorder) -> None:
    exports: dict[str, Any] = {}

    @pulumi.runtime.test
    def build() -> None:
        declare_kubectl(exports, Kubectl(), SCOPES)

    build()

    assert exports["user"]["user"]["exec"]["args"] == [
        "oidc-login",
        "get-token",
        f"--oidc-issuer-url={ISSUER}",
        "--oidc-client-id=client",
        "--oidc-pkce-method=S256",
        "--oidc-extra-scope=email",
        "--oidc-extra-scope=offline_access",
        "--oidc-extra-scope=profile",
    ]
    assert recorder.of_type("azuread:index/applicationPassword:ApplicationPassword") == []


def test_a_confidential_kubectl_has_its_own_secret(recorder: Recorder) -> None:
    exports: dict[str, Any] = {}
    kubectl = Kubectl.model_validate(
        {"client": "confidential", "redirectUri": "http://localhost:9000"}
    )

    @pulumi.runtime.test
    def build() -> None:
        declare_kubectl(exports, kubectl, ("openid",))

    build()

    assert exports["user"]["user"]["exec"]["args"][4:] == [
        "--oidc-client-secret=kubectl-client-secret-secret-value",
        "--oidc-redirect-url=http://localhost:9000",
        "--listen-address=127.0.0.1:9000",
    ]
    password = recorder.one("azuread:index/applicationPassword:ApplicationPassword")
    assert password["displayName"] == "kubectl"
