"""Documents by which clients find their way: discovery, instance discovery, cloud metadata."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sandbox.entra.endpoints import EntraEndpoints, TokenVersion


def openid_configuration(
    tenant: str, version: TokenVersion, endpoints: EntraEndpoints
) -> dict[str, Any]:
    """Return the discovery document of an issuer.

    https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
    `code_challenge_methods_supported` is missing as it is in Entra, although S256 works.
    """
    common = {
        "token_endpoint": endpoints.oauth2(tenant, version, "token"),
        "token_endpoint_auth_methods_supported": [
            "client_secret_post",
            "private_key_jwt",
            "client_secret_basic",
        ],
        "jwks_uri": endpoints.keys(tenant, version),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": endpoints.issuer(tenant, version),
        "authorization_endpoint": endpoints.oauth2(tenant, version, "authorize"),
        "device_authorization_endpoint": endpoints.oauth2(tenant, version, "devicecode"),
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": endpoints.oauth2(tenant, version, "logout"),
        "tenant_region_scope": None,
        "cloud_instance_name": urlsplit(endpoints.login).netloc,
        "cloud_graph_host_name": urlsplit(endpoints.graph).netloc,
        "msgraph_host": urlsplit(endpoints.graph).netloc,
    }
    return (
        common
        | (_V1_ONLY if version == "v1" else _V2_ONLY)
        | {
            "userinfo_endpoint": f"{endpoints.login}/{tenant}/openid/userinfo"
            if version == "v1"
            else f"{endpoints.graph}/oidc/userinfo"
        }
    )


_V1_ONLY: dict[str, Any] = {
    "response_types_supported": ["code", "id_token", "code id_token", "token id_token", "token"],
    "scopes_supported": ["openid"],
    "microsoft_multi_refresh_token": True,
    "check_session_iframe": None,
    "claims_supported": [
        *("sub", "iss", "cloud_instance_name", "cloud_instance_host_name"),
        *("cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat", "auth_time", "acr", "amr"),
        *("nonce", "email", "given_name", "family_name", "nickname"),
    ],
}
_V2_ONLY: dict[str, Any] = {
    "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
    "scopes_supported": ["openid", "profile", "email", "offline_access"],
    "request_uri_parameter_supported": False,
    "claims_supported": [
        *("sub", "iss", "cloud_instance_name", "cloud_instance_host_name"),
        *(
            "cloud_graph_host_name",
            "msgraph_host",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "acr",
            "nonce",
        ),
        *("preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"),
    ],
}


def instance_discovery(tenant: str, endpoints: EntraEndpoints) -> dict[str, Any]:
    """Return what MSAL asks for before it trusts an authority.

    https://learn.microsoft.com/entra/msal/python/advanced/client-instance-metadata
    """
    host = urlsplit(endpoints.login).netloc
    configuration = f"{endpoints.login}/{tenant}/v2.0/.well-known/openid-configuration"
    return {
        "tenant_discovery_endpoint": configuration,
        "api-version": "1.1",
        "metadata": [
            {"preferred_network": host, "preferred_cache": host, "aliases": [host]},
        ],
    }


def cloud_metadata(tenant_id: str, endpoints: EntraEndpoints) -> dict[str, Any]:
    """Return what the azuread provider reads at its `metadataHost`."""
    return {
        "name": "Sandbox",
        # Never called; the provider wants to see one.
        "resourceManager": f"{endpoints.graph}/resource-manager",
        "microsoftGraphResourceId": endpoints.graph,
        "authentication": {
            "loginEndpoint": endpoints.login,
            "audiences": [endpoints.graph],
            "tenant": tenant_id,
            "identityProvider": "AAD",
        },
    }
