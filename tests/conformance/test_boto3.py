"""EKS by the AWS SDK for Python: every operation, checked by the service's own model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.eks.routes import OPERATIONS
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_until
from tests.conformance.target import Target, sandbox_target
from tests.sandbox.eks.model_check import ModelCheck

pytestmark = pytest.mark.apiserver


@pytest.fixture
def eks(target: Target) -> Iterator[Any]:
    client = target.eks()
    ModelCheck(client)
    yield client
    client.close()


def test_the_cluster_is_described_by_the_model(eks: Any, target: Target) -> None:
    cluster = eks.describe_cluster(name=target.cluster)["cluster"]

    assert cluster["name"] == target.cluster
    assert cluster["endpoint"].startswith("https://")
    assert cluster["certificateAuthority"]["data"]
    assert cluster["identity"]["oidc"]["issuer"].startswith("https://oidc.eks.")
    assert cluster["arn"].split(":")[5] == f"cluster/{target.cluster}"


def test_identity_providers_updates_and_tags_can_be_listed(eks: Any, target: Target) -> None:
    pages = eks.get_paginator("list_identity_provider_configs").paginate(
        clusterName=target.cluster, PaginationConfig={"PageSize": 1}
    )
    for page in pages:
        for reference in page["identityProviderConfigs"]:
            config = eks.describe_identity_provider_config(
                clusterName=target.cluster, identityProviderConfig=reference
            )["identityProviderConfig"]["oidc"]
            assert config["identityProviderConfigName"] == reference["name"]
    for page in eks.get_paginator("list_updates").paginate(
        name=target.cluster, PaginationConfig={"MaxItems": 3, "PageSize": 1}
    ):
        for update_id in page["updateIds"]:
            eks.describe_update(name=target.cluster, updateId=update_id)
    arn = eks.describe_cluster(name=target.cluster)["cluster"]["arn"]
    assert isinstance(eks.list_tags_for_resource(resourceArn=arn)["tags"], dict)


def test_what_is_not_there_is_refused_in_the_services_words(eks: Any, target: Target) -> None:
    absent = target.new_name()
    with pytest.raises(ClientError) as no_cluster:
        eks.describe_cluster(name=absent)
    with pytest.raises(ClientError) as no_config:
        eks.describe_identity_provider_config(
            clusterName=target.cluster, identityProviderConfig={"type": "oidc", "name": absent}
        )

    assert _code_and_message(no_cluster) == (
        "ResourceNotFoundException",
        f"No cluster found for name: {absent}.",
    )
    assert _code_and_message(no_config)[0] == "ResourceNotFoundException"


def test_an_unknown_access_key_is_refused(target: Target) -> None:
    key = {"aws_access_key_id": "AKIAAAAAAAAAAAAAAAAA", "aws_secret_access_key": "none"}
    nobody = replace(target, aws=key)
    client = nobody.eks()
    with pytest.raises(ClientError) as refused:
        client.describe_cluster(name=target.cluster)
    client.close()

    response: Any = refused.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert _code_and_message(refused) == (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )


def test_one_identity_provider_lives_through_every_operation(sandbox: Sandbox) -> None:
    """Only in the sandbox: on a real cluster this is up to an hour without changes."""
    target, endpoints = sandbox_target(sandbox.endpoints), sandbox.endpoints
    eks = target.eks()
    seen = ModelCheck(eks)
    name = target.new_name()
    reference = {"type": "oidc", "name": name}

    def config() -> dict[str, Any] | None:
        try:
            answer = eks.describe_identity_provider_config(
                clusterName=target.cluster, identityProviderConfig=reference
            )
        except ClientError:
            return None
        return answer["identityProviderConfig"]["oidc"]

    associated = eks.associate_identity_provider_config(
        clusterName=target.cluster,
        oidc={
            "identityProviderConfigName": name,
            "issuerUrl": endpoints.issuer.v2,
            "clientId": endpoints.deployer.client_id,
            "usernameClaim": "upn",
            "usernamePrefix": "entra:",
            "groupsClaim": "groups",
            "groupsPrefix": "entra:",
            "requiredClaims": {"tid": endpoints.tenant_id},
        },
        tags={"team": "platform"},
    )
    update = associated["update"]
    try:
        wait_until(
            lambda: (config() or {}).get("status") == "ACTIVE",
            what="the association",
            timeout_s=60,
            poll_s=0.25,
        )
        eks.get_waiter("cluster_active").wait(name=target.cluster)
        described = eks.describe_update(name=target.cluster, updateId=update["id"])["update"]
        assert described["status"] == "Successful"
        assert update["id"] in eks.list_updates(name=target.cluster)["updateIds"]
        listed = eks.list_identity_provider_configs(clusterName=target.cluster)
        assert reference in listed["identityProviderConfigs"]
        live = config()
        assert live is not None
        arn = live["identityProviderConfigArn"]
        eks.tag_resource(resourceArn=arn, tags={"stage": "test"})
        eks.untag_resource(resourceArn=arn, tagKeys=["team"])
        assert eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"stage": "test"}
    finally:
        eks.disassociate_identity_provider_config(
            clusterName=target.cluster, identityProviderConfig=reference
        )
        wait_until(lambda: config() is None, what="the disassociation", timeout_s=60, poll_s=0.25)
        eks.close()

    assert seen.operations == {operation.name for operation in OPERATIONS}


def _code_and_message(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    response: Any = error.value.response
    return response["Error"]["Code"], response["Error"]["Message"]
