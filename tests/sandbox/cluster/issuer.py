"""A small OpenID Connect issuer, so that the cluster is tested without the Entra stand-in."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.certificates import CertificateAuthority
from sandbox.serving import Server, bind, url_of


class Issuer:
    """Issues tokens for `{base_url}/{path}`, for any path; all are signed with one key.

    As with Entra, the issuer of a tenant is `{base_url}/{tenant}/` (v1, with a slash at the end) or
    `{base_url}/{tenant}/v2.0` (without); its discovery document is at the same place either way.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        self.app = Starlette(
            routes=[
                Route("/keys", self._keys),
                Route("/{path:path}/.well-known/openid-configuration", self._discovery),
            ]
        )

    def url(self, path: str) -> str:
        return f"{self.base_url}/{path}"

    def token(self, issuer_url: str, client_id: str, **claims: Any) -> str:
        """Issue a token that no cache has seen; a claim given as None is left out."""
        now = int(time.time())
        standard = {
            "iss": issuer_url,
            "aud": client_id,
            "sub": "subject",
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid.uuid4()),
        }
        wanted = {name: value for name, value in (standard | claims).items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": self._key.kid}, wanted, self._key)

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})

    async def _discovery(self, request: Request) -> Response:
        path = request.path_params["path"]
        return JSONResponse(
            {
                "issuer": self.url(path if "/" in path else f"{path}/"),
                "jwks_uri": f"{self.base_url}/keys",
                "authorization_endpoint": f"{self.base_url}/authorize",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )


@contextmanager
def serve_issuer(ca: CertificateAuthority) -> Iterator[Issuer]:
    sock = bind()
    issuer = Issuer(url_of(sock))
    with Server(issuer.app, sock, ca.issue("issuer", "localhost"), "issuer"):
        yield issuer
