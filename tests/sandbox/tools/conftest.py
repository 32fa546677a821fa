"""A release host, and the settings with which it is found instead of the real ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.certificates import CertificateAuthority
from sandbox.tools.release import GITHUB_HOST, KUBERNETES_HOST, PULUMI_HOST, ReleaseHosts
from tests.sandbox.tools.release_server import ReleaseServer, serve_releases


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    return CertificateAuthority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hosts of these tests are on loopback; a proxy of the machine cannot reach them."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def releases(authority: CertificateAuthority) -> Iterator[ReleaseServer]:
    with serve_releases(authority) as server:
        yield server


@pytest.fixture
def hosts(releases: ReleaseServer, authority: CertificateAuthority) -> ReleaseHosts:
    mirrors = dict.fromkeys((PULUMI_HOST, KUBERNETES_HOST, GITHUB_HOST), releases.url)
    return ReleaseHosts(mirrors=mirrors, context=authority.client_context())


@pytest.fixture
def no_hosts() -> ReleaseHosts:
    """Release hosts where nobody listens: port 9 (discard) of loopback."""
    nowhere = dict.fromkeys((PULUMI_HOST, KUBERNETES_HOST, GITHUB_HOST), "https://127.0.0.1:9")
    return ReleaseHosts(mirrors=nowhere)


@pytest.fixture
def download_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work" / "made"
    folder.mkdir(parents=True)
    return folder
