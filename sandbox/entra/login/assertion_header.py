"""Which headers a client assertion may have."""

from __future__ import annotations

from joserfc.jws import JWSRegistry
from joserfc.registry import JWS_HEADER_REGISTRY, HeaderParameter


def _anything(_: object) -> None:
    """Accept the value: nobody reads it."""


class AssertionRegistry(JWSRegistry):
    """Reads assertions that carry their certificate in `x5c`, as MSAL sends them.

    That is a list in RFC 7515 4.1.6 and one string from MSAL.NET, and Entra takes both.
    """

    # The library's 512 octets have no room for a certificate; this is a chain of several.
    max_header_length = 16 * 1024
    default_header_registry = JWS_HEADER_REGISTRY | {
        "x5c": HeaderParameter("X.509 Certificate Chain", _anything)
    }
