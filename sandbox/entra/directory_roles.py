"""Directory roles by name, with the template ids that tokens carry in `wids`.

https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TEMPLATE_IDS: Mapping[str, str] = MappingProxyType(
    {
        "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
        "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
        "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        "Groups Administrator": "fdd7a751-b60b-444a-984c-02652fe8fa1c",
        "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    }
)
DEFAULT_USER = "b79fbf4d-3ef9-4689-8143-76b194e85509"
"""What every member has in `wids`: no role that anybody assigned."""
MAY_CONSENT_FOR_EVERYBODY = frozenset(
    {
        "Application Administrator",
        "Cloud Application Administrator",
        "Global Administrator",
        "Privileged Role Administrator",
    }
)
"""https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent#prerequisites
Delegated permissions only; application roles of Microsoft Graph take more."""
