"""aws:eks/getCluster:getCluster.

https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.plugins.aws.eks import Eks
from sandbox.plugins.protocol.errors import ProviderError
from sandbox.plugins.protocol.resource import Properties


def get_cluster(eks: Eks, arguments: Properties) -> dict[str, Any]:
    """Describe a cluster in the words of the lookup; absent parts are empty lists.

    Raises:
        ProviderError: there is no such cluster.
    """
    name = arguments.get("name")
    if not name:
        msg = "getCluster needs the cluster's name"
        raise ProviderError(msg)
    cluster = eks.call("DescribeCluster", name=name)["cluster"]
    access = cluster.get("accessConfig")
    network = cluster.get("kubernetesNetworkConfig")
    upgrade = cluster.get("upgradePolicy")
    created_at = cluster.get("createdAt")
    return {
        "accessConfigs": [_access_config(access)] if access else [],
        "arn": cluster["arn"],
        "certificateAuthorities": [{"data": cluster.get("certificateAuthority", {}).get("data")}],
        "clusterId": cluster.get("id") or "",
        "computeConfigs": [],
        "controlPlaneScalingConfigs": [],
        "createdAt": str(created_at) if created_at else "",
        "deletionProtection": bool(cluster.get("deletionProtection")),
        "enabledClusterLogTypes": _enabled_log_types(cluster.get("logging") or {}),
        "endpoint": cluster["endpoint"],
        "id": cluster["name"],
        "identities": _identities(cluster.get("identity") or {}),
        "kubeApiServerConfigs": [],
        "kubeControllerManagerConfigs": [],
        "kubeSchedulerConfigs": [],
        "kubernetesNetworkConfigs": [_network_config(network)] if network else [],
        "name": cluster["name"],
        "outpostConfigs": [],
        "platformVersion": cluster.get("platformVersion") or "",
        "region": eks.region,
        "remoteNetworkConfigs": [],
        "roleArn": cluster.get("roleArn") or "",
        "status": cluster["status"],
        "storageConfigs": [],
        "tags": cluster.get("tags") or {},
        "upgradePolicies": [{"supportType": upgrade.get("supportType")}] if upgrade else [],
        "version": cluster["version"],
        "vpcConfig": _vpc_config(cluster.get("resourcesVpcConfig") or {}),
        "zonalShiftConfigs": [],
    }


def _access_config(access: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "authenticationMode": access.get("authenticationMode") or "",
        "bootstrapClusterCreatorAdminPermissions": bool(
            access.get("bootstrapClusterCreatorAdminPermissions")
        ),
    }


def _identities(identity: Mapping[str, Any]) -> list[dict[str, Any]]:
    issuer = (identity.get("oidc") or {}).get("issuer")
    return [{"oidcs": [{"issuer": issuer}]}] if issuer else []


def _network_config(network: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "elasticLoadBalancings": [],
        "ipFamily": network.get("ipFamily") or "",
        "serviceIpv4Cidr": network.get("serviceIpv4Cidr") or "",
        "serviceIpv6Cidr": network.get("serviceIpv6Cidr") or "",
    }


def _enabled_log_types(logging: Mapping[str, Any]) -> list[str]:
    return [
        log_type
        for setup in logging.get("clusterLogging") or []
        if setup.get("enabled")
        for log_type in setup.get("types") or []
    ]


def _vpc_config(vpc: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "clusterSecurityGroupId": vpc.get("clusterSecurityGroupId") or "",
        "endpointPrivateAccess": bool(vpc.get("endpointPrivateAccess")),
        "endpointPublicAccess": bool(vpc.get("endpointPublicAccess")),
        "publicAccessCidrs": vpc.get("publicAccessCidrs") or [],
        "securityGroupIds": vpc.get("securityGroupIds") or [],
        "subnetIds": vpc.get("subnetIds") or [],
        "vpcId": vpc.get("vpcId") or "",
    }
