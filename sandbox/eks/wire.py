"""Requests and responses of the EKS API as JSON, by the service's published model (2017-11-01).

https://docs.aws.amazon.com/eks/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from sandbox.eks.control_plane import ClusterDescription
from sandbox.eks.errors import InvalidParameterError, SerializationError
from sandbox.eks.identity_provider import CONFIG_TYPE, IdentityProviderConfig, Oidc, Update

Json = dict[str, Any]


def parse_body(body: bytes) -> Json:
    """Raises SerializationError unless it is a JSON object."""
    try:
        parsed = json.loads(body)
    except ValueError as err:
        msg = "the request's body is not JSON"
        raise SerializationError(msg) from err
    if not isinstance(parsed, dict):
        msg = "the request's body is not a JSON object"
        raise SerializationError(msg)
    return parsed


def parse_oidc(body: Json) -> Oidc:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_OidcIdentityProviderConfigRequest.html."""
    oidc = _structure(body, "oidc")
    return Oidc(
        name=required_text(oidc, "identityProviderConfigName"),
        issuer_url=required_text(oidc, "issuerUrl"),
        client_id=required_text(oidc, "clientId"),
        username_claim=optional_text(oidc, "usernameClaim"),
        username_prefix=optional_text(oidc, "usernamePrefix"),
        groups_claim=optional_text(oidc, "groupsClaim"),
        groups_prefix=optional_text(oidc, "groupsPrefix"),
        required_claims=text_map(oidc, "requiredClaims"),
    )


def parse_config_reference(body: Json) -> tuple[str, str]:
    """Return type and name of `identityProviderConfig`."""
    reference = _structure(body, "identityProviderConfig")
    return required_text(reference, "type"), required_text(reference, "name")


def required_text(structure: Json, member: str) -> str:
    """Raises InvalidParameterError when it is absent or empty."""
    value = optional_text(structure, member)
    if not value:
        msg = f"{member} is required"
        raise InvalidParameterError(msg)
    return value


def optional_text(structure: Json, member: str) -> str | None:
    """Raises SerializationError when it is something else."""
    value = structure.get(member)
    if value is not None and not isinstance(value, str):
        msg = f"{member} must be a string"
        raise SerializationError(msg)
    return value


def text_map(structure: Json, member: str) -> dict[str, str]:
    """Raises SerializationError when it is something else; absent is empty."""
    value = structure.get(member) or {}
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        msg = f"{member} must be a map of strings"
        raise SerializationError(msg)
    return value


def render_cluster(cluster: ClusterDescription) -> Json:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html."""
    return {
        "name": cluster.name,
        "arn": cluster.arn,
        "createdAt": cluster.created_at.timestamp(),
        "version": cluster.version,
        "endpoint": cluster.endpoint,
        "roleArn": cluster.role_arn,
        "resourcesVpcConfig": {
            "subnetIds": [],
            "securityGroupIds": [],
            "endpointPublicAccess": True,
            "endpointPrivateAccess": False,
            "publicAccessCidrs": ["127.0.0.1/32"],
        },
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.0.0.0/24", "ipFamily": "ipv4"},
        "identity": {"oidc": {"issuer": cluster.issuer}},
        "status": "UPDATING" if cluster.updating else "ACTIVE",
        "certificateAuthority": {"data": base64.b64encode(cluster.ca_pem).decode()},
        "platformVersion": "eks.1",
        "tags": dict(cluster.tags),
        "health": {"issues": []},
        "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"},
    }


def render_config(config: IdentityProviderConfig) -> Json:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_OidcIdentityProviderConfig.html."""
    oidc = config.oidc
    return {
        CONFIG_TYPE: _without_absent(
            {
                "identityProviderConfigName": oidc.name,
                "identityProviderConfigArn": config.arn,
                "clusterName": config.cluster_name,
                "issuerUrl": oidc.issuer_url,
                "clientId": oidc.client_id,
                "usernameClaim": oidc.username_claim,
                "usernamePrefix": oidc.username_prefix,
                "groupsClaim": oidc.groups_claim,
                "groupsPrefix": oidc.groups_prefix,
                "requiredClaims": dict(oidc.required_claims) or None,
                "tags": dict(config.tags),
                "status": config.status.value,
            }
        )
    }


def render_update(update: Update) -> Json:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_Update.html."""
    reference = [{"type": CONFIG_TYPE, "name": update.config_name}]
    errors: list[Json] = []
    if update.error is not None:
        errors = [{"errorCode": "Unknown", "errorMessage": update.error, "resourceIds": []}]
    return {
        "id": update.id,
        "status": update.status.value,
        "type": update.type.value,
        "params": [
            {
                "type": "IdentityProviderConfig",
                "value": json.dumps(reference, separators=(",", ":")),
            }
        ],
        "createdAt": update.created_at.timestamp(),
        "errors": errors,
    }


def _structure(body: Json, member: str) -> Json:
    value = body.get(member)
    if value is None:
        msg = f"{member} is required"
        raise InvalidParameterError(msg)
    if not isinstance(value, dict):
        msg = f"{member} must be a structure"
        raise SerializationError(msg)
    return value


def _without_absent(members: Mapping[str, Any]) -> Json:
    return {name: value for name, value in members.items() if value is not None}
