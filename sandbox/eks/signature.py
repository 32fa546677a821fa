"""AWS Signature Version 4, which is checked before anything else is looked at.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
The arithmetic is botocore's; what is here decides which of the service's errors a request gets.
Presigned requests (the signature in the query) are not taken: no EKS client sends one.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sandbox.eks.access_key import AccessKey
from sandbox.eks.errors import (
    IncompleteSignatureError,
    InvalidSignatureError,
    MissingAuthenticationTokenError,
    UnrecognizedClientError,
)

SERVICE = "eks"
_ALGORITHM = "AWS4-HMAC-SHA256"
_PARTS = ("Credential", "SignedHeaders", "Signature")
_SCOPE = re.compile(
    r"(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request"
)
_TIME = "%Y%m%dT%H%M%SZ"
_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """What the signature covers, as it came over the wire."""

    method: str
    url: str
    """With the path and the query still percent-encoded."""
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


class SignatureCheck:
    """Lets requests pass that `key` has signed for EKS in `region`."""

    def __init__(
        self,
        key: AccessKey,
        region: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._key = key
        self._region = region
        self._clock = clock

    def ensure_signed(self, request: SignedRequest) -> None:
        """Refuse a request that is not signed, or not rightly.

        Raises:
            EksError: 403, with the code and words that AWS has for what is wrong.
        """
        parts = _parts(request.headers.get("authorization"))
        scope = _SCOPE.fullmatch(parts["Credential"])
        if scope is None:
            msg = f"Credential must have the form <key>/<day>/<region>/{SERVICE}/aws4_request"
            raise IncompleteSignatureError(msg)
        if scope["key"] != self._key.access_key_id:
            msg = "The security token included in the request is invalid."
            raise UnrecognizedClientError(msg)
        if scope["region"] != self._region:
            msg = "Credential should be scoped to a valid region. "
            raise InvalidSignatureError(msg)
        if scope["service"] != SERVICE:
            msg = f"Credential should be scoped to correct service: '{SERVICE}'. "
            raise InvalidSignatureError(msg)
        self._ensure_recent(request.headers.get("x-amz-date", ""))
        wanted = self._signature(request, parts["SignedHeaders"].split(";"))
        if not hmac.compare_digest(wanted, parts["Signature"]):
            msg = (
                "The request signature we calculated does not match the signature you provided. "
                "Check your AWS Secret Access Key and signing method. Consult the service "
                "documentation for details."
            )
            raise InvalidSignatureError(msg)

    def _ensure_recent(self, date: str) -> None:
        try:
            signed_at = datetime.strptime(date, _TIME).replace(tzinfo=UTC)
        except ValueError as err:
            msg = (
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                "header."
            )
            raise IncompleteSignatureError(msg) from err
        now = self._clock()
        if signed_at < now - _TOLERANCE:
            earliest = now - _TOLERANCE
            msg = (
                f"Signature expired: {date} is now earlier than {earliest:{_TIME}} "
                f"({now:{_TIME}} - 5 min.)"
            )
            raise InvalidSignatureError(msg)
        if signed_at > now + _TOLERANCE:
            latest = now + _TOLERANCE
            msg = (
                f"Signature not yet current: {date} is still later than {latest:{_TIME}} "
                f"({now:{_TIME}} + 5 min.)"
            )
            raise InvalidSignatureError(msg)

    def _signature(self, request: SignedRequest, signed_headers: list[str]) -> str:
        credentials = Credentials(self._key.access_key_id, self._key.secret_access_key)
        signer = SigV4Auth(credentials, SERVICE, self._region)
        signed = AWSRequest(
            method=request.method,
            url=request.url,
            headers={name: request.headers.get(name, "") for name in signed_headers},
            data=request.body,
        )
        signed.context["timestamp"] = request.headers["x-amz-date"]
        text = signer.string_to_sign(signed, signer.canonical_request(signed))
        return str(signer.signature(text, signed))


def _parts(authorization: str | None) -> dict[str, str]:
    """Return the parts of the Authorization header by name."""
    if not authorization:
        msg = "Missing Authentication Token"
        raise MissingAuthenticationTokenError(msg)
    algorithm, _, rest = authorization.partition(" ")
    pairs = (part.strip().partition("=") for part in rest.split(","))
    parts = {name: value for name, _, value in pairs}
    lacking = [name for name in _PARTS if not parts.get(name)]
    if algorithm != _ALGORITHM or lacking:
        missing = " ".join(f"Authorization header requires '{name}' parameter." for name in lacking)
        msg = missing or f"Authorization header requires the algorithm {_ALGORITHM}."
        raise IncompleteSignatureError(msg)
    return parts
