"""Bearer tokens for Microsoft Graph, and their place in a request.

The credential is looked for when the first token is needed, so a command that asks Graph nothing
needs none. azure-identity keeps a token until shortly before it expires.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator

import httpx

from graph.credentials import Credential
from graph.errors import TRUST_ADVICE, SignInError


class TokenSource:
    """Tokens of one identity for one scope; safe to use from several threads.

    `make_credential` is called for the first token, and again when Graph rejects a token: a new
    credential has an empty cache, which is the only way to a fresh token for every kind of
    credential.
    """

    def __init__(self, make_credential: Callable[[], Credential], scope: str) -> None:
        self._make_credential = make_credential
        self._scope = scope
        self._credential: Credential | None = None
        self._lock = threading.Lock()

    def current(self) -> str:
        """Return a token that has not expired.

        Raises:
            NoCredentialError: the environment names no identity.
            SignInError: the identity was refused a token.
        """
        with self._lock:
            return self._token()

    def after_rejected(self, rejected: str) -> str:
        """Return another token than `rejected`, which Graph answered with 401."""
        with self._lock:
            # Another thread may have been rejected first and have renewed it already.
            token = self._token()
            if token == rejected:
                self._forget()
                token = self._token()
            return token

    def close(self) -> None:
        """Close the credential's connections."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        if self._credential:
            self._credential.close()
        self._credential = None

    def _token(self) -> str:
        from azure.core.exceptions import AzureError

        if self._credential is None:
            self._credential = self._make_credential()
        try:
            return self._credential.get_token(self._scope).token
        except AzureError as error:
            reason = str(error.message).strip()
            untrusted = "CERTIFICATE_VERIFY_FAILED" in reason
            msg = f"The identity that runs Pulumi got no token for {self._scope}: {reason}"
            raise SignInError(f"{msg}\n{TRUST_ADVICE}" if untrusted else msg) from error


class BearerAuth(httpx.Auth):
    """Puts a token into each request; a request answered with 401 gets one fresh token."""

    def __init__(self, tokens: TokenSource) -> None:
        self._tokens = tokens

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send `request` once, or twice when the token was rejected."""
        token = self._tokens.current()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            request.headers["Authorization"] = f"Bearer {self._tokens.after_rejected(token)}"
            yield request
