"""One tenant served over TLS on loopback, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sandbox.certificates import CertificateAuthority
from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.entra import Entra
from sandbox.entra.scenario import Scenario
from sandbox.serving import Server, bind, url_of


@contextmanager
def serve_entra(
    scenario: Scenario, authority: CertificateAuthority, **options: Any
) -> Iterator[Entra]:
    """Serve the scenario's tenant on random free ports; `options` are those of `Entra`."""
    sockets = {name: bind() for name in ("login", "sts", "graph")}
    endpoints = EntraEndpoints(**{name: url_of(sock) for name, sock in sockets.items()})
    entra = Entra(scenario, endpoints, issuer_ca_file=authority.ca_file, **options)
    certificate = authority.issue("entra", "localhost", "127.0.0.1")
    apps = {"login": entra.login_app, "sts": entra.sts_app, "graph": entra.graph_app}
    with ExitStack() as running:
        for name, app in apps.items():
            running.enter_context(Server(app, sockets[name], certificate, name))
        yield entra
