"""The sandbox: a tenant, an account and a cluster that run together on loopback.

It joins the stand-ins; what each does is in its own package.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.certificates import CertificateAuthority
from sandbox.cluster import Cluster, ClusterBinaries
from sandbox.eks import EksControlPlane
from sandbox.eks import create_app as create_eks_app
from sandbox.endpoints import AwsCredentials, DeployerCredentials, Endpoints, Issuers, SandboxPerson
from sandbox.entra import Entra, EntraEndpoints
from sandbox.entra.scenario import load_scenario
from sandbox.portal import create_portal
from sandbox.portal_settings import read_portal_settings
from sandbox.serving import Server, bind, url_of
from sandbox.tools.resolver import Tools

CLUSTER_NAME = "sandbox"
REGION = "eu-central-1"
ACCOUNT_ID = "000000000000"
PORTAL_NAMESPACE = "krci"
"""Where the sandbox's portal looks for its settings."""
COMPANY = Path(__file__).parent / "scenarios" / "company.yaml"


class Sandbox:
    """One sandbox; all its files are in `folder`, all its listeners on loopback.

    Use it as a context manager, or `start` and `stop` it.
    """

    endpoints: Endpoints
    authority: CertificateAuthority
    """Whose certificates everything in the sandbox trusts, issuers of workloads included."""
    entra: Entra
    eks: EksControlPlane
    cluster: Cluster

    def __init__(self, folder: Path, tools: Tools, *, scenario: Path = COMPANY) -> None:
        self._folder = folder
        self._tools = tools
        self._scenario = load_scenario(scenario)
        self._running = contextlib.ExitStack()

    def start(self) -> Self:
        """Start everything and wait until it answers.

        Raises:
            ProcessError: a child process ended or did not become healthy; with its last output.
        """
        with contextlib.ExitStack() as starting:
            self._start(starting)
            self._running = starting.pop_all()
        return self

    def stop(self) -> None:
        """End everything that `start` started; the folder stays."""
        self._running.close()

    @property
    def unexpected(self) -> list[str]:
        """What a client has asked for and nothing here answers to."""
        calls = (*self.entra.unexpected, *self.eks.unexpected)
        return [f"{call.method} {call.path}" for call in calls]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _start(self, starting: contextlib.ExitStack) -> None:
        self.authority = ca = CertificateAuthority(self._folder / "tls")
        sockets = {name: bind() for name in ("login", "sts", "graph", "eks", "portal")}
        urls = {name: url_of(sock) for name, sock in sockets.items()}
        # Entra ignores the port of localhost when it compares redirect URIs, and kubectl's plugin
        # has that name; so the portal goes by the address.
        portal_url = urls["portal"].replace("localhost", "127.0.0.1")
        self.entra = Entra(
            self._scenario,
            EntraEndpoints(login=urls["login"], sts=urls["sts"], graph=urls["graph"]),
            issuer_ca_file=ca.ca_file,
        )
        self.cluster = Cluster(
            ClusterBinaries(
                etcd=self._tools.etcd,
                kube_apiserver=self._tools.kube_apiserver,
                kube_controller_manager=self._tools.kube_controller_manager,
            ),
            self._folder / "cluster",
            ca_file_for_issuers=ca.ca_file,
            ca=ca,
        )
        starting.callback(self.cluster.stop)
        self.cluster.start()
        self.eks = EksControlPlane(
            self.cluster,
            cluster_name=CLUSTER_NAME,
            region=REGION,
            account_id=ACCOUNT_ID,
            kubernetes_version=self._scenario.eks.kubernetes_version,
            temper=self._scenario.eks.temper,
        )
        certificate = ca.issue("sandbox", "localhost", "127.0.0.1")
        apps = {
            "login": self.entra.login_app,
            "sts": self.entra.sts_app,
            "graph": self.entra.graph_app,
            "eks": create_eks_app(self.eks),
            "portal": create_portal(
                lambda: read_portal_settings(self.cluster.admin_kubeconfig, PORTAL_NAMESPACE),
                ca.ca_file,
                kubernetes_url=self.cluster.server_url,
                kubernetes_ca_file=self.cluster.ca_file,
            ),
        }
        for name, app in apps.items():
            starting.enter_context(Server(app, sockets[name], certificate, name))
        tenant_id, deployer = self._scenario.tenant_id, self.entra.deployer
        self.endpoints = Endpoints(
            ca_file=str(ca.ca_file),
            tenant_id=tenant_id,
            metadata_host=urls["login"].removeprefix("https://"),
            login_url=urls["login"],
            sts_url=urls["sts"],
            graph_url=urls["graph"],
            issuer=Issuers(
                v1=f"{urls['sts']}/{tenant_id}/", v2=f"{urls['login']}/{tenant_id}/v2.0"
            ),
            eks_url=urls["eks"],
            cluster=CLUSTER_NAME,
            kubernetes_url=self.cluster.server_url,
            kubernetes_ca_file=str(self.cluster.ca_file),
            kubeconfig=str(self.cluster.admin_kubeconfig),
            portal_url=portal_url,
            deployer=DeployerCredentials(
                client_id=deployer.client_id, client_secret=deployer.client_secret
            ),
            aws=AwsCredentials(
                access_key_id=self.eks.access_key.access_key_id,
                secret_access_key=self.eks.access_key.secret_access_key,
            ),
            people=tuple(
                SandboxPerson(
                    user_principal_name=person.user_principal_name,
                    object_id=person.object_id,
                    password=person.password,
                )
                for person in self.entra.people
            ),
        )
