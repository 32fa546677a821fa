"""The identity that runs Pulumi, found in the environment as the azuread provider finds it.

Same variables and same order (certificate, secret, federated token, managed identity, Azure CLI),
so that one login serves the azuread provider and this package; the `AZURE_*` names of Azure's own
libraries are understood as well. Azure Pipelines' service connections are not.
No credential ever comes from Pulumi's configuration or state.

Source: https://registry.terraform.io/providers/hashicorp/azuread/latest/docs#argument-reference
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import httpx

from graph.cloud import Cloud
from graph.errors import NoCredentialError, SignInError

_FEDERATION_AUDIENCE = "api://AzureADTokenExchange"
"""https://learn.microsoft.com/entra/workload-id/workload-identity-federation"""
_TRUE = frozenset({"1", "t", "true"})

Kind = Literal["certificate", "secret", "token", "token file", "token request", "msi", "cli"]


class AccessToken(Protocol):
    """What a credential gives."""

    @property
    def token(self) -> str:
        """The bearer token."""
        ...


class Credential(Protocol):
    """What every credential of azure-identity can do."""

    def get_token(self, *scopes: str) -> AccessToken:
        """Return a token for `scopes`."""
        ...

    def close(self) -> None:
        """Close its connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialSource:
    """Which identity the environment names; its secrets are not shown."""

    kind: Kind
    client_id: str | None = None
    secret: str | None = field(default=None, repr=False)
    """Client secret, certificate's password, federated token or its request's bearer token."""
    certificate: bytes | None = field(default=None, repr=False)
    address: str | None = None
    """File of the federated token or certificate, or URL that gives the federated token."""


@dataclass(frozen=True, slots=True)
class _Environment:
    variables: Mapping[str, str]

    def first(self, *names: str) -> str | None:
        return next((value for name in names if (value := self.variables.get(name))), None)

    def content(self, name: str) -> str | None:
        file = self.variables.get(name)
        return Path(file).read_text(encoding="utf-8").strip() if file else None

    def switch(self, name: str, *, default: bool = False) -> bool:
        value = self.variables.get(name)
        return value.lower() in _TRUE if value else default


def choose_credential(variables: Mapping[str, str]) -> CredentialSource:
    """Return the identity that `variables` (of the environment) name.

    Raises:
        NoCredentialError: none is complete; the message lists what was looked for.
    """
    environment = _Environment(variables)
    client_id = environment.first("ARM_CLIENT_ID", "AZURE_CLIENT_ID") or environment.content(
        "ARM_CLIENT_ID_FILE_PATH"
    )
    for find in (_certificate, _secret, _federated):
        if client_id and (source := find(environment, client_id)):
            return source
    if environment.switch("ARM_USE_MSI"):
        return CredentialSource(kind="msi", client_id=client_id)
    if environment.switch("ARM_USE_CLI", default=True):
        return CredentialSource(kind="cli")
    found = "is set" if client_id else "is not set"
    msg = (
        "There is no identity to sign in to Microsoft Graph with. Set one of these in the "
        f"environment (ARM_CLIENT_ID {found}):\n"
        "  ARM_CLIENT_ID and ARM_CLIENT_CERTIFICATE_PATH (with ARM_CLIENT_CERTIFICATE_PASSWORD)\n"
        "  ARM_CLIENT_ID and ARM_CLIENT_SECRET\n"
        "  ARM_CLIENT_ID, ARM_USE_OIDC=true and ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH or "
        "ARM_OIDC_REQUEST_URL with ARM_OIDC_REQUEST_TOKEN\n"
        "  ARM_USE_MSI=true for a managed identity\n"
        "  ARM_USE_CLI=true after `az login`"
    )
    raise NoCredentialError(msg)


def build_credential(source: CredentialSource, tenant_id: str, cloud: Cloud) -> Credential:
    """Return azure-identity's credential for `source`.

    azure-identity is imported here and nowhere else: a preview that asks Graph nothing does not pay
    for it.
    A cloud of its own is unknown to Microsoft's instance discovery, which is then left out; TLS is
    verified all the same, against REQUESTS_CA_BUNDLE or else SSL_CERT_FILE.
    """
    import azure.identity as entra

    options: dict[str, Any] = {
        "authority": cloud.login_endpoint,
        "disable_instance_discovery": cloud.is_custom,
    }
    # requests, which azure-identity sends with, knows only its own variable; Go and httpx know
    # only this one, and whoever sets it for the azuread provider means this identity too.
    ca_file = os.environ.get("SSL_CERT_FILE")
    if ca_file and not os.environ.get("REQUESTS_CA_BUNDLE"):
        options["connection_verify"] = ca_file
    client_id = source.client_id or ""
    match source.kind:
        case "certificate":
            return entra.CertificateCredential(
                tenant_id,
                client_id,
                certificate_path=source.address,
                certificate_data=source.certificate,
                password=source.secret,
                **options,
            )
        case "secret":
            return entra.ClientSecretCredential(
                tenant_id, client_id, source.secret or "", **options
            )
        case "token" | "token file" | "token request":
            return entra.ClientAssertionCredential(
                tenant_id, client_id, _federated_token(source), **options
            )
        case "msi":
            return entra.ManagedIdentityCredential(client_id=source.client_id)
        case "cli":
            return entra.AzureCliCredential(tenant_id=tenant_id)


def _certificate(environment: _Environment, client_id: str) -> CredentialSource | None:
    path = environment.first("ARM_CLIENT_CERTIFICATE_PATH", "AZURE_CLIENT_CERTIFICATE_PATH")
    encoded = environment.first("ARM_CLIENT_CERTIFICATE")
    if not path and not encoded:
        return None
    return CredentialSource(
        kind="certificate",
        client_id=client_id,
        secret=environment.first(
            "ARM_CLIENT_CERTIFICATE_PASSWORD", "AZURE_CLIENT_CERTIFICATE_PASSWORD"
        ),
        certificate=base64.b64decode(encoded) if encoded and not path else None,
        address=path,
    )


def _secret(environment: _Environment, client_id: str) -> CredentialSource | None:
    secret = environment.first("ARM_CLIENT_SECRET", "AZURE_CLIENT_SECRET") or environment.content(
        "ARM_CLIENT_SECRET_FILE_PATH"
    )
    return CredentialSource(kind="secret", client_id=client_id, secret=secret) if secret else None


def _federated(environment: _Environment, client_id: str) -> CredentialSource | None:
    workload_file = environment.first("AZURE_FEDERATED_TOKEN_FILE")
    if not environment.switch("ARM_USE_OIDC"):
        if workload_file:
            return CredentialSource(kind="token file", client_id=client_id, address=workload_file)
        return None
    if token := environment.first("ARM_OIDC_TOKEN"):
        return CredentialSource(kind="token", client_id=client_id, secret=token)
    if file := environment.first("ARM_OIDC_TOKEN_FILE_PATH") or workload_file:
        return CredentialSource(kind="token file", client_id=client_id, address=file)
    url = environment.first("ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL")
    bearer = environment.first("ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    if url and bearer:
        return CredentialSource(
            kind="token request", client_id=client_id, secret=bearer, address=url
        )
    return None


def _federated_token(source: CredentialSource) -> Callable[[], str]:
    def give() -> str:
        return source.secret or ""

    def read() -> str:
        # Read every time: whoever put the file there renews it before the token in it expires.
        return Path(source.address or "").read_text(encoding="utf-8").strip()

    def request() -> str:
        return _request_token(source.address or "", source.secret or "")

    return {"token": give, "token file": read, "token request": request}[source.kind]


def _request_token(url: str, bearer: str) -> str:
    """Ask the workflow runner for a token, as GitHub Actions hands them out.

    Source: https://docs.github.com/actions/reference/security/oidc
    """
    address = httpx.URL(url)
    if "audience" not in address.params:
        address = address.copy_add_param("audience", _FEDERATION_AUDIENCE)
    try:
        answer = httpx.get(address, headers={"Authorization": f"Bearer {bearer}"}, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["value"])
    except httpx.HTTPStatusError as error:
        reason = f"answered {error.response.status_code}"
    except httpx.HTTPError as error:
        reason = f"gave no answer: {error}"
    except (ValueError, KeyError, TypeError):
        reason = "answered without a token"
    msg = (
        f"The runner's token service at {address.host} {reason}. In GitHub Actions the job needs "
        "the permission `id-token: write`."
    )
    raise SignInError(msg)
