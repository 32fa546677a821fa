"""A tenant to work in: the emulated login and Graph endpoints behind real sockets and TLS.

The code under test finds it as it finds a real one: stack configuration for the cloud, the
environment for the identity and the certificate authority.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from pulumi.dynamic import ConfigureRequest
from pulumi.dynamic.config import Config

import sandbox
from graph import extension_property, user_attributes
from graph.client import GraphClient, connect
from graph.cloud import Cloud, cloud_from
from sandbox.certificates import CertificateAuthority
from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.entra import Entra
from sandbox.entra.scenario import ScenarioPerson, load_scenario
from sandbox.serving import Server, bind, url_of

SCENARIO = Path(sandbox.__path__[0]) / "scenarios" / "company.yaml"
P = TypeVar("P", extension_property.Provider, user_attributes.Provider)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A running tenant, and an application in it that the deployer owns."""

    entra: Entra
    cloud: Cloud
    cloud_setting: str
    client: GraphClient
    application_object_id: str
    app_id: str
    running: ExitStack

    @property
    def tenant_id(self) -> str:
        return self.entra.tenant.tenant_id

    def extension_name(self, property_name: str) -> str:
        return f"extension_{self.app_id.replace('-', '')}_{property_name}"

    def object_id(self, name: str) -> str:
        user = self.entra.tenant.user_called(f"{name}@contoso.example")
        assert user is not None
        return user.object_id

    def add_service_principal(self) -> None:
        self.client.post("/servicePrincipals", {"appId": self.app_id})

    def live(self, name: str, property_name: str) -> str | None:
        """Ask Graph, as someone else would."""
        extension_name = self.extension_name(property_name)
        answer = self.client.get(
            f"/users/{self.object_id(name)}", {"$select": f"id,{extension_name}"}
        )
        return answer.get(extension_name)

    def configured(self, provider: P) -> P:
        """Configure a provider as Pulumi does, with the stack's configuration.

        Its client is closed in the end: Pulumi ends the process instead.
        """
        settings = {
            "entra-eks-sso:tenantId": self.tenant_id,
            "entra-eks-sso:cloud": self.cloud_setting,
        }
        provider.configure(ConfigureRequest(Config(settings, "entra-eks-sso")))
        own = provider._writing.client if isinstance(provider, user_attributes.Provider) else None
        self.running.enter_context(own or provider._graph)  # pyright: ignore
        return provider

    def asked(self, method: str) -> list[str]:
        """Paths of the requests with this method that Graph has answered, batch items included."""
        return [
            entry.path
            for entry in self.entra.requests
            if entry.service == "graph" and entry.method == method
        ]


DirectoryWithout = Callable[..., AbstractContextManager[Directory]]


@pytest.fixture
def directory_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DirectoryWithout:
    """Start a tenant whose deployer lacks Graph application roles, or with `more_people`.

    Beside `Directory.Read.All` it has the narrower roles that this covers, so that either can lack.
    """

    @contextmanager
    def start(*roles: str, more_people: int = 0) -> Iterator[Directory]:
        scenario = load_scenario(SCENARIO)
        full = (*scenario.deployer.graph_roles, "Group.Read.All", "User.Read.All")
        kept = tuple(role for role in full if role not in roles)
        deployer = scenario.deployer.model_copy(update={"graph_roles": kept})
        crowd = tuple(_person(number) for number in range(more_people))
        scenario = scenario.model_copy(
            update={"deployer": deployer, "people": (*scenario.people, *crowd)}
        )
        authority = CertificateAuthority(tmp_path)
        certificate = authority.issue("entra", "localhost")
        login, sts, graph = bind(), bind(), bind()
        endpoints = EntraEndpoints(login=url_of(login), sts=url_of(sts), graph=url_of(graph))
        entra = Entra(scenario, endpoints)
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            monkeypatch.setenv(name, str(authority.ca_file))
        monkeypatch.setenv("ARM_CLIENT_ID", entra.deployer.client_id)
        monkeypatch.setenv("ARM_CLIENT_SECRET", entra.deployer.client_secret)
        monkeypatch.setenv("ARM_USE_CLI", "false")
        setting = {
            "metadataHost": endpoints.login.removeprefix("https://"),
            "loginEndpoint": endpoints.login,
            "stsEndpoint": endpoints.sts,
            "graphEndpoint": endpoints.graph,
        }
        cloud = cloud_from(setting)
        with ExitStack() as running:
            for app, sock, name in (
                (entra.login_app, login, "login"),
                (entra.sts_app, sts, "sts"),
                (entra.graph_app, graph, "graph"),
            ):
                running.enter_context(Server(app, sock, certificate, name))
            client = running.enter_context(connect(scenario.tenant_id, cloud))
            application = client.post("/applications", {"displayName": "portal and kubectl"})
            yield Directory(
                entra=entra,
                cloud=cloud,
                cloud_setting=json.dumps(setting),
                client=client,
                application_object_id=application["id"],
                app_id=application["appId"],
                running=running,
            )
            assert entra.unexpected == [], "every request of this package is one of Graph's"

    return start


@pytest.fixture
def directory(directory_without: DirectoryWithout) -> Iterator[Directory]:
    with directory_without() as started:
        yield started


def _person(number: int) -> ScenarioPerson:
    name = f"user{number}@contoso.example"
    return ScenarioPerson(
        user_principal_name=name,
        display_name=f"User {number}",
        mail=name,
        object_id=f"00000000-0000-4000-8000-{number:012d}",
    )
