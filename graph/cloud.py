"""Where a tenant's sign-in and Graph endpoints are: a national cloud, or endpoints of its own.

A cloud with own endpoints is described as the azuread provider's `metadataHost` means it; nothing
else in the program tells it from a national one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from graph.errors import GraphSettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Endpoints of one cloud; URLs without trailing slash."""

    name: str
    """As the azuread provider's `environment`; `custom` with own endpoints."""
    login_endpoint: str
    sts_endpoint: str
    """Host of the issuer of v1 tokens."""
    graph_endpoint: str
    metadata_host: str | None = None
    """The azuread provider's `metadataHost`; only with own endpoints."""

    @property
    def is_custom(self) -> bool:
        """Whether Microsoft's instance discovery does not know this cloud."""
        return self.metadata_host is not None

    def issuer(self, tenant_id: str, version: Literal["v1", "v2"]) -> str:
        """Return the `iss` of the tenant's ID tokens, to the letter: v1 ends in a slash, v2 not.

        Source: https://learn.microsoft.com/entra/identity-platform/access-tokens
        """
        if version == "v1":
            return f"{self.sts_endpoint}/{tenant_id}/"
        return f"{self.login_endpoint}/{tenant_id}/v2.0"


# Endpoints: https://learn.microsoft.com/graph/deployments
PUBLIC = Cloud(
    name="public",
    login_endpoint="https://login.microsoftonline.com",
    sts_endpoint="https://sts.windows.net",
    graph_endpoint="https://graph.microsoft.com",
)
US_GOVERNMENT = Cloud(
    name="usgovernment",
    login_endpoint="https://login.microsoftonline.us",
    sts_endpoint="https://sts.windows.net",
    graph_endpoint="https://graph.microsoft.us",
)
CHINA = Cloud(
    name="china",
    login_endpoint="https://login.partner.microsoftonline.cn",
    sts_endpoint="https://sts.chinacloudapi.cn",
    graph_endpoint="https://microsoftgraph.chinacloudapi.cn",
)
_BY_NAME: Mapping[str, Cloud] = {
    "public": PUBLIC,
    "usgovernment": US_GOVERNMENT,
    "usgovernmentl4": US_GOVERNMENT,
    "china": CHINA,
}
_KEYS = ("metadataHost", "loginEndpoint", "stsEndpoint", "graphEndpoint")


def cloud_from(value: str | Mapping[str, str]) -> Cloud:
    """Return the cloud that a setting means: a name, a mapping of endpoints, or that as JSON.

    Raises:
        GraphSettingsError: saying which names and keys there are, or which URL is not https.
    """
    if isinstance(value, Mapping):
        return _custom(value)
    if value.lstrip().startswith("{"):
        try:
            return _custom(json.loads(value))
        except json.JSONDecodeError as error:
            msg = f"The setting cloud is neither a cloud's name nor JSON: {error}."
            raise GraphSettingsError(msg) from error
    if cloud := _BY_NAME.get(value.lower()):
        return cloud
    msg = (
        f"The setting cloud is {value!r}, which is none of {', '.join(_BY_NAME)}. "
        f"A cloud with endpoints of its own is an object with {', '.join(_KEYS)}."
    )
    raise GraphSettingsError(msg)


def _custom(value: Mapping[str, str]) -> Cloud:
    problems = [f"{key} is missing" for key in _KEYS if not value.get(key)]
    problems += [f"{key} is not known" for key in sorted(set(value) - set(_KEYS))]
    problems += [
        f"{key} is {value[key]!r}, not an https URL"
        for key in _KEYS[1:]
        if value.get(key) and urlsplit(value[key]).scheme != "https"
    ]
    if problems:
        msg = f"The setting cloud: {'; '.join(problems)}."
        raise GraphSettingsError(msg)
    return Cloud(
        name="custom",
        login_endpoint=value["loginEndpoint"].rstrip("/"),
        sts_endpoint=value["stsEndpoint"].rstrip("/"),
        graph_endpoint=value["graphEndpoint"].rstrip("/"),
        metadata_host=value["metadataHost"],
    )
