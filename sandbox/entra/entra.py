"""Entra's stand-in put together: one tenant, three ASGI applications, one lock."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.applications import Starlette

from sandbox.entra.directory.seeding import Deployer, add_deployer, tenant_of
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.graph.app import GraphHost, Sleep
from sandbox.entra.identifiers import Identifiers
from sandbox.entra.login.access_token import ACCESS_TOKEN_LIFETIME_S
from sandbox.entra.login.app import LoginHost
from sandbox.entra.login.behaviour import LoginBehaviour
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.sessions import Sessions
from sandbox.entra.login.signing_keys import SigningKeys
from sandbox.entra.request_log import RecordedRequest, RequestLog
from sandbox.entra.scenario import Scenario
from sandbox.entra.temper import Temper, TemperState


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
    `temper` counts instead of the scenario's; `sleep` is what slow answers wait by.
    `login_behaviour` is the scenario's at first, and can be replaced at any time.
    """

    def __init__(
        self,
        scenario: Scenario,
        endpoints: EntraEndpoints,
        *,
        now: Callable[[], datetime] = utcnow,
        seed: int | None = None,
        issuer_ca_file: Path | None = None,
        temper: Temper | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        ids = self._ids = Identifiers(seed)
        self.login_behaviour: LoginBehaviour = scenario.login
        self._temper = temper or scenario.temper
        self.endpoints = endpoints
        self.tenant: Tenant = tenant_of(scenario, ids, now())
        self.deployer: Deployer = add_deployer(self.tenant, scenario, ids, now())
        self.tenant.changes.begin()
        self.people: list[Person] = [
            Person(
                user_principal_name=user.user_principal_name,
                object_id=user.object_id,
                password=user.password,
                display_name=user.display_name,
            )
            for user in map(self.tenant.users.get, (person.object_id for person in scenario.people))
            if user
        ]
        self.keys = SigningKeys(now)
        self._log = RequestLog()
        self._lock = threading.RLock()
        login = LoginHost(
            LoginContext(
                tenant=self.tenant,
                endpoints=endpoints,
                keys=self.keys,
                ids=ids,
                now=now,
                sessions=Sessions(),
                issuer_ca_file=issuer_ca_file,
                access_token_lifetime=self._access_token_lifetime,
                behaviour=lambda: self.login_behaviour,
            ),
            self._lock,
            self._log,
        )
        self.login_app: Starlette = login.login_app
        self.sts_app: Starlette = login.sts_app
        self._graph = GraphHost(
            self.tenant,
            endpoints,
            self.keys,
            ids,
            now,
            self._lock,
            self._log,
            self._temper_state(),
            sleep,
        )
        self.graph_app: Starlette = self._graph.app

    @property
    def temper(self) -> Temper:
        """How the directory behaves; set another one at any time.

        Setting starts it afresh: quotas are full again, and faults have not struck yet.
        """
        return self._temper

    @temper.setter
    def temper(self, temper: Temper) -> None:
        with self._lock:
            self._temper = temper
            self._graph.switch(self._temper_state())

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every request answered so far, without secrets, in the order of the answers."""
        return list(self._log.entries)

    @property
    def unexpected(self) -> list[RecordedRequest]:
        """The requests that were answered 501."""
        return self._log.unexpected

    def _temper_state(self) -> TemperState:
        state = TemperState(
            self._temper, tenant_id=self.tenant.tenant_id, users=len(self.tenant.users)
        )
        self.tenant.changes.observer = state.replicas.observe if self._temper.replication else None
        return state

    def _access_token_lifetime(self) -> timedelta:
        seconds = self._temper.token_lifetime_s
        if seconds is None:
            seconds = self._ids.number(*ACCESS_TOKEN_LIFETIME_S)
        return timedelta(seconds=seconds)
