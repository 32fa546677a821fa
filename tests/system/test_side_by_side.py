"""Two sandboxes on one machine: neither knows of the other, and a killed one leaves nothing."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox.browser import HttpBrowser
from sandbox.endpoints import Endpoints
from sandbox.sandbox import COMPANY, Sandbox
from sandbox.stack import PROJECT_FOLDER
from sandbox.supervisor import end, launch
from sandbox.tools.resolver import Tools
from sandbox.waiting import wait_until
from tests.system.conftest import Deployment, deploy
from tests.system.test_command import processes_of
from verify.errors import RefusedByClusterError
from verify.http_client import open_client
from verify.kubernetes_access import ask_who_i_am

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

ALICE = "alice@contoso.example"


def addresses(endpoints: Endpoints) -> set[tuple[str, int]]:
    """Where a sandbox listens."""
    urls = (
        *(endpoints.login_url, endpoints.sts_url, endpoints.graph_url, endpoints.eks_url),
        *(endpoints.kubernetes_url, endpoints.portal_url),
    )
    parts = [urlsplit(url) for url in urls]
    return {(part.hostname or "", part.port or 0) for part in parts}


def test_two_deployments_know_nothing_of_each_other(
    tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        Sandbox(tmp_path_factory.mktemp("one"), tools) as one,
        Sandbox(tmp_path_factory.mktemp("two"), tools) as two,
    ):
        with ThreadPoolExecutor(max_workers=2) as pool:
            first, second = pool.map(
                lambda each: deploy("sandbox", each, tools, tmp_path_factory), (one, two)
            )

        assert addresses(one.endpoints).isdisjoint(addresses(two.endpoints))
        assert _homes(first).isdisjoint(_homes(second))
        assert _made_in(one).isdisjoint(_made_in(two))
        assert one.eks.access_key != two.eks.access_key
        for deployment in (first, second):
            assert deployment.sign_in(ALICE, "kubectl").differences == ()
        with pytest.raises(RefusedByClusterError):
            _ask_who_i_am(one.endpoints, second)

        before = second.stack.resource_count()
        first.stack.destroy()
        assert first.stack.resource_count() == 0
        assert second.stack.resource_count() == before
        assert second.sign_in(ALICE, "kubectl").differences == ()
        assert (one.unexpected, two.unexpected) == ([], [])


def _homes(deployment: Deployment) -> set[str]:
    environment = deployment.stack.engine.environment
    return {environment[name] for name in ("HOME", "PULUMI_HOME", "PULUMI_BACKEND_URL")}


def _made_in(sandbox: Sandbox) -> set[str]:
    """The client ids of what Pulumi has made."""
    deployer = sandbox.endpoints.deployer.client_id
    made = {a.app_id for a in sandbox.entra.tenant.applications} - {deployer}
    assert made
    return made


def _ask_who_i_am(endpoints: Endpoints, other: Deployment) -> None:
    """Take a token of another sandbox to this one's API server."""
    theirs = other.sandbox.endpoints
    browser = HttpBrowser(ALICE, other.person(ALICE).password, Path(theirs.ca_file))
    tokens = other.clients()["kubectl"].sign_in(browser, login_hint=ALICE)
    with open_client(Path(endpoints.kubernetes_ca_file)) as http:
        ask_who_i_am(http, endpoints.kubernetes_url, tokens.id_token)


@pytest.fixture
def folders(tools: Tools, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    del tools  # they are there, so that none is built while a sandbox starts
    folders = (tmp_path / "one", tmp_path / "two")
    yield folders
    for folder in folders:
        end(folder)


def test_one_that_is_killed_leaves_nothing_and_the_other_goes_on(
    folders: tuple[Path, Path],
) -> None:
    killed, living = folders
    gone, there = (launch(folder, PROJECT_FOLDER, COMPANY) for folder in folders)

    os.kill(int((killed / "supervisor.pid").read_text()), signal.SIGKILL)

    wait_until(lambda: not processes_of(killed), what="the killed sandbox's children", timeout_s=30)
    assert [address for address in addresses(gone) if _answers(address)] == []
    assert all(_answers(address) for address in addresses(there))
    with open_client(Path(there.ca_file)) as http:
        assert http.get(f"{there.issuer.v2}/.well-known/openid-configuration").is_success
    assert _is_ready(there)

    assert end(killed)
    assert not killed.exists()
    assert end(living)
    assert processes_of(living) == []


def _answers(address: tuple[str, int]) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address) == 0


def _is_ready(endpoints: Endpoints) -> bool:
    with open_client(Path(endpoints.kubernetes_ca_file)) as http:
        return http.get(f"{endpoints.kubernetes_url}/livez").status_code in (
            httpx.codes.OK,
            httpx.codes.UNAUTHORIZED,
        )
