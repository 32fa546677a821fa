"""The provider's own settings: inputs first, then the `ARM_*` variables, as the official plugin.

It takes a client secret or a federated token (OIDC); the other ways to sign in need a real machine
identity or the Azure CLI. Unlike the official plugin it insists on `metadataHost`: without it the
public cloud would be called, and the sandbox must never reach a real tenant.
https://www.pulumi.com/registry/packages/azuread/installation-configuration/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sandbox.plugins.protocol.errors import CheckFailure, ProviderError

ENVIRONMENTS: Final = (
    "public",
    "global",
    "usgovernment",
    "usgovernmentl4",
    "usgovernmentl5",
    "dod",
    "china",
)

# Input name -> variables, the first that is set wins.
VARIABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "clientId": ("ARM_CLIENT_ID",),
    "clientIdFilePath": ("ARM_CLIENT_ID_FILE_PATH",),
    "clientSecret": ("ARM_CLIENT_SECRET",),
    "clientSecretFilePath": ("ARM_CLIENT_SECRET_FILE_PATH",),
    "environment": ("ARM_ENVIRONMENT",),
    "metadataHost": ("ARM_METADATA_HOSTNAME",),
    "oidcRequestToken": ("ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
    "oidcRequestUrl": ("ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"),
    "oidcToken": ("ARM_OIDC_TOKEN",),
    "oidcTokenFilePath": ("ARM_OIDC_TOKEN_FILE_PATH",),
    "tenantId": ("ARM_TENANT_ID",),
    "useOidc": ("ARM_USE_OIDC",),
}


class SettingsError(ProviderError):
    """The provider cannot sign in with what it was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to find the tenant and sign in to it; one of secret, token and request URL is set."""

    metadata_host: str
    tenant_id: str
    client_id: str
    client_secret: str | None = field(repr=False)
    oidc_token: str | None = field(repr=False)
    oidc_request_url: str | None
    oidc_request_token: str | None = field(repr=False)


def settings_problems(inputs: Mapping[str, Any]) -> list[CheckFailure]:
    """Return what is wrong with the provider's inputs without asking anybody."""
    environment = inputs.get("environment")
    if isinstance(environment, str) and environment.lower() not in ENVIRONMENTS:
        reason = f"unknown environment {environment!r}; it is one of {', '.join(ENVIRONMENTS)}"
        return [CheckFailure(path="environment", reason=reason)]
    host = inputs.get("metadataHost")
    if isinstance(host, str) and "://" in host:
        reason = f"{host!r} has a scheme; give the host (and port) alone, https is added"
        return [CheckFailure(path="metadataHost", reason=reason)]
    return []


def load_settings(inputs: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Join the provider's inputs with the environment.

    Raises:
        SettingsError: no metadata host, or no complete credential.
    """
    values = {name: _setting(name, inputs, environ) for name in VARIABLES}
    metadata_host = values["metadataHost"]
    if not metadata_host:
        msg = (
            "the azuread stand-in has no metadataHost: it only signs in to the sandbox's tenant. "
            "Set ARM_METADATA_HOSTNAME or the provider's metadata_host"
        )
        raise SettingsError(msg)
    client_id = values["clientId"] or _file(values["clientIdFilePath"])
    secret = values["clientSecret"] or _file(values["clientSecretFilePath"])
    uses_oidc = (values["useOidc"] or "").lower() == "true"
    token = (values["oidcToken"] or _file(values["oidcTokenFilePath"])) if uses_oidc else None
    request_url = values["oidcRequestUrl"] if uses_oidc else None
    if not (values["tenantId"] and client_id and (secret or token or request_url)):
        msg = (
            "the azuread stand-in has no complete credential: it needs ARM_TENANT_ID and "
            "ARM_CLIENT_ID with either ARM_CLIENT_SECRET, or ARM_USE_OIDC=true and one of "
            "ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH, ARM_OIDC_REQUEST_URL"
        )
        raise SettingsError(msg)
    return Settings(
        metadata_host=metadata_host,
        tenant_id=values["tenantId"],
        client_id=client_id,
        client_secret=secret,
        oidc_token=token,
        oidc_request_url=request_url,
        oidc_request_token=values["oidcRequestToken"],
    )


def _setting(name: str, inputs: Mapping[str, Any], environ: Mapping[str, str]) -> str | None:
    value = inputs.get(name)
    if value is not None:
        return str(value)
    return next((environ[v] for v in VARIABLES[name] if environ.get(v)), None)


def _file(path: str | None) -> str | None:
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        msg = f"cannot read the credential file {path}: {error.strerror}"
        raise SettingsError(msg) from error
