"""One Entra stand-in for each test, served over TLS, and clients that know only its addresses."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from sandbox.certificates import CertificateAuthority
from sandbox.entra import Entra, load_scenario
from sandbox.entra.served import serve_entra
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import LoginApplication
from tests.sandbox.entra.sign_in import SignIn

COMPANY = Path(__file__).parents[3] / "sandbox" / "scenarios" / "company.yaml"


class Clock:
    """Real time, moved forward at will."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def entra(authority: CertificateAuthority, clock: Clock) -> Iterator[Entra]:
    with serve_entra(load_scenario(COMPANY), authority, now=clock) as entra:
        yield entra


@pytest.fixture
def trust(authority: CertificateAuthority) -> ssl.SSLContext:
    return authority.client_context()


@pytest.fixture
def http(trust: ssl.SSLContext) -> Iterator[httpx.Client]:
    with httpx.Client(verify=trust, timeout=10) as client:
        yield client


@pytest.fixture
def graph(entra: Entra, http: httpx.Client) -> DirectoryClient:
    """The deployer's view of Microsoft Graph."""
    return DirectoryClient.of_deployer(entra, http)


@pytest.fixture
def graph_as(entra: Entra, http: httpx.Client) -> Callable[..., DirectoryClient]:
    """Return a client of an application that has exactly the given application roles."""

    def with_roles(*roles: str) -> DirectoryClient:
        return DirectoryClient.with_roles(entra, http, roles)

    return with_roles


@pytest.fixture
def sign_in(entra: Entra, http: httpx.Client) -> SignIn:
    return SignIn(entra, http)


@pytest.fixture
def app(graph: DirectoryClient) -> LoginApplication:
    return LoginApplication.declare(graph)
