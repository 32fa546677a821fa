"""One Kubernetes control plane in child processes: etcd, kube-apiserver, kube-controller-manager.

There are no nodes: objects are stored, authorised, aggregated and deleted for real, pods stay
pending. Whose ID tokens it accepts is changed while it runs (`trust`), as EKS does. The trap it
guards: the API server takes a changed trust over some 10 s later (it asks the new issuers' state
only every 10 s), so nothing here goes by elapsed time, only by what the API server reports.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.certificates import CertificateAuthority
from sandbox.cluster import trust as trust_file
from sandbox.cluster.admin_client import AdminClient
from sandbox.cluster.commands import (
    ETCD_SOCKET,
    ClusterBinaries,
    api_server_command,
    controller_manager_command,
    etcd_command,
)
from sandbox.cluster.credentials import create_credentials, write_admin_kubeconfig
from sandbox.cluster.port import reserve_port
from sandbox.cluster.trust import TrustedIssuer
from sandbox.processes import Process

__all__ = ["Cluster", "ClusterBinaries", "ClusterError"]

_READY_TIMEOUT_S = 60
_AGGREGATED_ROLES = ("admin", "edit", "view")


class ClusterError(Exception):
    """The cluster was used in a state in which that is impossible."""


class Cluster:
    """A control plane whose files are all in `folder`, served with a certificate of `ca`.

    `ca_file_for_issuers` vouches for the TLS of the issuers it is told to trust. Use it as a
    context manager, or `start` and `stop` it.
    """

    def __init__(
        self,
        binaries: ClusterBinaries,
        folder: Path,
        ca_file_for_issuers: Path,
        ca: CertificateAuthority,
    ) -> None:
        # The children run in this folder, so none of their paths may be relative to ours.
        self._folder = folder.absolute()
        self._binaries = binaries
        self._issuers_ca_file = ca_file_for_issuers
        self._ca = ca
        self.ca_file: Path = ca.ca_file.absolute()
        self.admin_kubeconfig: Path = self._folder / "admin.kubeconfig"
        self._authentication_config = self._folder / "authentication.yaml"
        self._trust = ""
        self._logged_before = 0
        self._server_url: str | None = None
        self._client: AdminClient | None = None
        self._version: str | None = None
        self._api_server: Process | None = None
        self._running = contextlib.ExitStack()

    def start(self) -> Self:
        """Start all three and return when the API server is ready and `view` has its rules.

        Nobody's ID tokens are trusted yet.

        Raises:
            ProcessError: one of them ended or did not become healthy; with its last output.
        """
        with contextlib.ExitStack() as starting:
            self._start(starting)
            self._running = starting.pop_all()
        return self

    def stop(self) -> None:
        """End all three, the API server first; the folder stays. Harmless when not running."""
        self._running.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def server_url(self) -> str:
        """The API server's URL, `https://localhost:<port>`."""
        if self._server_url is None:
            raise ClusterError(_NOT_RUNNING)
        return self._server_url

    @property
    def version(self) -> str:
        """The Kubernetes minor version the API server reports, such as `1.34`."""
        if self._version is None:
            raise ClusterError(_NOT_RUNNING)
        return self._version

    def trust(self, issuers: Sequence[TrustedIssuer]) -> None:
        """Make the API server trust the ID tokens of exactly `issuers`, and return at once.

        `trust_is_loaded` says when it does; until then what was trusted before still is. A token
        that was accepted stays so for 10 s after its issuer is dropped: the API server remembers
        tokens that long.
        """
        if self._api_server is None:
            raise ClusterError(_NOT_RUNNING)
        self._logged_before = self._api_server.log_file.stat().st_size
        self._write_trust(issuers)

    def trust_is_loaded(self) -> bool:
        """Whether the running API server authenticates by exactly what `trust` was last told."""
        return trust_file.is_loaded(self._trust, self._admin.metrics())

    def trust_refusal(self) -> str | None:
        """Return why the API server could not take over what `trust` was last told, if so.

        It gives up on an issuer it cannot discover after a minute, keeps what it trusted before,
        and tries again every minute.
        """
        if self._api_server is None:
            raise ClusterError(_NOT_RUNNING)
        with self._api_server.log_file.open("rb") as log:
            log.seek(self._logged_before)
            reason = trust_file.last_refusal(log.read().decode(errors="replace"))
        return None if reason is None or self.trust_is_loaded() else reason

    @property
    def _admin(self) -> AdminClient:
        if self._client is None:
            raise ClusterError(_NOT_RUNNING)
        return self._client

    def _start(self, starting: contextlib.ExitStack) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)  # etcd's socket has no other protection
        credentials = create_credentials(self._folder / "keys")
        sock = starting.enter_context(reserve_port())
        port = int(sock.getsockname()[1])
        self._server_url = f"https://localhost:{port}"
        self._logged_before = 0
        self._write_trust(())
        write_admin_kubeconfig(
            self.admin_kubeconfig,
            server_url=self._server_url,
            ca_file=self.ca_file,
            admin=credentials.admin,
        )
        serving = self._ca.issue(f"kube-apiserver-{port}", "localhost", "127.0.0.1")
        client = self._client = AdminClient(self._server_url, self.ca_file, credentials.admin)
        starting.callback(self._forget)
        etcd = self._process("etcd", etcd_command(self._binaries.etcd.absolute()))
        api_server = self._api_server = self._process(
            "kube-apiserver",
            api_server_command(
                self._binaries.kube_apiserver.absolute(),
                port=port,
                serving=serving,
                credentials=credentials,
                authentication_config=self._authentication_config,
            ),
        )
        controller_manager = self._process(
            "kube-controller-manager",
            controller_manager_command(
                self._binaries.kube_controller_manager.absolute(), kubeconfig=self.admin_kubeconfig
            ),
        )
        # One after the other: each would otherwise wait a second or more before it tries again.
        starting.callback(etcd.stop)
        etcd.start()
        etcd.wait_healthy((self._folder / ETCD_SOCKET).exists, _READY_TIMEOUT_S)
        starting.callback(api_server.stop)
        api_server.start()
        api_server.wait_healthy(client.is_ready, _READY_TIMEOUT_S)
        starting.callback(controller_manager.stop)
        controller_manager.start()
        controller_manager.wait_healthy(
            lambda: all(client.is_aggregated(role) for role in _AGGREGATED_ROLES), _READY_TIMEOUT_S
        )
        self._version = client.version()

    def _process(self, name: str, command: list[str]) -> Process:
        return Process(
            name,
            command,
            # Nothing of ours: no proxy, no credential, no other cluster's address.
            env={"HOME": str(self._folder), "TMPDIR": str(self._folder)},
            cwd=self._folder,
            log_file=self._folder / f"{name}.log",
        )

    def _write_trust(self, issuers: Sequence[TrustedIssuer]) -> None:
        self._trust = trust_file.render(issuers, self._issuers_ca_file.read_text())
        # In one step: the API server looks at once, and half a file would be an invalid one.
        being_written = self._authentication_config.with_suffix(".part")
        being_written.write_text(self._trust)
        being_written.replace(self._authentication_config)

    def _forget(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self._api_server = self._server_url = self._version = None


_NOT_RUNNING = "the cluster is not running; start it first"
