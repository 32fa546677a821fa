"""How slow, moody and old the control plane is, as a scenario says it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from sandbox.certificates import CertificateAuthority
from sandbox.eks import EksControlPlane, EksTemper, create_app
from sandbox.serving import Server, bind
from tests.sandbox.eks.calls import (
    associate,
    describe,
    disassociate,
    refusal,
    update_status,
)
from tests.sandbox.eks.conftest import ACCESS_KEY, Clock, StubbornApiServer, eks_client


@pytest.mark.parametrize(("version", "limit"), [("1.31", 1), ("1.32", 10)])
def test_an_older_cluster_takes_one_provider_and_a_newer_ten(
    ca: CertificateAuthority, api_server: StubbornApiServer, version: str, limit: int
) -> None:
    """What EKS says the cluster runs counts, and a scenario can say so."""
    control_plane = EksControlPlane(
        api_server,
        cluster_name="dev",
        region="eu-central-1",
        account_id="111122223333",
        access_key=ACCESS_KEY,
        kubernetes_version=version,
    )
    certificate = ca.issue("older", "localhost")
    with Server(create_app(control_plane), bind(), certificate, "eks") as server:
        eks = eks_client(server.url, ca.ca_file)
        assert eks.describe_cluster(name="dev")["cluster"]["version"] == version
        for number in range(limit):
            name, issuer = f"p{number}", f"https://login.example/{number}"
            associate(eks, identityProviderConfigName=name, issuerUrl=issuer)
            api_server.load()
        with pytest.raises(ClientError) as refused:
            associate(eks, identityProviderConfigName="more", issuerUrl="https://login.example/x")
        eks.close()
    assert refusal(refused)[:2] == (400, "InvalidRequestException")
    assert len(api_server.loaded) == limit


def test_an_association_takes_as_long_as_the_temper_says(
    eks: Any, control_plane: EksControlPlane, api_server: StubbornApiServer, clock: Clock
) -> None:
    control_plane.temper = EksTemper(association_s=1200, disassociation_s=600)
    update = associate(eks)
    api_server.load()
    clock.go_on(1199)
    assert describe(eks)["status"] == "CREATING"
    assert eks.describe_cluster(name="dev")["cluster"]["status"] == "UPDATING"
    clock.go_on(1)
    assert describe(eks)["status"] == "ACTIVE"
    assert update_status(eks, update) == "Successful"

    disassociate(eks)
    api_server.load()
    clock.go_on(599)
    assert describe(eks)["status"] == "DELETING"
    clock.go_on(1)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        describe(eks)


def test_time_alone_makes_no_association_active(
    eks: Any, control_plane: EksControlPlane, clock: Clock
) -> None:
    control_plane.temper = EksTemper(association_s=60)
    associate(eks)
    clock.go_on(3600)
    assert describe(eks)["status"] == "CREATING", "the API server has not loaded it"


def test_an_association_can_be_made_to_fail(
    eks: Any, control_plane: EksControlPlane, api_server: StubbornApiServer, clock: Clock
) -> None:
    reason = "Role with arn: arn:aws:iam::111122223333:role/dev, could not be assumed"
    control_plane.temper = EksTemper(association_s=60, association_error=reason)
    update = associate(eks)
    assert update_status(eks, update) == "InProgress"
    clock.go_on(60)
    failed = eks.describe_update(name="dev", updateId=update["id"])["update"]
    assert (failed["status"], failed["errors"][0]["errorMessage"]) == ("Failed", reason)
    assert api_server.wanted == [], "it was never trusted"
    control_plane.temper = EksTemper()
    assert associate(eks)["id"] != update["id"], "the name is free again"


def test_a_moody_control_plane_throttles(eks: Any, control_plane: EksControlPlane) -> None:
    control_plane.temper = EksTemper(throttling_rate=0.5, seed=7)
    answers: list[bool] = []
    for _ in range(20):
        try:
            eks.list_identity_provider_configs(clusterName="dev")
        except ClientError as error:
            response: Any = error.response
            assert response["Error"]["Code"] == "ThrottlingException"
            assert response["ResponseMetadata"]["HTTPStatusCode"] == httpx.codes.TOO_MANY_REQUESTS
            answers.append(False)
        else:
            answers.append(True)
    assert 0 < answers.count(False) < len(answers)
