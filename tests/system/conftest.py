"""A sandbox and a deployed stack for each module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.endpoints import SandboxPerson
from sandbox.engine import Result
from sandbox.entra.scenario import Scenario, load_scenario
from sandbox.expectation import expect
from sandbox.portal_settings import read_portal_settings
from sandbox.report import SignIn
from sandbox.sandbox import COMPANY, Sandbox
from sandbox.sign_ins import ClientName, clients_of, sign_in
from sandbox.stack import RehearsedStack
from sandbox.tools.resolver import Tools, resolve
from verify.relying_party import KubectlClient, PortalClient


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One stack, up in one sandbox."""

    sandbox: Sandbox
    stack: RehearsedStack
    folder: Path
    scenario: Scenario
    up: Result
    """What the first `pulumi up` printed."""

    def clients(self) -> dict[ClientName, KubectlClient | PortalClient]:
        """The relying parties as they are set up now."""
        return clients_of(
            self.sandbox.endpoints,
            self.stack.output("kubeconfigUser"),
            *read_portal_settings(self.sandbox.cluster.admin_kubeconfig, "krci"),
        )

    def sign_in(self, user: str, client: ClientName) -> SignIn:
        """Sign somebody in and compare with the settings as they are now."""
        expectation = expect(self.stack.settings(), self.scenario, user)
        return sign_in(self.sandbox.endpoints, user, client, self.clients()[client], expectation)

    def person(self, user: str) -> SandboxPerson:
        return next(
            person for person in self.sandbox.endpoints.people if person.user_principal_name == user
        )


@pytest.fixture(scope="session")
def tools() -> Tools:
    """Pulumi, etcd and Kubernetes as `make tools` prepared them."""
    return resolve(lambda _line: None)


@pytest.fixture(scope="module")
def sandbox(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox of the module's own, with nothing deployed."""
    with Sandbox(tmp_path_factory.mktemp("sandbox"), tools) as running:
        yield running


def deploy(
    name: str,
    sandbox: Sandbox,
    tools: Tools,
    tmp_path_factory: pytest.TempPathFactory,
    settings: Mapping[str, Any] | None = None,
) -> Deployment:
    """Bring the stack `name` up in a sandbox, with `settings` on top of what is committed."""
    folder = tmp_path_factory.mktemp(name)
    stack = RehearsedStack(name, sandbox.endpoints, tools, folder)
    stack.init(settings)
    return Deployment(
        sandbox=sandbox,
        stack=stack,
        folder=folder,
        scenario=load_scenario(COMPANY),
        up=stack.up(),
    )


@pytest.fixture(scope="module")
def deployment(
    sandbox: Sandbox, tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> Deployment:
    """The stack `sandbox`, up."""
    return deploy("sandbox", sandbox, tools, tmp_path_factory)
