"""The azuread provider: settings, sign-in, and which class serves which type."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final

import httpx

from sandbox.plugins.azuread.app_role_assignment import AppRoleAssignment
from sandbox.plugins.azuread.application import Application
from sandbox.plugins.azuread.application_password import ApplicationPassword
from sandbox.plugins.azuread.claims_mapping_policy import (
    ClaimsMappingPolicy,
    ClaimsMappingPolicyAssignment,
)
from sandbox.plugins.azuread.delegated_permission_grant import DelegatedPermissionGrant
from sandbox.plugins.azuread.directory_lookups import DirectoryLookups
from sandbox.plugins.azuread.federated_identity_credential import FederatedIdentityCredential
from sandbox.plugins.azuread.graph import Graph
from sandbox.plugins.azuread.principal_lookups import PrincipalLookups
from sandbox.plugins.azuread.service_principal import ServicePrincipal
from sandbox.plugins.azuread.settings import Settings, load_settings, settings_problems
from sandbox.plugins.azuread.sign_in import TokenSource, discover
from sandbox.plugins.protocol.errors import CheckFailure, ProviderError
from sandbox.plugins.protocol.resource import Function, Properties, Provider, Resource
from sandbox.plugins.protocol.schema import Shape, load_shapes

REQUEST_TIMEOUT_S: Final = 60.0

RESOURCES: Final[dict[str, Callable[[Shape, Graph], Resource]]] = {
    "azuread:index/appRoleAssignment:AppRoleAssignment": AppRoleAssignment,
    "azuread:index/application:Application": Application,
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": (
        FederatedIdentityCredential
    ),
    "azuread:index/applicationPassword:ApplicationPassword": ApplicationPassword,
    "azuread:index/claimsMappingPolicy:ClaimsMappingPolicy": ClaimsMappingPolicy,
    "azuread:index/servicePrincipal:ServicePrincipal": ServicePrincipal,
    (
        "azuread:index/servicePrincipalClaimsMappingPolicyAssignment:"
        "ServicePrincipalClaimsMappingPolicyAssignment"
    ): ClaimsMappingPolicyAssignment,
    (
        "azuread:index/servicePrincipalDelegatedPermissionGrant:"
        "ServicePrincipalDelegatedPermissionGrant"
    ): DelegatedPermissionGrant,
}


class _Session:
    """What a configured provider can do."""

    def __init__(self, settings: Settings, http: httpx.Client, cancelled: threading.Event) -> None:
        endpoints = discover(http, settings.metadata_host)
        tokens = TokenSource(http, endpoints, settings)
        # The official plugin signs in when it is configured: a wrong secret shows at once.
        tokens.caller_object_id()
        self.graph = Graph(http, endpoints.graph, tokens, cancelled)
        principals = PrincipalLookups(self.graph, settings)
        directory = DirectoryLookups(self.graph)
        self.functions: dict[str, Function] = {
            "getApplicationPublishedAppIds": principals.published_app_ids,
            "getClientConfig": principals.client_config,
            "getGroup": directory.group,
            "getServicePrincipal": principals.service_principal,
            "getUser": directory.user,
            "getUsers": directory.users,
        }


class AzureadProvider(Provider):
    """Stand-in for pulumi-resource-azuread."""

    name: ClassVar[str] = "azuread"
    distribution: ClassVar[str] = "pulumi-azuread"

    def __init__(self) -> None:
        super().__init__(load_shapes(Path(__file__).with_name("schema.json")))
        self._session: _Session | None = None
        self._http: httpx.Client | None = None

    def check_settings(self, settings: Properties) -> list[CheckFailure]:
        """Check the environment's name and the metadata host's form."""
        return settings_problems(settings)

    def configure(self, settings: Properties) -> None:
        """Find the tenant and sign in."""
        known = load_settings(settings, os.environ)
        # No proxy: the official plugin never uses one for localhost either. SSL_CERT_FILE is
        # honoured by the default context.
        self._http = httpx.Client(
            verify=ssl.create_default_context(), trust_env=False, timeout=REQUEST_TIMEOUT_S
        )
        self._session = _Session(known, self._http, self.cancelled)

    def resource(self, token: str) -> Resource | None:
        """Return the kind of resource with this type token."""
        kind = RESOURCES.get(token)
        return None if kind is None else kind(self.shapes[token], self._configured().graph)

    def function(self, token: str) -> tuple[Shape, Function] | None:
        """Return the lookup with this token."""
        function = self._configured().functions.get(token.rsplit(":", 1)[-1])
        return None if function is None else (self.shapes[token], function)

    def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            self._http.close()

    def _configured(self) -> _Session:
        if self._session is None:
            msg = "the azuread provider was called before it was configured"
            raise ProviderError(msg)
        return self._session
