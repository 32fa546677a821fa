"""Calls of EKS as the tests make them, and what a refusal says."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

ISSUER = "https://login.example/t/v2.0"
OIDC = {
    "identityProviderConfigName": "entra",
    "issuerUrl": ISSUER,
    "clientId": "client",
    "usernameClaim": "upn",
    "usernamePrefix": "entra:",
    "groupsClaim": "groups",
    "groupsPrefix": "entra:",
    "requiredClaims": {"tid": "t"},
}
ARN = "arn:aws:eks:eu-central-1:111122223333:identityproviderconfig/dev/oidc/entra/id-1"
REFERENCE = {"type": "oidc", "name": "entra"}


def associate(eks: Any, **changes: Any) -> dict[str, Any]:
    tags = changes.pop("tags", {"team": "platform"})
    answer = eks.associate_identity_provider_config(
        clusterName="dev", oidc=OIDC | changes, tags=tags
    )
    return answer["update"]


def describe(eks: Any) -> dict[str, Any]:
    answer = eks.describe_identity_provider_config(
        clusterName="dev", identityProviderConfig=REFERENCE
    )
    return answer["identityProviderConfig"]["oidc"]


def disassociate(eks: Any) -> dict[str, Any]:
    answer = eks.disassociate_identity_provider_config(
        clusterName="dev", identityProviderConfig=REFERENCE
    )
    return answer["update"]


def update_status(eks: Any, update: dict[str, Any]) -> str:
    return eks.describe_update(name="dev", updateId=update["id"])["update"]["status"]


def refusal(error: pytest.ExceptionInfo[ClientError]) -> tuple[int, str, str]:
    response: Any = error.value.response
    return (
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Code"],
        response["Error"]["Message"],
    )
