"""Where the stand-in listens, and the addresses and issuers that follow from that.

`login` stands for login.microsoftonline.com, `sts` for sts.windows.net (which only the v1 issuer
names) and `graph` for graph.microsoft.com.
https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TokenVersion = Literal["v1", "v2"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntraEndpoints:
    """Base URLs without a slash at the end."""

    login: str
    sts: str
    graph: str

    def issuer(self, tenant: str, version: TokenVersion) -> str:
        """Return the issuer exactly as tokens carry it: v1 ends with a slash, v2 does not."""
        return f"{self.sts}/{tenant}/" if version == "v1" else f"{self.login}/{tenant}/v2.0"

    def oauth2(self, tenant: str, version: TokenVersion, endpoint: str) -> str:
        """Return the address of an OAuth endpoint such as `authorize` or `token`."""
        infix = "oauth2" if version == "v1" else "oauth2/v2.0"
        return f"{self.login}/{tenant}/{infix}/{endpoint}"

    def keys(self, tenant: str, version: TokenVersion) -> str:
        """Return the address of the signing keys; v1 has one set for all tenants."""
        if version == "v1":
            return f"{self.login}/common/discovery/keys"
        return f"{self.login}/{tenant}/discovery/v2.0/keys"
