"""The device authorization endpoint, and the code that a person brings from the device.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.login.context import LoginContext
from sandbox.entra.login.errors import LoginError
from sandbox.entra.login.interaction import Interaction
from sandbox.entra.login.request_errors import PARAMETER_MISSING, RESOURCE_ON_V2
from sandbox.entra.login.scopes import find_resource, parse_scopes
from sandbox.entra.login.sessions import (
    DEVICE_CODE_LIFETIME,
    BrowserSession,
    DeviceCode,
    DeviceRequest,
)
from sandbox.entra.login.steps import Step
from sandbox.entra.login.token_errors import DEVICE_CODE_UNKNOWN

_INTERVAL_S = 5
_USER_CODE_LENGTH = 9
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what is easily taken for something else."""


class DeviceEndpoint:
    """Gives codes to devices, and finds the device of a person's code."""

    def __init__(self, context: LoginContext, interaction: Interaction) -> None:
        self._context = context
        self._interaction = interaction

    def authorize(self, form: Mapping[str, str], version: TokenVersion) -> dict[str, Any]:
        """Return what the device shows, and what it polls with.

        Raises:
            LoginError: as its code says.
        """
        context = self._context
        if not form.get("client_id"):
            raise LoginError(PARAMETER_MISSING, parameter="client_id")
        application = context.application(form["client_id"])
        resource = form.get("resource")
        if version == "v2":
            if resource:
                raise LoginError(RESOURCE_ON_V2)
            if not form.get("scope"):
                raise LoginError(PARAMETER_MISSING, parameter="scope")
            parse_scopes(form["scope"], context.tenant, context.endpoints)
        elif resource:
            find_resource(resource, context.tenant, context.endpoints)
        device_code, user_code = context.ids.opaque(), self._user_code()
        context.sessions.device_codes[device_code] = DeviceCode(
            request=DeviceRequest(
                version=version,
                client_id=application.app_id,
                scope=form.get("scope", ""),
                resource=resource,
                user_code=user_code,
                issued=context.now(),
            )
        )
        return self._answer(device_code, user_code, version)

    def enter(self, user_code: str, browser: BrowserSession) -> Step:
        """Go on with the device that shows this code.

        Raises:
            LoginError: AADSTS70018, no device shows it, or no longer; or the person must not sign
                in to the application.
        """
        device = self._context.sessions.device_of(user_code)
        if (
            device is None
            or device.state != "pending"
            or device.request.issued + DEVICE_CODE_LIFETIME <= self._context.now()
        ):
            raise LoginError(DEVICE_CODE_UNKNOWN)
        return self._interaction.start(device.request, browser)

    def _answer(self, device_code: str, user_code: str, version: TokenVersion) -> dict[str, Any]:
        """Numbers on v2, texts on v1, which has an older name for the address too."""
        address = f"{self._context.endpoints.login}/devicelogin"
        lifetime = int(DEVICE_CODE_LIFETIME.total_seconds())
        v1 = version == "v1"
        return {
            "user_code": user_code,
            "device_code": device_code,
            "verification_url" if v1 else "verification_uri": address,
            "expires_in": str(lifetime) if v1 else lifetime,
            "interval": str(_INTERVAL_S) if v1 else _INTERVAL_S,
            "message": (
                f"To sign in, use a web browser to open the page {address} and enter the code"
                f" {user_code} to authenticate."
            ),
        }

    def _user_code(self) -> str:
        last = len(_ALPHABET) - 1
        return "".join(
            _ALPHABET[self._context.ids.number(0, last)] for _ in range(_USER_CODE_LENGTH)
        )
