"""Entra's stand-in put together: one tenant, three ASGI applications, one lock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette

from sandbox.entra.directory.seeding import Deployer, add_deployer, tenant_of
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.graph.app import GraphHost
from sandbox.entra.identifiers import Identifiers
from sandbox.entra.login.app import LoginHost
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.sessions import Sessions
from sandbox.entra.login.signing_keys import SigningKeys
from sandbox.entra.request_log import RecordedRequest, RequestLog
from sandbox.entra.scenario import Scenario


def utcnow() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the scenario who can sign in."""

    user_principal_name: str
    object_id: str
    password: str = field(repr=False)
    display_name: str


class Entra:
    """The login host, the sts host and Microsoft Graph of one tenant.

    `now` and `seed` make a run repeatable; with a seed, secrets can be guessed. `issuer_ca_file` is
    trusted, instead of the system's authorities, when the keys of federated issuers are fetched.
    """

    def __init__(
        self,
        scenario: Scenario,
        endpoints: EntraEndpoints,
        *,
        now: Callable[[], datetime] = utcnow,
        seed: int | None = None,
        issuer_ca_file: Path | None = None,
    ) -> None:
        ids = Identifiers(seed)
        self.endpoints = endpoints
        self.tenant: Tenant = tenant_of(scenario, ids, now())
        self.deployer: Deployer = add_deployer(self.tenant, scenario, ids, now())
        self.people: list[Person] = [
            Person(
                user_principal_name=user.user_principal_name,
                object_id=user.object_id,
                password=user.password,
                display_name=user.display_name,
            )
            for user in self.tenant.users
        ]
        self.keys = SigningKeys()
        self._log = RequestLog()
        lock = threading.RLock()
        login = LoginHost(
            LoginContext(
                tenant=self.tenant,
                endpoints=endpoints,
                keys=self.keys,
                ids=ids,
                now=now,
                sessions=Sessions(),
                issuer_ca_file=issuer_ca_file,
            ),
            lock,
            self._log,
        )
        self.login_app: Starlette = login.login_app
        self.sts_app: Starlette = login.sts_app
        self.graph_app: Starlette = GraphHost(
            self.tenant, endpoints, self.keys, ids, now, lock, self._log
        ).app

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every request answered so far, without secrets, in the order of the answers."""
        return list(self._log.entries)

    @property
    def unexpected(self) -> list[RecordedRequest]:
        """The requests that were answered 501."""
        return self._log.unexpected
