"""What can go wrong between this program and the directory.

GraphError
├── GraphSettingsError         a setting or environment variable is missing or wrong
│   └── NoCredentialError      no identity to sign in with
├── SignInError                the identity was refused a token
├── GraphUnreachableError      no answer came
└── GraphRequestError          Graph answered with an error
(`SeveralApplicationsError`, `ExtensionPropertyError` and `UserAttributesError` are beside what
raises them.)

No message holds a header, a body or a token: Graph's code, message and request id are all that
support asks for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TRUST_ADVICE = (
    "If the endpoint has a certificate authority of its own, name its PEM file in SSL_CERT_FILE "
    "and REQUESTS_CA_BUNDLE."
)


class GraphError(Exception):
    """Something between this program and the directory went wrong."""


class GraphSettingsError(GraphError):
    """A setting or environment variable is missing or wrong."""


class NoCredentialError(GraphSettingsError):
    """The environment holds no complete identity to sign in with."""


class SignInError(GraphError):
    """The identity that runs Pulumi was refused a token for Microsoft Graph."""


class GraphUnreachableError(GraphError):
    """No answer came from Microsoft Graph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphFault:
    """Graph's own account of a refused request.

    Source: https://learn.microsoft.com/graph/errors
    """

    status: int
    code: str
    message: str
    request_id: str | None = None
    retry_after_s: float | None = None

    @classmethod
    def parse(cls, status: int, headers: Mapping[str, str], body: object) -> GraphFault:
        """Read a fault from an answer or from one item of a batch; `headers` in any case."""
        named = {name.lower(): value for name, value in headers.items()}
        error = _mapping(_mapping(body).get("error"))
        inner = _mapping(error.get("innerError"))
        return cls(
            status=status,
            code=str(error.get("code") or "no error code"),
            message=str(error.get("message") or "no message"),
            request_id=named.get("request-id") or inner.get("request-id"),
            retry_after_s=_seconds(named.get("retry-after")),
        )

    def __str__(self) -> str:
        # Some messages end in a full stop and some do not.
        identified = f" (request-id {self.request_id})" if self.request_id else ""
        return f"{self.status} {self.code}: {self.message.rstrip('.')}{identified}."


class GraphRequestError(GraphError):
    """Graph refused a request; `needs` is the application permission the request takes."""

    def __init__(
        self, method: str, path: str, fault: GraphFault, *, needs: str | None = None
    ) -> None:
        self.method = method
        self.path = path
        self.fault = fault
        self.needs = needs
        super().__init__(method, path, fault)

    def __str__(self) -> str:
        refused = f"Microsoft Graph refused {self.method} {self.path}: {self.fault}"
        if self.fault.status == 403 and self.needs:
            return (
                f"{refused} Give the identity that runs Pulumi the application permission "
                f"{self.needs}, with admin consent. A permission granted less than an hour ago "
                f"takes effect with the next token: run the command again."
            )
        return refused


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _seconds(retry_after: str | None) -> float | None:
    # Microsoft Graph sends whole seconds; the HTTP date form of RFC 9110 has not been seen from it.
    if retry_after is None or not retry_after.strip().isdigit():
        return None
    return float(retry_after)
