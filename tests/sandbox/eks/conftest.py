"""EKS on a socket, before an API server that takes a change over when the test says so."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from sandbox.certificates import CertificateAuthority
from sandbox.cluster import TrustedIssuer
from sandbox.eks import AccessKey, EksControlPlane, create_app
from sandbox.serving import Server, bind
from tests.sandbox.eks.model_check import ModelCheck

ACCESS_KEY = AccessKey(access_key_id="AKIATEST", secret_access_key="s3cret")
CREATED_AT = datetime(2026, 9, 1, 12, tzinfo=UTC)


class StubbornApiServer:
    """Loads what it is told to trust only when `load` or `refuse` is called."""

    def __init__(self, ca_file: Path) -> None:
        self.ca_file = ca_file
        self.server_url = "https://localhost:6443"
        self.version = "1.34"
        self.wanted: list[TrustedIssuer] = []
        self.loaded: list[TrustedIssuer] = []
        self._refusal: str | None = None

    def trust(self, issuers: Sequence[TrustedIssuer]) -> None:
        self.wanted = list(issuers)
        self._refusal = None

    def trust_is_loaded(self) -> bool:
        return self.loaded == self.wanted

    def trust_refusal(self) -> str | None:
        return self._refusal

    def load(self) -> None:
        self.loaded = self.wanted

    def refuse(self, reason: str) -> None:
        self._refusal = reason


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = CREATED_AT

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def eks_client(url: str, ca_file: Path, key: AccessKey = ACCESS_KEY, **more: Any) -> Any:
    """The independent client: boto3, with its own model of the service."""
    return boto3.client(
        "eks",
        endpoint_url=url,
        region_name=more.pop("region_name", "eu-central-1"),
        aws_access_key_id=key.access_key_id,
        aws_secret_access_key=key.secret_access_key,
        verify=str(ca_file),
        config=Config(retries={"total_max_attempts": 1}, proxies={}, **more),
    )


@pytest.fixture
def ca(tmp_path: Path) -> CertificateAuthority:
    return CertificateAuthority(tmp_path / "tls")


@pytest.fixture
def api_server(ca: CertificateAuthority) -> StubbornApiServer:
    return StubbornApiServer(ca.ca_file)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def control_plane(api_server: StubbornApiServer, clock: Clock) -> EksControlPlane:
    ids = (f"id-{number}" for number in itertools.count(1))
    return EksControlPlane(
        api_server,
        cluster_name="dev",
        region="eu-central-1",
        account_id="111122223333",
        access_key=ACCESS_KEY,
        clock=clock,
        new_id=lambda: next(ids),
    )


@pytest.fixture
def eks_url(ca: CertificateAuthority, control_plane: EksControlPlane) -> Iterator[str]:
    with Server(create_app(control_plane), bind(), ca.issue("eks", "localhost"), "eks") as server:
        yield server.url


@pytest.fixture
def eks(eks_url: str, ca: CertificateAuthority) -> Iterator[Any]:
    client = eks_client(eks_url, ca.ca_file)
    ModelCheck(client)
    yield client
    client.close()
