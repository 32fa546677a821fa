"""An issuer in memory, which signs with joserfc: not the library that `verify` checks with.

It answers discovery, keys and token requests over `httpx.MockTransport`, remembers what it was
asked, and hands out whatever ID token the test wants.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER = "https://login.test/3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d/v2.0"
CLIENT_ID = "11111111-2222-3333-4444-555555555555"


def new_key(key_id: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": key_id, "use": "sig"}, private=True)


@dataclass(slots=True, kw_only=True)
class FakeIssuer:
    key: RSAKey
    issuer: str = ISSUER
    metadata: dict[str, Any] = field(default_factory=dict)
    """Overrides of the discovery document."""
    claims: dict[str, Any] = field(default_factory=dict)
    """Overrides of the ID token that a code is redeemed for."""
    token_answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """Answered first, in order; after that every code is good."""
    token_requests: list[httpx.Request] = field(default_factory=list)
    nonce: str = ""

    def id_token(
        self, *, key: RSAKey | None = None, header: Mapping[str, Any] | None = None, **claims: Any
    ) -> str:
        now = int(time.time())
        standard = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "pairwise-subject",
            "iat": now - 300,
            "nbf": now - 300,
            "exp": now + 3600,
            "nonce": self.nonce,
        }
        signing_key = key or self.key
        return jwt.encode(
            {"alg": "RS256", "kid": signing_key.kid, "typ": "JWT", **(header or {})},
            {
                name: value
                for name, value in {**standard, **self.claims, **claims}.items()
                if value is not None
            },
            signing_key,
        )

    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False)]}

    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._answer))

    def came_back(self, authorization_url: str, redirect_uri: str) -> str:
        """Play the browser: return where it ends up, and remember the nonce."""
        asked = parse_qs(urlsplit(authorization_url).query)
        self.nonce = asked["nonce"][0]
        return f"{redirect_uri}?code=a-code&state={asked['state'][0]}"

    def _answer(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        if url == f"{self.issuer.rstrip('/')}/.well-known/openid-configuration":
            return httpx.Response(200, json=self._document())
        if url == "https://login.test/keys":
            return httpx.Response(200, json=self.jwks())
        if url == "https://login.test/token" and request.method == "POST":
            self.token_requests.append(request)
            if self.token_answers:
                status, body = self.token_answers.pop(0)
                return httpx.Response(status, json=body)
            tokens = {"access_token": "an-access-token", "id_token": self.id_token()}
            return httpx.Response(200, json={"token_type": "Bearer", **tokens})
        return httpx.Response(404)

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": "https://login.test/authorize",
            "token_endpoint": "https://login.test/token",
            "jwks_uri": "https://login.test/keys",
            **self.metadata,
        }
