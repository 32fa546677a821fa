"""What every part of the login service works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sandbox.entra.directory.objects import Application
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.endpoints import EntraEndpoints
from sandbox.entra.identifiers import Identifiers
from sandbox.entra.login.behaviour import LoginBehaviour
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.request_errors import APPLICATION_NOT_FOUND
from sandbox.entra.login.sessions import Sessions
from sandbox.entra.login.signing_keys import SigningKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginContext:
    """State, addresses, and sources of time and identifiers of one tenant's login service."""

    tenant: Tenant
    endpoints: EntraEndpoints
    keys: SigningKeys
    ids: Identifiers
    now: Callable[[], datetime]
    sessions: Sessions
    access_token_lifetime: Callable[[], timedelta]
    behaviour: Callable[[], LoginBehaviour] = LoginBehaviour
    issuer_ca_file: Path | None = None
    """Trusted when keys of other issuers are fetched; None means the system's."""

    def application(self, client_id: str) -> Application:
        """Return the application that a request's client id names.

        Raises:
            LoginError: AADSTS700016.
        """
        application = self.tenant.application_of(client_id)
        if application is None:
            raise LoginError(
                APPLICATION_NOT_FOUND, app_id=client_id, tenant=self.tenant.display_name
            )
        return application
