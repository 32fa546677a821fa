from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.certificates import CertificateAuthority
from sandbox.cluster import Cluster, ClusterBinaries
from sandbox.entra import Entra, EntraEndpoints, load_scenario
from sandbox.serving import Server, bind, url_of
from sandbox.tools.resolver import Tools, resolve
from tests.sandbox.plugins.directory_recorder import TENANT, DirectoryRecorder
from tests.sandbox.plugins.engine import PROJECT

SCENARIO = PROJECT / "sandbox" / "scenarios" / "company.yaml"


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """A served tenant, and how its deployer signs in to it."""

    entra: Entra
    environment: Mapping[str, str]


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[Tenant]:
    ca = CertificateAuthority(tmp_path / "tls")
    certificate = ca.issue("entra", "localhost")
    login, sts, graph = bind(), bind(), bind()
    endpoints = EntraEndpoints(login=url_of(login), sts=url_of(sts), graph=url_of(graph))
    scenario = load_scenario(SCENARIO)
    entra = Entra(scenario, endpoints)
    with (
        Server(entra.login_app, login, certificate, "login"),
        Server(entra.sts_app, sts, certificate, "sts"),
        Server(entra.graph_app, graph, certificate, "graph"),
    ):
        yield Tenant(
            entra=entra,
            environment={
                "ARM_CLIENT_ID": entra.deployer.client_id,
                "ARM_CLIENT_SECRET": entra.deployer.client_secret,
                "ARM_METADATA_HOSTNAME": endpoints.login.removeprefix("https://"),
                "ARM_TENANT_ID": scenario.tenant_id,
                "ARM_USE_CLI": "false",
                "ARM_USE_OIDC": "false",
                "SSL_CERT_FILE": str(ca.ca_file),
            },
        )
    assert not entra.unexpected, "the plugin asked for something the tenant does not have"


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DirectoryRecorder]:
    for name in ("ARM_METADATA_HOSTNAME", "ARM_USE_OIDC", "ARM_OIDC_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    ca = CertificateAuthority(tmp_path)
    recorder = DirectoryRecorder()
    with Server(recorder.app(), bind(), ca.issue("directory", "localhost"), "directory") as server:
        recorder.url = server.url
        monkeypatch.setenv("SSL_CERT_FILE", str(ca.ca_file))
        monkeypatch.setenv("ARM_TENANT_ID", TENANT)
        monkeypatch.setenv("ARM_CLIENT_ID", "client")
        monkeypatch.setenv("ARM_CLIENT_SECRET", "hunter2")
        yield recorder


@pytest.fixture(scope="session")
def tools() -> Tools:
    return resolve(lambda _line: None)


@pytest.fixture(scope="session")
def cluster(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A real API server; the tests keep to namespaces of their own."""
    folder = tmp_path_factory.mktemp("cluster")
    ca = CertificateAuthority(folder / "tls")
    binaries = ClusterBinaries(
        etcd=tools.etcd,
        kube_apiserver=tools.kube_apiserver,
        kube_controller_manager=tools.kube_controller_manager,
    )
    with Cluster(binaries, folder / "cluster", ca_file_for_issuers=ca.ca_file, ca=ca) as running:
        yield running
