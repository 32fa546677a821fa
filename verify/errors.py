"""What can go wrong while a sign-in is proved.

    VerifyError
    ├── ClientSettingsError      the relying party is set up wrongly; nothing was sent
    ├── DiscoveryError           the issuer cannot be reached or does not say who it is
    ├── SignInError              the sign-in did not end with tokens
    │   ├── SignInRefused        Entra said no, with its AADSTS code
    │   └── StateMismatchError   the answer belongs to another sign-in
    ├── TokenRejectedError       the ID token must not be trusted, by the check that failed
    ├── PortalUserError          the portal could not make a user of the claims
    └── KubernetesAccessError    the API server did not answer the question
        └── RefusedByClusterError  it does not know the person: 401, with the likely reasons

No message contains a token, a secret, an authorization code or a code verifier.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from verify.aadsts import remedy

_AADSTS = re.compile(r"AADSTS(\d+)")
_SUPPORT_DETAILS = re.compile(r"\s*(Trace ID|Correlation ID|Timestamp):.*", re.DOTALL)

TokenCheck = Literal[
    "format", "algorithm", "key", "signature", "issuer", "audience", "expiry", "claims", "nonce"
]


class VerifyError(Exception):
    """A sign-in could not be proved."""


class ClientSettingsError(VerifyError):
    """A relying party's settings cannot work; every problem is listed."""

    def __init__(self, *, source: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{source}: " + " ".join(problems))


class DiscoveryError(VerifyError):
    """The issuer's discovery document or keys are missing or not the issuer's own."""


class SignInError(VerifyError):
    """The sign-in did not end with tokens."""


class StateMismatchError(SignInError):
    """The `state` that came back is not the one that was sent (RFC 6749 section 10.12)."""


class SignInRefused(SignInError):
    """Entra refused the sign-in.

    `where` is "sign-in page", "redirect" or "token endpoint"; `error` the OAuth error, if the
    answer had one; `aadsts` the number after AADSTS, if the text has one.
    https://learn.microsoft.com/entra/identity-platform/reference-error-codes
    """

    def __init__(self, *, where: str, error: str | None, description: str) -> None:
        self.where = where
        self.error = error
        self.description = _SUPPORT_DETAILS.sub("", description).strip()
        code = _AADSTS.search(description)
        self.aadsts: int | None = int(code[1]) if code else None
        said = ": ".join(part for part in (error, self.description) if part)
        advice = remedy(self.aadsts)
        super().__init__(
            f"The sign-in was refused at the {where}: {said or 'no reason given'}"
            + (f" What to do: {advice}" if advice else "")
        )


class TokenRejectedError(VerifyError):
    """An ID token failed a check; `check` says which."""

    def __init__(self, *, check: TokenCheck, reason: str) -> None:
        self.check: TokenCheck = check
        super().__init__(f"The ID token is not to be trusted ({check}): {reason}")


class PortalUserError(VerifyError):
    """The claims of a valid ID token are not enough for a portal user."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("The portal cannot sign this person in: " + " ".join(problems))


class KubernetesAccessError(VerifyError):
    """The API server did not answer."""


class RefusedByClusterError(KubernetesAccessError):
    """The API server answered 401; `reasons` are sentences, the likeliest first."""

    def __init__(self, server: str, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(
            f"{server} does not accept this token (401 Unauthorized). " + " ".join(reasons)
        )
