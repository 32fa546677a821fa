"""GitHub's token service for workflows, on loopback: an issuer, and what a runner asks for a token.

https://docs.github.com/actions/reference/security/oidc
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.certificates import CertificateAuthority
from sandbox.serving import Server, bind, url_of


class WorkflowTokens:
    """Issues a token to each job that shows the bearer token it was started with."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._jobs: dict[str, str] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._document),
                Route("/.well-known/jwks", self._keys),
                Route("/token", self._token),
            ]
        )

    def job(self, subject: str, client_id: str) -> dict[str, str]:
        """Return the environment of a job whose tokens have `subject`, as a workflow sets it.

        It has no secret of Entra; an empty variable counts as one that is not there.
        """
        bearer = secrets.token_urlsafe(16)
        self._jobs[bearer] = subject
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": bearer,
            "ARM_CLIENT_ID": client_id,
            "ARM_CLIENT_SECRET": "",
            "ARM_USE_OIDC": "true",
        }

    async def _document(self, _: Request) -> JSONResponse:
        return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/.well-known/jwks"})

    async def _keys(self, _: Request) -> JSONResponse:
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return JSONResponse({"keys": [{**key, "kid": "1", "use": "sig", "alg": "RS256"}]})

    async def _token(self, request: Request) -> JSONResponse:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer not in self._jobs:
            return JSONResponse({"message": "no such job"}, status_code=401)
        now = int(time.time())
        claims = {
            "iss": self.url,
            "sub": self._jobs[bearer],
            "aud": request.query_params["audience"],
            "iat": now,
            "nbf": now,
            "exp": now + 300,
        }
        token = jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "1"})
        return JSONResponse({"count": len(token), "value": token})


@contextmanager
def workflow_tokens(authority: CertificateAuthority) -> Iterator[WorkflowTokens]:
    """Serve it while the block runs."""
    sock = bind()
    tokens = WorkflowTokens(url_of(sock))
    with Server(tokens.app, sock, authority.issue("workflow-tokens", "localhost"), "tokens"):
        yield tokens
