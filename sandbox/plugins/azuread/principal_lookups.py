"""The lookups around applications: who is signed in, Microsoft's own ids, service principals.

https://www.pulumi.com/registry/packages/azuread/api-docs/
"""

from __future__ import annotations

from typing import Any, Final

from sandbox.plugins.azuread.graph import Graph, quoted
from sandbox.plugins.azuread.service_principal_state import service_principal_state
from sandbox.plugins.azuread.settings import Settings
from sandbox.plugins.protocol.errors import ProviderError
from sandbox.plugins.protocol.resource import Properties

# The part of the official plugin's built-in table that belongs to this project's field.
# https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in
PUBLISHED_APP_IDS: Final = {
    "AzureActiveDirectoryGraph": "00000002-0000-0000-c000-000000000000",
    "MicrosoftAzureCli": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "MicrosoftGraph": "00000003-0000-0000-c000-000000000000",
}


class PrincipalLookups:
    """Lookups of one signed-in caller."""

    def __init__(self, graph: Graph, settings: Settings) -> None:
        self._graph = graph
        self._settings = settings

    def client_config(self, arguments: Properties) -> dict[str, Any]:
        """Answer getClientConfig; no request is made."""
        del arguments
        settings, object_id = self._settings, self._graph.caller_object_id
        return {
            "id": f"{settings.tenant_id}-{settings.client_id}-{object_id}",
            "clientId": settings.client_id,
            "objectId": object_id,
            "tenantId": settings.tenant_id,
        }

    def published_app_ids(self, arguments: Properties) -> dict[str, Any]:
        """Answer getApplicationPublishedAppIds; no request is made."""
        del arguments
        return {"id": "appIds", "result": PUBLISHED_APP_IDS}

    def service_principal(self, arguments: Properties) -> dict[str, Any]:
        """Answer getServicePrincipal by `clientId`, `displayName` or `objectId`.

        Raises:
            ProviderError: none or several match.
        """
        graph = self._graph
        if object_id := arguments.get("objectId"):
            principal = graph.get(f"v1.0/servicePrincipals/{object_id}")
        else:
            principal = self._only(arguments)
        beta = graph.get(f"beta/servicePrincipals/{principal['id']}", select="samlMetadataUrl")
        # Only the resource knows its owners.
        return {
            **service_principal_state(principal, beta),
            "id": f"/servicePrincipals/{principal['id']}",
        }

    def _only(self, arguments: Properties) -> dict[str, Any]:
        for ours, theirs in (("clientId", "appId"), ("displayName", "displayName")):
            if value := arguments.get(ours):
                condition = f"{theirs} eq {quoted(value)}"
                found = self._graph.list("v1.0/servicePrincipals", filter=condition)
                if len(found) != 1:
                    msg = f"{len(found)} service principals have the {ours} {value!r}, not one"
                    raise ProviderError(msg)
                return found[0]
        msg = "getServicePrincipal needs one of clientId, displayName, objectId"
        raise ProviderError(msg)
