"""Signing in for tests: the protocol step by step, by httpx; ID tokens are verified by PyJWT."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt

from sandbox.entra import Entra

VERIFIER = "a-code-verifier-of-some-fifty-characters-0123456789"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
NONCE = "a-nonce"
STATE = "a-state"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser and a client in one, in small steps."""

    entra: Entra
    http: httpx.Client

    def endpoint(self, name: str, version: str = "v2", tenant: str | None = None) -> str:
        infix = "oauth2/v2.0" if version == "v2" else "oauth2"
        return (
            f"{self.entra.endpoints.login}/{tenant or self.entra.tenant.tenant_id}/{infix}/{name}"
        )

    def authorize(
        self,
        client_id: str,
        redirect_uri: str,
        *,
        version: str = "v2",
        new_browser: bool = True,
        **changes: Any,
    ) -> httpx.Response:
        """Open the authorization endpoint; a change to None leaves the parameter out.

        In a new browser nobody is signed in.
        """
        if new_browser:
            self.http.cookies.clear()
        parameters: dict[str, str | None] = {
            "client_id": client_id,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "scope": "openid profile email offline_access",
            "state": STATE,
            "nonce": NONCE,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        parameters |= changes
        sent = {name: value for name, value in parameters.items() if value is not None}
        return self.http.get(self.endpoint("authorize", version), params=sent)

    def enter(self, page: httpx.Response, user: str, password: str | None = None) -> httpx.Response:
        """Fill in the sign-in page as a person and press the button."""
        assert page.status_code == 200, page.text
        action = _first(r'<form method="post" action="([^"]+)"', page.text.rpartition("<h2")[2])
        if password is None:
            [person] = [p for p in self.entra.people if user in p.user_principal_name]
            user, password = person.user_principal_name, person.password
        ctx = _first(r'name="ctx" value="([^"]+)"', page.text)
        return self.http.post(
            f"{self.entra.endpoints.login}{action}",
            data={"ctx": ctx, "login": user, "passwd": password},
        )

    def code(self, client_id: str, redirect_uri: str, user: str, **changes: Any) -> str:
        """Sign a person in and return the authorization code."""
        response = self.enter(self.authorize(client_id, redirect_uri, **changes), user)
        return sent_back(response)["code"]

    def redeem(
        self, client_id: str, redirect_uri: str, code: str, *, version: str = "v2", **changes: Any
    ) -> httpx.Response:
        """Redeem a code; a change to None leaves the field out."""
        headers, auth = changes.pop("headers", None), changes.pop("auth", None)
        form = {
            "grant_type": "authorization_code",
            "client_id": client_id,
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": VERIFIER,
        } | changes
        return self.http.post(
            self.endpoint("token", version),
            data={name: value for name, value in form.items() if value is not None},
            headers=headers,
            auth=auth,
        )

    def tokens(
        self,
        client_id: str,
        redirect_uri: str,
        user: str,
        *,
        secret: str | None = None,
        version: str = "v2",
        **changes: Any,
    ) -> dict[str, Any]:
        """Sign a person in and return what the token endpoint answers."""
        code = self.code(client_id, redirect_uri, user, version=version, **changes)
        response = self.redeem(client_id, redirect_uri, code, version=version, client_secret=secret)
        assert response.status_code == 200, response.text
        return response.json()

    def claims(
        self, id_token: str, client_id: str, *, version: str = "v2", nonce: str | None = NONCE
    ) -> dict[str, Any]:
        """Verify an ID token as a relying party that knows only the issuer; return its claims."""
        issuer = self.entra.endpoints.issuer(self.entra.tenant.tenant_id, version)  # type: ignore[arg-type]
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        document = self.http.get(address).raise_for_status().json()
        assert document["issuer"] == issuer
        keys = jwt.PyJWKSet.from_dict(self.http.get(document["jwks_uri"]).raise_for_status().json())
        key = keys[jwt.get_unverified_header(id_token)["kid"]]
        claims = jwt.decode(id_token, key, algorithms=["RS256"], audience=client_id, issuer=issuer)
        assert claims.get("nonce") == nonce
        return claims

    def person_claims(
        self,
        client_id: str,
        redirect_uri: str,
        user: str,
        *,
        secret: str | None = None,
        version: str = "v2",
        **changes: Any,
    ) -> dict[str, Any]:
        """Sign a person in and return the claims of the verified ID token."""
        tokens = self.tokens(
            client_id, redirect_uri, user, secret=secret, version=version, **changes
        )
        return self.claims(tokens["id_token"], client_id, version=version)


def sent_back(response: httpx.Response) -> dict[str, str]:
    """Return the parameters with which the browser is sent back in the query."""
    assert response.status_code == 302, response.text
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def page_error(response: httpx.Response) -> str:
    """Return the AADSTS error that a page shows."""
    return unescape(_first(r"(AADSTS\d+: [^<]+)", response.text))


def _first(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def refusal(response: httpx.Response, code: int, error: str, status: int = 400) -> dict[str, Any]:
    """Check the documented shape of an error of the token endpoint and return it."""
    body = response.json()
    assert response.status_code == status, body
    assert body["error_codes"] == [code]
    assert body["error"] == error
    assert body["error_description"].startswith(f"AADSTS{code}: ")
    assert f"Trace ID: {body['trace_id']}" in body["error_description"]
    assert f"Correlation ID: {body['correlation_id']}" in body["error_description"]
    return body


def refresh(sign_in: SignIn, client_id: str, token: str, **more: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": token, **more}
    return sign_in.http.post(sign_in.endpoint("token"), data=form)
