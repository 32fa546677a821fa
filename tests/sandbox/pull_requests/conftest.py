"""GitHub's stand-in over TLS, and a repository as a job sees it, on a clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from pull_requests.github import Repository
from sandbox.certificates import CertificateAuthority
from sandbox.serving import Server, bind, url_of
from tests.sandbox.pull_requests.github_stand_in import REPOSITORY, TOKEN, GitHub


@dataclass
class FakeClock:
    """Time that passes only by waiting."""

    now: float = 1_700_000_000.0
    waits: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float, /) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def github(authority: CertificateAuthority, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    sock = bind()
    github = GitHub(url_of(sock))
    with Server(github.app, sock, authority.issue("github", "localhost"), "github"):
        yield github


@pytest.fixture
def job_environment(github: GitHub) -> dict[str, str]:
    return {
        "GITHUB_API_URL": github.url,
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_RUN_ID": "7",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_SHA": "c" * 40,
        "GITHUB_TOKEN": TOKEN,
    }


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def repository(
    job_environment: dict[str, str], clock: FakeClock, said: list[str]
) -> Iterator[Repository]:
    with Repository.of_job(job_environment, say=said.append, clock=clock) as repository:
        yield repository
