"""What is associated with EKS can sign in at the real API server, and no longer after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from sandbox.certificates import CertificateAuthority
from sandbox.cluster import Cluster
from sandbox.eks import EksControlPlane, create_app
from sandbox.serving import Server, bind
from sandbox.waiting import wait_until
from tests.sandbox.cluster.issuer import Issuer, serve_issuer
from tests.sandbox.cluster.running_cluster import run_cluster, user_info, who_am_i
from tests.sandbox.eks.conftest import eks_client

pytestmark = pytest.mark.apiserver


@dataclass(frozen=True, kw_only=True)
class Account:
    """A cluster in an account, and two issuers that it does not know yet."""

    eks: Any
    cluster: Cluster
    issuer: Issuer

    def sign_in(self, path: str, client_id: str, user: str) -> httpx.Response:
        token = self.issuer.token(self.issuer.url(path), client_id, upn=user, groups=["g1"])
        return who_am_i(self.cluster, token)

    def associate(self, name: str, path: str, client_id: str, prefix: str) -> None:
        self.eks.associate_identity_provider_config(
            clusterName="dev",
            oidc={
                "identityProviderConfigName": name,
                "issuerUrl": self.issuer.url(path),
                "clientId": client_id,
                "usernameClaim": "upn",
                "usernamePrefix": prefix,
                "groupsClaim": "groups",
                "groupsPrefix": prefix,
            },
        )
        assert self.status(name) == "CREATING"
        self._wait(lambda: self.status(name) == "ACTIVE", f"the association of {name}")

    def disassociate(self, name: str) -> None:
        self.eks.disassociate_identity_provider_config(
            clusterName="dev", identityProviderConfig={"type": "oidc", "name": name}
        )
        self._wait(lambda: self.status(name) is None, f"the disassociation of {name}")

    def status(self, name: str) -> str | None:
        try:
            config = self.eks.describe_identity_provider_config(
                clusterName="dev", identityProviderConfig={"type": "oidc", "name": name}
            )
        except ClientError:
            return None
        return config["identityProviderConfig"]["oidc"]["status"]

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        wait_until(condition, what=what, timeout_s=60, poll_s=0.25)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    folder = tmp_path_factory.mktemp("account")
    ca = CertificateAuthority(folder / "tls")
    with run_cluster(folder / "cluster", ca) as cluster, serve_issuer(ca) as issuer:
        control_plane = EksControlPlane(
            cluster, cluster_name="dev", region="eu-central-1", account_id="111122223333"
        )
        certificate = ca.issue("eks", "localhost")
        with Server(create_app(control_plane), bind(), certificate, "eks") as server:
            client = eks_client(server.url, ca.ca_file, control_plane.access_key)
            yield Account(eks=client, cluster=cluster, issuer=issuer)
            client.close()
        assert control_plane.unexpected == []


def test_two_identity_providers_are_trusted_each_for_itself(account: Account) -> None:
    """As for two applications of one tenant, one by each issuer, or two tenants."""
    assert account.sign_in("tenant/v2.0", "client", "alice").status_code == 401

    account.associate("entra", "tenant/v2.0", "client", "entra:")
    user = user_info(account.sign_in("tenant/v2.0", "client", "alice"))
    assert user["username"] == "entra:alice"
    assert user["groups"] == ["entra:g1", "system:authenticated"]
    assert account.sign_in("partner/v2.0", "partner-client", "bob").status_code == 401

    account.associate("partner", "partner/v2.0", "partner-client", "partner:")
    assert user_info(account.sign_in("partner/v2.0", "partner-client", "bob"))["username"] == (
        "partner:bob"
    )
    assert user_info(account.sign_in("tenant/v2.0", "client", "carol"))["username"] == (
        "entra:carol"
    )
    assert account.sign_in("partner/v2.0", "client", "bob").status_code == 401, (
        "each its own audience"
    )

    account.disassociate("entra")
    assert account.sign_in("tenant/v2.0", "client", "dave").status_code == 401
    assert user_info(account.sign_in("partner/v2.0", "partner-client", "erin"))["username"] == (
        "partner:erin"
    )

    account.disassociate("partner")
    assert account.sign_in("partner/v2.0", "partner-client", "frank").status_code == 401
