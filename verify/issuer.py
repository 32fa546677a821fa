"""Issuers are compared as exact strings; this says how two of them differ.

Entra has two issuers a tenant: `https://sts.windows.net/<tenant>/` (v1, with a slash at the end)
and `https://login.microsoftonline.com/<tenant>/v2.0` (v2, without). The endpoint that was asked
decides which of them an ID token carries; `requestedAccessTokenVersion` does not.
https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference
"""

from __future__ import annotations

import re
from itertools import takewhile

_VERSION_2 = "/v2.0"
_NEITHER = re.compile(r"https://login\.microsoftonline\.com/[^/]+/?")


def explain_difference(actual: str, expected: str) -> str:
    """Return a sentence on how the token's issuer and the expected one differ."""
    if _NEITHER.fullmatch(expected):
        return (
            "No Entra token has the expected issuer: the v1 issuer is"
            " https://sts.windows.net/<tenant>/, the v2 issuer ends with /v2.0."
        )
    if actual.rstrip("/") == expected.rstrip("/"):
        return "They differ only in the slash at the end: v1 issuers have one, v2 issuers do not."
    if _is_v2(actual) != _is_v2(expected):
        asked, wanted = ("v2", "v1") if _is_v2(actual) else ("v1", "v2")
        return (
            f"The token comes from Entra's {asked} endpoint, but the {wanted} issuer is expected:"
            " use one issuer for the client and the cluster."
        )
    pairs = zip(actual, expected, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return f"They differ from character {same + 1} on."


def _is_v2(issuer: str) -> bool:
    return issuer.rstrip("/").endswith(_VERSION_2)
