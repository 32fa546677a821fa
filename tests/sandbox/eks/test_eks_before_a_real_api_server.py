"""What is associated with EKS can sign in at the real API server, and no longer after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from sandbox.certificates import CertificateAuthority
from sandbox.cluster import Cluster
from sandbox.eks import EksControlPlane, create_app
from sandbox.serving import Server, bind
from sandbox.waiting import wait_until
from tests.sandbox.cluster.issuer import serve_issuer
from tests.sandbox.cluster.running_cluster import run_cluster, user_info, who_am_i
from tests.sandbox.eks.conftest import eks_client

pytestmark = pytest.mark.apiserver


@pytest.fixture
def cluster(tmp_path: Path, ca: CertificateAuthority) -> Iterator[Cluster]:
    with run_cluster(tmp_path / "cluster", ca) as cluster:
        yield cluster


@pytest.fixture
def eks(cluster: Cluster, ca: CertificateAuthority) -> Iterator[Any]:
    control_plane = EksControlPlane(
        cluster, cluster_name="dev", region="eu-central-1", account_id="111122223333"
    )
    with Server(create_app(control_plane), bind(), ca.issue("eks", "localhost"), "eks") as server:
        client = eks_client(server.url, ca.ca_file)
        yield client
        client.close()


def test_associate_sign_in_disassociate_no_sign_in(
    eks: Any, cluster: Cluster, ca: CertificateAuthority
) -> None:
    reference = {"type": "oidc", "name": "entra"}

    def is_active() -> bool:
        config = eks.describe_identity_provider_config(
            clusterName="dev", identityProviderConfig=reference
        )
        return config["identityProviderConfig"]["oidc"]["status"] == "ACTIVE"

    def is_gone() -> bool:
        try:
            is_active()
        except ClientError:
            return True
        return False

    with serve_issuer(ca) as issuer:
        url = issuer.url("tenant/v2.0")

        def sign_in() -> httpx.Response:
            return who_am_i(cluster, issuer.token(url, "client", upn="alice", groups=["g1"]))

        assert sign_in().status_code == httpx.codes.UNAUTHORIZED
        eks.associate_identity_provider_config(
            clusterName="dev",
            oidc={
                "identityProviderConfigName": "entra",
                "issuerUrl": url,
                "clientId": "client",
                "usernameClaim": "upn",
                "usernamePrefix": "entra:",
                "groupsClaim": "groups",
            },
        )
        assert not is_active()
        wait_until(is_active, what="the association", timeout_s=60, poll_s=0.25)
        user = user_info(sign_in())
        assert user["username"] == "entra:alice"
        assert user["groups"] == ["g1", "system:authenticated"]

        eks.disassociate_identity_provider_config(
            clusterName="dev", identityProviderConfig=reference
        )
        wait_until(is_gone, what="the disassociation", timeout_s=60, poll_s=0.25)
        assert sign_in().status_code == httpx.codes.UNAUTHORIZED
