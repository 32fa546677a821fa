"""One cluster for all tests of this folder that one worker runs."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from sandbox.certificates import CertificateAuthority
from sandbox.cluster import Cluster
from tests.sandbox.cluster.issuer import Issuer, serve_issuer
from tests.sandbox.cluster.running_cluster import as_administrator, run_cluster


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, ca: CertificateAuthority
) -> Iterator[Cluster]:
    with run_cluster(tmp_path_factory.mktemp("cluster"), ca) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def issuer(ca: CertificateAuthority) -> Iterator[Issuer]:
    with serve_issuer(ca) as issuer:
        yield issuer


@pytest.fixture(scope="session")
def administrator(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    with as_administrator(cluster, tmp_path_factory.mktemp("kubeconfig")) as client:
        yield client
