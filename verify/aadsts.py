"""What an AADSTS code means for this set-up, and what to do about it.

Only codes that a mistake in this set-up can cause are here; Entra's own text is always shown beside
the advice. Codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_REMEDIES: Mapping[int, str] = MappingProxyType(
    {
        50011: "register exactly this redirect URI: the portal's under `web`, kubectl's under"
        " `publicClient`. The path is case sensitive.",
        50105: "assign the person, or a group they are a direct member of, to the application:"
        " it requires assignment.",
        50126: "check the user name and the password.",
        50146: "set `acceptMappedClaims` on the application before the claims mapping policy is"
        " assigned; until then nobody can sign in to it.",
        53003: "a Conditional Access policy blocks this sign-in; ask whoever owns the policy.",
        54005: "start again: an authorization code works once.",
        65001: "grant the application's delegated permissions with admin consent.",
        90094: "grant the application's delegated permissions with admin consent.",
        501461: "remove the identifier URI: a token for it cannot carry mapped claims.",
        501481: "start again: the code verifier is not the one the challenge was made of.",
        700016: "check the client id and the tenant: this tenant does not have the application.",
        700025: "remove the client secret: the redirect URI is registered under `publicClient`,"
        " whose clients have none. The portal's belongs under `web`.",
        700054: "ask for a code, not for an ID token: implicit ID tokens are off, as they should"
        " be.",
        7000215: "check the client secret: its value is needed, not its id, and it must not have"
        " been rotated.",
        7000218: "the redirect URI is registered under `web`, whose clients must send a secret."
        " kubectl's belongs under `publicClient`.",
        7000222: "the client secret has expired: run `pulumi up` to rotate it.",
        9002327: "the redirect URI is registered under `spa`; kubectl's belongs under"
        " `publicClient`, the portal's under `web`.",
    }
)


def remedy(code: int | None) -> str | None:
    """Return what to do about AADSTS`code`, or None when there is nothing particular to say."""
    return _REMEDIES.get(code) if code is not None else None
