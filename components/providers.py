"""The providers that everything is declared through, each with its target said outright.

Default providers are disabled in the stack's configuration: a resource that forgets its provider
must fail, not reach whatever tenant, account or cluster the environment points to.
Credentials are not declared here: the providers and `graph.credentials` read the same variables of
the environment (ARM_*, AWS_*), so that no credential gets into the state.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_azuread as azuread
import pulumi_kubernetes as kubernetes

from graph.cloud import Cloud
from settings.model import Cluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Providers:
    """One provider instance a target."""

    entra: azuread.Provider
    aws: aws.Provider
    cluster: kubernetes.Provider

    def for_components(self) -> pulumi.ResourceOptions:
        """Return options that make a component's children find their provider."""
        return pulumi.ResourceOptions(providers=[self.entra, self.aws, self.cluster])


def declare_providers(tenant_id: str, cloud: Cloud, cluster: Cluster) -> Providers:
    """Declare the providers for one tenant and one cluster.

    Without `cluster.kubeconfig` the cluster is found by its name, and signed in to with
    `aws eks get-token`: https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html
    """
    entra = azuread.Provider(
        "entra",
        tenant_id=tenant_id,
        environment="public" if cloud.metadata_host else cloud.name,
        metadata_host=cloud.metadata_host,
    )
    own_endpoint = cluster.eks_endpoint is not None
    account = aws.Provider(
        "aws",
        region=cluster.region,
        endpoints=[aws.ProviderEndpointArgs(eks=cluster.eks_endpoint)] if own_endpoint else None,
        # With an endpoint of its own for EKS there need not be one for the calls that only check.
        skip_credentials_validation=own_endpoint,
        skip_requesting_account_id=own_endpoint,
        skip_metadata_api_check=own_endpoint,
        skip_region_validation=own_endpoint,
    )
    return Providers(
        entra=entra,
        aws=account,
        cluster=kubernetes.Provider(
            "cluster",
            kubeconfig=cluster.kubeconfig or _kubeconfig(cluster, account),
            cluster_identifier=cluster.name,
        ),
    )


def _kubeconfig(cluster: Cluster, account: aws.Provider) -> pulumi.Output[str]:
    found = aws.eks.get_cluster(cluster.name, opts=pulumi.InvokeOptions(provider=account))
    entry = {"cluster": cluster.name, "user": cluster.name}
    return pulumi.Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": cluster.name,
            "contexts": [{"name": cluster.name, "context": entry}],
            "clusters": [
                {
                    "name": cluster.name,
                    "cluster": {
                        "server": found.endpoint,
                        "certificate-authority-data": found.certificate_authorities[0].data,
                    },
                }
            ],
            "users": [
                {
                    "name": cluster.name,
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1beta1",
                            "command": "aws",
                            "args": [
                                *("eks", "get-token"),
                                *("--cluster-name", cluster.name),
                                *("--region", cluster.region),
                            ],
                        }
                    },
                }
            ],
        }
    )
