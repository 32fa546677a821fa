"""Companies of any size, each with a directory and a stack of its own."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import sandbox
from graph.client import connect
from graph.cloud import cloud_from
from sandbox.certificates import CertificateAuthority
from sandbox.engine import Engine
from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.entra import Entra
from sandbox.entra.scenario import load_scenario
from sandbox.serving import Server, bind, url_of
from sandbox.tools.resolver import Tools, resolve
from tests.sandbox.user_attributes.company import PROGRAM, PROJECT, ROOT, Company, GraphServer

SCENARIO = Path(sandbox.__path__[0]) / "scenarios" / "company.yaml"
StartCompany = Callable[..., Company]


@pytest.fixture(scope="session")
def tools() -> Tools:
    return resolve(lambda _line: None)


@pytest.fixture
def start_company(tools: Tools, tmp_path: Path) -> Iterator[StartCompany]:
    """Start a tenant with so many `users` beside the scenario's, and a stack for it.

    `time_scale` lets the program's waits pass faster, as a temper does with the quota's windows.
    """
    with ExitStack() as running:
        yield lambda users=0, time_scale=1: _start(tools, tmp_path, running, users, time_scale)


def _start(
    tools: Tools, folder: Path, running: ExitStack, users: int, time_scale: float
) -> Company:
    scenario = load_scenario(SCENARIO, users=users, groups=0)
    authority = CertificateAuthority(folder)
    certificate = authority.issue("entra", "localhost")
    login, sts, graph = bind(), bind(), bind()
    endpoints = EntraEndpoints(login=url_of(login), sts=url_of(sts), graph=url_of(graph))
    entra = Entra(scenario, endpoints)
    for app, sock, name in (
        (entra.login_app, login, "login"),
        (entra.sts_app, sts, "sts"),
    ):
        running.enter_context(Server(app, sock, certificate, name))
    graph_server = GraphServer(
        app=entra.graph_app,
        certificate=certificate,
        server=Server(entra.graph_app, graph, certificate, "graph"),
    )
    running.callback(lambda: graph_server.server.stop())
    graph_server.server.start()
    environment = {
        "ARM_CLIENT_ID": entra.deployer.client_id,
        "ARM_CLIENT_SECRET": entra.deployer.client_secret,
        "ARM_USE_CLI": "false",
        "BENCH_TIME_SCALE": f"{time_scale:g}",
        "PYTHONPATH": f"{ROOT / 'bench' / 'scaled_time'}{os.pathsep}{ROOT}",
        "REQUESTS_CA_BUNDLE": str(authority.ca_file),
        "SSL_CERT_FILE": str(authority.ca_file),
    }
    if sys.pycache_prefix:
        environment["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    cloud = {
        "metadataHost": endpoints.login.removeprefix("https://"),
        "loginEndpoint": endpoints.login,
        "stsEndpoint": endpoints.sts,
        "graphEndpoint": endpoints.graph,
    }
    project = folder / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(PROJECT)
    (project / "__main__.py").write_text(PROGRAM)
    engine = Engine(
        tools,
        home=folder / "home",
        project=project,
        python=Path(sys.executable),
        env=environment,
    )
    engine.run("stack", "init", "dev")
    settings = {"tenantId": scenario.tenant_id, "cloud": cloud}
    config = {f"entra-eks-sso:{name}": value for name, value in settings.items()}
    stack_file = project / "Pulumi.dev.yaml"
    stack_file.write_text(f"{stack_file.read_text()}config: {json.dumps(config)}\n")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        with connect(scenario.tenant_id, cloud_from(cloud)) as client:
            application = client.post("/applications", {"displayName": "portal and kubectl"})
            client.post("/servicePrincipals", {"appId": application["appId"]})
    return Company(
        entra=entra,
        graph=graph_server,
        engine=engine,
        project=project,
        application_object_id=application["id"],
        app_id=application["appId"],
    )
