"""From a metadata host to a Graph access token.

`GET /metadata/endpoints` names the login and Graph endpoints, the client credentials grant gives
the token. As the official plugin it fetches the token at once when it is configured, and again when
less than 20 minutes are left.
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx

from sandbox.plugins.azuread.settings import Settings
from sandbox.plugins.protocol.errors import ProviderError

RENEW_WHEN_LEFT_S: Final = 20 * 60
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FEDERATION_AUDIENCE: Final = "api://AzureADTokenExchange"


class SignInError(ProviderError):
    """The tenant's endpoints cannot be found, or the credential was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """What the metadata host says; without trailing slashes."""

    login: str
    graph: str


def discover(http: httpx.Client, metadata_host: str) -> Endpoints:
    """Ask the metadata host for the endpoints of its cloud."""
    url = f"https://{metadata_host}/metadata/endpoints"
    answer = _send(http, "GET", url, params={"api-version": "2022-09-01"})
    metadata = _json(answer, url)
    for required in ("name", "resourceManager", "microsoftGraphResourceId"):
        if not metadata.get(required):
            msg = f"{url} does not say {required!r}; it is no metadata endpoint of a cloud"
            raise SignInError(msg)
    login = metadata.get("authentication", {}).get("loginEndpoint")
    if not login:
        msg = f"{url} does not say authentication.loginEndpoint"
        raise SignInError(msg)
    return Endpoints(login=login, graph=metadata["microsoftGraphResourceId"].rstrip("/"))


class TokenSource:
    """Graph access tokens for one application; safe to use from several threads."""

    def __init__(self, http: httpx.Client, endpoints: Endpoints, settings: Settings) -> None:
        self._http = http
        self._endpoints = endpoints
        self._settings = settings
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0

    def token(self) -> str:
        """Return a token that lives for some time yet.

        Raises:
            SignInError: the token endpoint refused.
        """
        with self._lock:
            if not self._token or time.monotonic() >= self._renew_at:
                self._fetch()
            return self._token

    def caller_object_id(self) -> str:
        """Return the object id of the service principal that is signed in (the token's `oid`)."""
        claims = _claims(self.token())
        if not claims.get("oid"):
            msg = "the access token has no `oid` claim, so the caller is not known"
            raise SignInError(msg)
        return claims["oid"]

    def _fetch(self) -> None:
        url = f"{self._endpoints.login}/{self._settings.tenant_id}/oauth2/v2.0/token"
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "scope": f"{self._endpoints.graph}/.default",
            **self._credential(),
        }
        answer = _send(self._http, "POST", url, data=form, headers={"Accept": "application/json"})
        grant = _json(answer, url)
        self._token = grant["access_token"]
        self._renew_at = time.monotonic() + float(grant["expires_in"]) - RENEW_WHEN_LEFT_S

    def _credential(self) -> dict[str, str]:
        settings = self._settings
        if settings.client_secret:
            return {"client_secret": settings.client_secret}
        assertion = settings.oidc_token or self._requested_assertion()
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}

    def _requested_assertion(self) -> str:
        """Fetch the assertion as a GitHub workflow does.

        https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments
        """
        parts = urlsplit(self._settings.oidc_request_url or "")
        query = parse_qs(parts.query)
        query.setdefault("audience", [FEDERATION_AUDIENCE])
        url = urlunsplit(parts._replace(query=urlencode(query, doseq=True)))
        headers = {"Authorization": f"Bearer {self._settings.oidc_request_token}"}
        answer = _send(self._http, "GET", url, headers=headers)
        return _json(answer, urlunsplit(parts._replace(query="")))["value"]


def _send(http: httpx.Client, method: str, url: str, **arguments: Any) -> httpx.Response:
    try:
        return http.request(method, url, **arguments)
    except httpx.HTTPError as error:
        where = url.split("?", 1)[0]
        msg = f"cannot reach {where}: {error}; is the sandbox running, and SSL_CERT_FILE its CA?"
        raise SignInError(msg) from error


def _json(answer: httpx.Response, url: str) -> dict[str, Any]:
    if not answer.is_success:
        msg = f"{url} answered {answer.status_code}: {answer.text[:500]}"
        raise SignInError(msg)
    try:
        return json.loads(answer.content.decode("utf-8-sig"))
    except ValueError as error:
        msg = f"{url} did not answer with JSON"
        raise SignInError(msg) from error


def _claims(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        msg = "the access token is no JWT of three parts"
        raise SignInError(msg)
    padded = parts[1] + "=" * (-len(parts[1]) % 4)
    try:
        return json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, binascii.Error) as error:
        msg = "the access token's payload is not base64url JSON"
        raise SignInError(msg) from error
