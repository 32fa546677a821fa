"""What the KubeRocketCI portal needs to sign people in: its secret, its settings, its Helm values.

The portal's chart makes a ConfigMap `portal-config` of its value `configEnv`. The one declared here
carries Helm's ownership marks, so that the chart takes it over instead of failing on it, and the
Helm values hold the same settings, so that both agree. The chart mounts neither ConfigMap nor
Secret unless `extraEnvFrom` says so; the Helm values do.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_azuread as azuread
import pulumi_kubernetes as kubernetes

from components.generated_secret import GeneratedSecret
from settings.model import Portal

CONFIG_MAP = "portal-config"
SECRET = "portal-secret"  # noqa: S105 - the name of a Kubernetes Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalSsoArgs:
    """What the portal's settings are made of."""

    portal: Portal
    cluster_name: str
    issuer: str
    client_id: pulumi.Input[str]
    application_id: pulumi.Input[str]
    scopes: tuple[str, ...]


class PortalSso(pulumi.ComponentResource):
    """The portal's client secret, Secret and ConfigMap."""

    helm_values: pulumi.Output[dict[str, object]]
    """Values for the chart `krci-portal`; they hold no secret."""

    def __init__(
        self, name: str, args: PortalSsoArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("entra-eks-sso:portal:PortalSso", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        portal = args.portal
        in_namespace = child
        if portal.create_namespace:
            namespace = kubernetes.core.v1.Namespace(
                f"{name}-namespace",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(name=portal.namespace),
                opts=child,
            )
            in_namespace = pulumi.ResourceOptions(parent=self, depends_on=[namespace])

        expires = portal.client_secret_expires
        client_secret = azuread.ApplicationPassword(
            f"{name}-client-secret",
            application_id=args.application_id,
            display_name="KubeRocketCI portal",
            end_date=f"{expires.isoformat()}T00:00:00Z" if expires else None,
            opts=child,
        )
        server_secret = GeneratedSecret(f"{name}-server-secret", opts=child)
        kubernetes.core.v1.Secret(
            f"{name}-secret",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=SECRET, namespace=portal.namespace),
            string_data={
                "OIDC_CLIENT_SECRET": client_secret.value,
                "SERVER_SECRET": server_secret.value,
            },
            opts=in_namespace,
        )
        config_env: dict[str, pulumi.Input[str]] = {
            "API_PREFIX": "/api",
            "DEFAULT_CLUSTER_NAME": args.cluster_name,
            "DEFAULT_CLUSTER_NAMESPACE": portal.default_namespace or portal.namespace,
            "OIDC_CLIENT_ID": args.client_id,
            "OIDC_CODE_CHALLENGE_METHOD": "S256",
            "OIDC_ISSUER_URL": args.issuer,
            "OIDC_SCOPE": " ".join(args.scopes),
            "PORTAL_URL": portal.url,
        }
        kubernetes.core.v1.ConfigMap(
            f"{name}-config",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=CONFIG_MAP,
                namespace=portal.namespace,
                labels={"app.kubernetes.io/managed-by": "Helm"},
                annotations={
                    "meta.helm.sh/release-name": portal.helm_release,
                    "meta.helm.sh/release-namespace": portal.namespace,
                },
            ),
            data=config_env,
            opts=in_namespace,
        )
        self.helm_values = pulumi.Output.all(**config_env).apply(
            lambda config: {
                "configEnv": config,
                "extraEnvFrom": [
                    {"secretRef": {"name": SECRET}},
                    {"configMapRef": {"name": CONFIG_MAP}},
                ],
            }
        )
        self.register_outputs({"helm_values": self.helm_values})
