"""EKS as boto3 sees it: life cycle, refusals and the wire's shape."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from sandbox.certificates import CertificateAuthority
from sandbox.eks import EksControlPlane
from tests.sandbox.eks.calls import (
    ARN,
    ISSUER,
    OIDC,
    associate,
    describe,
    disassociate,
    refusal,
    update_status,
)
from tests.sandbox.eks.conftest import ACCESS_KEY, CREATED_AT, StubbornApiServer


def test_an_association_is_active_when_the_api_server_has_loaded_it(
    eks: Any, api_server: StubbornApiServer
) -> None:
    update = associate(eks)
    assert update["type"] == "AssociateIdentityProviderConfig"
    assert update["createdAt"] == CREATED_AT
    assert json.loads(update["params"][0]["value"]) == [{"type": "oidc", "name": "entra"}]
    assert describe(eks)["status"] == "CREATING"
    assert update_status(eks, update) == "InProgress"
    assert eks.describe_cluster(name="dev")["cluster"]["status"] == "UPDATING"

    api_server.load()

    assert describe(eks) == OIDC | {
        "identityProviderConfigArn": ARN,
        "clusterName": "dev",
        "tags": {"team": "platform"},
        "status": "ACTIVE",
    }
    assert update_status(eks, update) == "Successful"
    assert eks.describe_cluster(name="dev")["cluster"]["status"] == "ACTIVE"
    assert [trusted.issuer_url for trusted in api_server.loaded] == [ISSUER]


def test_a_disassociation_is_gone_when_the_api_server_has_loaded_it(
    eks: Any, api_server: StubbornApiServer
) -> None:
    associate(eks)
    api_server.load()
    update = disassociate(eks)
    assert update["type"] == "DisassociateIdentityProviderConfig"
    assert describe(eks)["status"] == "DELETING"
    assert api_server.wanted == []

    api_server.load()

    with pytest.raises(ClientError) as refused:
        describe(eks)
    assert refusal(refused) == (
        404,
        "ResourceNotFoundException",
        "No config found for cluster: dev, config type: oidc, config name: entra",
    )
    assert update_status(eks, update) == "Successful"
    assert len(eks.list_updates(name="dev")["updateIds"]) == 2


def test_a_failed_association_vanishes_and_only_its_update_says_why(
    eks: Any, api_server: StubbornApiServer
) -> None:
    update = associate(eks)
    api_server.refuse("issuer did not match")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        describe(eks)
    failed = eks.describe_update(name="dev", updateId=update["id"])["update"]
    assert failed["status"] == "Failed"
    assert failed["errors"] == [
        {"errorCode": "Unknown", "errorMessage": "issuer did not match", "resourceIds": []}
    ]
    assert api_server.wanted == [], "what was trusted before is trusted again"
    assert eks.list_identity_provider_configs(clusterName="dev")["identityProviderConfigs"] == []


def test_a_failed_disassociation_leaves_the_provider_active(
    eks: Any, api_server: StubbornApiServer
) -> None:
    associate(eks)
    api_server.load()
    update = disassociate(eks)
    api_server.refuse("no room")
    assert update_status(eks, update) == "Failed"
    assert describe(eks)["status"] == "ACTIVE"
    assert api_server.wanted == api_server.loaded


@pytest.mark.parametrize(
    ("operation", "call"), [("Associate", associate), ("Disassociate", disassociate)]
)
def test_one_update_at_a_time(
    eks: Any, operation: str, call: Callable[[Any], dict[str, Any]]
) -> None:
    update = associate(eks)
    with pytest.raises(ClientError) as refused:
        call(eks)
    assert refusal(refused) == (
        409,
        "ResourceInUseException",
        f"Cannot {operation}IdentityProviderConfig because cluster dev currently has update "
        f"{update['id']} in progress",
    )
    assert refused.value.response.get("clusterName") == "dev"


def test_a_second_issuer_joins_the_first(eks: Any, api_server: StubbornApiServer) -> None:
    associate(eks)
    api_server.load()
    associate(eks, identityProviderConfigName="v1", issuerUrl="https://sts.example/t/")
    api_server.load()
    listed = eks.list_identity_provider_configs(clusterName="dev")["identityProviderConfigs"]
    assert [config["name"] for config in listed] == ["entra", "v1"]
    assert [trusted.issuer_url for trusted in api_server.loaded] == [
        ISSUER,
        "https://sts.example/t/",
    ]


def test_a_second_client_of_one_issuer_is_refused(eks: Any, api_server: StubbornApiServer) -> None:
    associate(eks)
    api_server.load()
    with pytest.raises(ClientError) as refused:
        associate(eks, identityProviderConfigName="second", clientId="another")
    status, code, message = refusal(refused)
    assert (status, code) == (400, "InvalidParameterException")
    assert ISSUER in message
    assert len(api_server.wanted) == 1


def test_the_clusters_own_issuer_is_refused(eks: Any) -> None:
    own = eks.describe_cluster(name="dev")["cluster"]["identity"]["oidc"]["issuer"]
    with pytest.raises(ClientError) as refused:
        associate(eks, issuerUrl=own)
    assert refusal(refused) == (
        400,
        "InvalidParameterException",
        "Incorrect Identity Provider URL configuration. The Identity Provider URL cannot be same "
        "as OpenID Connect (OIDC) issuer URL",
    )


def test_a_repeated_request_is_the_same_request(eks: Any) -> None:
    request = {"clusterName": "dev", "oidc": OIDC, "clientRequestToken": "once"}
    first = eks.associate_identity_provider_config(**request)["update"]
    again = eks.associate_identity_provider_config(**request)["update"]
    assert first["id"] == again["id"]


def test_a_token_cannot_be_used_for_another_request(
    eks: Any, api_server: StubbornApiServer
) -> None:
    eks.associate_identity_provider_config(clusterName="dev", oidc=OIDC, clientRequestToken="once")
    api_server.load()
    with pytest.raises(ClientError) as refused:
        eks.associate_identity_provider_config(
            clusterName="dev", oidc=OIDC | {"clientId": "another"}, clientRequestToken="once"
        )
    assert refusal(refused)[:2] == (400, "InvalidParameterException")


def test_updates_of_what_a_cluster_here_does_not_have_are_not_found(eks: Any) -> None:
    for parameter in ("nodegroupName", "addonName", "capabilityName"):
        with pytest.raises(ClientError) as refused:
            eks.list_updates(name="dev", **{parameter: "workers"})
        assert refusal(refused)[:2] == (404, "ResourceNotFoundException")


def test_disassociating_what_is_not_associated_is_said_in_the_words_terraform_knows(
    eks: Any,
) -> None:
    with pytest.raises(ClientError) as refused:
        disassociate(eks)
    assert refusal(refused) == (
        400,
        "InvalidRequestException",
        "Identity provider config is not associated with cluster",
    )


def test_tags_change_in_place(eks: Any, api_server: StubbornApiServer) -> None:
    associate(eks)
    api_server.load()
    eks.tag_resource(resourceArn=ARN, tags={"team": "security", "stage": "dev"})
    assert describe(eks)["tags"] == {"team": "security", "stage": "dev"}
    eks.untag_resource(resourceArn=ARN, tagKeys=["team", "stage"])
    assert eks.list_tags_for_resource(resourceArn=ARN)["tags"] == {}
    assert describe(eks)["status"] == "ACTIVE", "tags take no update"


def test_the_cluster_can_be_tagged(eks: Any) -> None:
    arn = eks.describe_cluster(name="dev")["cluster"]["arn"]
    eks.tag_resource(resourceArn=arn, tags={"stage": "dev"})
    assert eks.describe_cluster(name="dev")["cluster"]["tags"] == {"stage": "dev"}


def test_tagging_what_is_not_there_has_an_error_of_its_own(eks: Any) -> None:
    with pytest.raises(ClientError) as refused:
        eks.tag_resource(resourceArn=ARN, tags={"a": "b"})
    assert refusal(refused)[:2] == (404, "NotFoundException")


def test_the_cluster_is_described_with_what_a_kubeconfig_needs(
    eks: Any, ca: CertificateAuthority
) -> None:
    cluster = eks.describe_cluster(name="dev")["cluster"]
    assert cluster["endpoint"] == "https://localhost:6443"
    assert base64.b64decode(cluster["certificateAuthority"]["data"]) == ca.ca_file.read_bytes()
    assert cluster["version"] == "1.34"
    assert cluster["arn"] == "arn:aws:eks:eu-central-1:111122223333:cluster/dev"
    assert cluster["createdAt"] == CREATED_AT


def test_another_cluster_is_not_there(eks: Any) -> None:
    with pytest.raises(ClientError) as refused:
        eks.describe_cluster(name="prod")
    assert refusal(refused) == (
        404,
        "ResourceNotFoundException",
        "No cluster found for name: prod.",
    )


def test_lists_come_in_pages(eks: Any, api_server: StubbornApiServer) -> None:
    for number in range(3):
        associate(
            eks,
            identityProviderConfigName=f"p{number}",
            issuerUrl=f"https://login.example/{number}",
        )
        api_server.load()
        eks.describe_cluster(name="dev")
    pages = eks.get_paginator("list_identity_provider_configs").paginate(
        clusterName="dev", PaginationConfig={"PageSize": 2}
    )
    names = [[each["name"] for each in page["identityProviderConfigs"]] for page in pages]
    assert names == [["p0", "p1"], ["p2"]]


@pytest.mark.provokes_unknown_calls
def test_an_operation_the_sandbox_has_not_names_itself_and_is_recorded(
    eks: Any, control_plane: EksControlPlane
) -> None:
    with pytest.raises(ClientError) as refused:
        eks.list_nodegroups(clusterName="dev")
    assert refusal(refused) == (
        501,
        "NotImplementedInSandbox",
        "the sandbox's EKS does not implement GET /clusters/dev/node-groups",
    )
    [unexpected] = control_plane.unexpected
    assert unexpected.path == "/clusters/dev/node-groups"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "SerializationException"),
        ("[]", "SerializationException"),
        ('{"oidc": "text"}', "SerializationException"),
        ('{"oidc": {"issuerUrl": 1, "identityProviderConfigName": "a"}}', "SerializationException"),
        ('{"oidc": {"identityProviderConfigName": "a"}}', "InvalidParameterException"),
        ("{}", "InvalidParameterException"),
    ],
)
def test_a_malformed_body_is_refused(
    eks_url: str, ca: CertificateAuthority, body: str, code: str
) -> None:
    url = f"{eks_url}/clusters/dev/identity-provider-configs/associate"
    signed = AWSRequest(method="POST", url=url, data=body)
    credentials = Credentials(ACCESS_KEY.access_key_id, ACCESS_KEY.secret_access_key)
    SigV4Auth(credentials, "eks", "eu-central-1").add_auth(signed)
    answer = httpx.post(
        url,
        content=body,
        headers=dict(signed.headers),
        verify=ca.client_context(),
        trust_env=False,
    )
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert answer.headers["x-amzn-errortype"] == code
