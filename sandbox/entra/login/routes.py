"""What the login host and the sts host answer to, as data.

`handler` is a method of one of the classes in the `*_handlers` modules.
"""

# ruff: noqa: E501 - a table is read by its rows, so each stays on one line

from __future__ import annotations

from dataclasses import dataclass

from sandbox.entra.endpoints import TokenVersion
from sandbox.entra.routing import Route

_PLATFORM = "https://learn.microsoft.com/entra/identity-platform"
_CODE_FLOW = f"{_PLATFORM}/v2-oauth2-auth-code-flow"
_CONSENT = f"{_PLATFORM}/permissions-consent-overview"
_DEVICE = f"{_PLATFORM}/v2-oauth2-device-code"
_USERINFO = f"{_PLATFORM}/userinfo"
_OIDC = f"{_PLATFORM}/v2-protocols-oidc"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRoute(Route):
    """A route of the login host; `version` is that of the endpoint, where there are two."""

    handler: str
    version: TokenVersion | None = None


def _route(
    method: str,
    template: str,
    handler: str,
    name: str,
    documentation: str,
    version: TokenVersion | None = None,
) -> LoginRoute:
    return LoginRoute(
        method=method,
        template=template,
        handler=handler,
        name=name,
        documentation=documentation,
        version=version,
    )


_DISCOVERY_V1 = _route(
    "GET", "/{tenant}/.well-known/openid-configuration", "discovery", "Discovery (v1)", _OIDC, "v1"
)

LOGIN_ROUTES: tuple[LoginRoute, ...] = (
    _route(
        "GET",
        "/metadata/endpoints",
        "metadata",
        "Cloud metadata",
        "https://registry.terraform.io/providers/hashicorp/azuread/latest/docs",
    ),
    _route(
        "GET",
        "/common/discovery/instance",
        "instance_discovery",
        "Instance discovery",
        "https://learn.microsoft.com/entra/msal/python/advanced/client-instance-metadata",
    ),
    _route(
        "GET",
        "/{tenant}/v2.0/.well-known/openid-configuration",
        "discovery",
        "Discovery (v2)",
        _OIDC,
        "v2",
    ),
    _DISCOVERY_V1,
    _route("GET", "/{tenant}/discovery/v2.0/keys", "keys", "Signing keys (v2)", _OIDC, "v2"),
    _route("GET", "/{tenant}/discovery/keys", "keys", "Signing keys (v1)", _OIDC, "v1"),
    _route("GET", "/{tenant}/oauth2/v2.0/authorize", "authorize", "Authorize (v2)", _CODE_FLOW, "v2"),
    _route("POST", "/{tenant}/oauth2/v2.0/authorize", "authorize", "Authorize (v2)", _CODE_FLOW, "v2"),
    _route("GET", "/{tenant}/oauth2/authorize", "authorize", "Authorize (v1)", _CODE_FLOW, "v1"),
    _route("POST", "/{tenant}/oauth2/authorize", "authorize", "Authorize (v1)", _CODE_FLOW, "v1"),
    _route("POST", "/{tenant}/login", "sign_in", "Sign-in page", _CODE_FLOW),
    _route("POST", "/{tenant}/Consent/Set", "consent", "Consent page", _CONSENT),
    _route("POST", "/{tenant}/oauth2/v2.0/token", "token", "Token (v2)", _CODE_FLOW, "v2"),
    _route("POST", "/{tenant}/oauth2/token", "token", "Token (v1)", _CODE_FLOW, "v1"),
    _route("POST", "/{tenant}/oauth2/v2.0/devicecode", "device_code", "Device authorization (v2)", _DEVICE, "v2"),
    _route("POST", "/{tenant}/oauth2/devicecode", "device_code", "Device authorization (v1)", _DEVICE, "v1"),
    _route("GET", "/devicelogin", "device_start", "Device page", _DEVICE),
    _route("GET", "/common/oauth2/deviceauth", "device_page", "Device page", _DEVICE),
    _route("POST", "/common/oauth2/deviceauth", "device_code_entered", "Device page", _DEVICE),
    _route("POST", "/{tenant}/deviceauth", "device_confirmed", "Device page", _DEVICE),
    _route("GET", "/{tenant}/openid/userinfo", "user_info", "UserInfo (v1)", _USERINFO),
    _route("POST", "/{tenant}/openid/userinfo", "user_info", "UserInfo (v1)", _USERINFO),
    _route("GET", "/{tenant}/oauth2/v2.0/logout", "logout", "Sign-out (v2)", _OIDC),
    _route("POST", "/{tenant}/oauth2/v2.0/logout", "logout", "Sign-out (v2)", _OIDC),
    _route("GET", "/{tenant}/oauth2/logout", "logout", "Sign-out (v1)", _OIDC),
    _route("POST", "/{tenant}/oauth2/logout", "logout", "Sign-out (v1)", _OIDC),
)  # fmt: skip

USERINFO = _route("GET", "/oidc/userinfo", "", "UserInfo (v2)", _USERINFO)
"""Answered by the host of Microsoft Graph, by POST as well."""

STS_ROUTES: tuple[LoginRoute, ...] = (_DISCOVERY_V1,)
