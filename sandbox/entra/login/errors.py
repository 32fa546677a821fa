"""Errors of the login endpoints, with Entra's numbers, OAuth codes and wording.

Numbers: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
Shape: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow#error-response
None was captured from the live service. `REPORTED` wording is as people quote it in public reports;
`WORDED_HERE` follows the documentation's description only, so no program may rely on the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

REPORTED = "reported"
WORDED_HERE = "worded here"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginErrorKind:
    """One AADSTS error; `text` is a format string."""

    code: int
    error: str
    text: str
    status: int = 400
    error_at_authorize: str | None = None
    """The OAuth code where the browser is sent back with it, when it is another one there."""
    suberror: str | None = None
    wording: Literal["reported", "worded here"] = WORDED_HERE


class LoginError(Exception):
    """A login endpoint refuses."""

    def __init__(self, kind: LoginErrorKind, **values: object) -> None:
        self.kind = kind
        self.text = kind.text.format(**values)
        super().__init__(f"AADSTS{kind.code}: {self.text}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """What Entra adds to every error, so that it can be found in its logs."""

    trace_id: str
    correlation_id: str
    moment: datetime

    @property
    def timestamp(self) -> str:
        """The moment as every error writes it."""
        return f"{self.moment:%Y-%m-%d %H:%M:%SZ}"

    def describe(self, error: LoginError) -> str:
        """Return `error_description`."""
        return (
            f"AADSTS{error.kind.code}: {error.text} Trace ID: {self.trace_id}"
            f" Correlation ID: {self.correlation_id}"
            f" Timestamp: {self.timestamp}"
        )

    def body(self, error: LoginError, login_url: str) -> dict[str, Any]:
        """Return the JSON that the token endpoint answers with."""
        return {
            "error": error.kind.error,
            "error_description": self.describe(error),
            "error_codes": [error.kind.code],
            "timestamp": self.timestamp,
            "trace_id": self.trace_id,
            "correlation_id": self.correlation_id,
            "error_uri": f"{login_url}/error?code={error.kind.code}",
        } | ({"suberror": error.kind.suberror} if error.kind.suberror else {})
