"""The authorization code flow, in the two steps that a web application has to take it in.

`begin` makes the address a browser is sent to and what must be remembered; `finish` takes the
address the browser came back to and returns verified tokens. `RelyingParty.sign_in` joins both
around a `Browser`.

RFC 6749 4.1 (code), RFC 7636 (PKCE), OpenID Connect Core 3.1.2.1 (nonce, login_hint).
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
It does not refresh tokens.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from verify.discovery import ProviderMetadata, discover, fetch_keys
from verify.errors import SignInError, SignInRefused, StateMismatchError
from verify.http_client import open_client
from verify.id_token import verify_id_token
from verify.pkce import ProofKey
from verify.token_endpoint import Authentication, ClientAuthentication, request_tokens

PkceMethod = Literal["auto", "no", "S256"]
"""`auto` is kubelogin's: only when the discovery document offers it, which Entra's does not."""


class Browser(Protocol):
    """Whatever takes a person through the pages of the sign-in."""

    def visit(self, url: str, *, redirect_uri: str) -> str:
        """Open `url` and return the address at `redirect_uri` that the browser was sent back to.

        Raises:
            SignInError: the browser never came back; SignInRefused when a page said why.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a sign-in ends with; the ID token is verified."""

    id_token: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    """None without the scope `offline_access`."""
    claims: Mapping[str, Any] = field(repr=False)
    """The ID token's verified claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingSignIn:
    """What must be remembered between the two steps; never show it to anyone but the browser."""

    url: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelyingParty:
    """A client of the issuer, set up to sign people in."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = ("openid",)
    redirect_uri: str
    pkce: PkceMethod = "S256"
    client_authentication: tuple[ClientAuthentication, ...] = ("none",)
    """Ways to authenticate at the token endpoint; the next is tried after `invalid_client`."""
    extra_parameters: Mapping[str, str] = field(default_factory=dict)
    """More parameters of the authorization request."""
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    """More headers of the token request."""
    ca_file: Path | None = None
    """The authority of the issuer's certificate; None means the system's."""

    def sign_in(self, browser: Browser, login_hint: str | None = None) -> Tokens:
        """Sign a person in by `browser` and return verified tokens.

        Raises:
            DiscoveryError, SignInError, TokenRejectedError: as their names say.
        """
        with open_client(self.ca_file) as http:
            pending = begin(self, http, login_hint)
            callback_url = browser.visit(pending.url, redirect_uri=self.redirect_uri)
            return finish(self, http, pending, callback_url)

    def begin(self, login_hint: str | None = None) -> PendingSignIn:
        """Start a sign-in whose browser is not under our control."""
        with open_client(self.ca_file) as http:
            return begin(self, http, login_hint)

    def finish(self, pending: PendingSignIn, callback_url: str) -> Tokens:
        """Complete what `begin` started, with the address the browser came back to."""
        with open_client(self.ca_file) as http:
            return finish(self, http, pending, callback_url)


def begin(party: RelyingParty, http: httpx.Client, login_hint: str | None) -> PendingSignIn:
    """Make the authorization request of `party`.

    Raises:
        DiscoveryError: the issuer does not say where to send it.
    """
    provider = discover(http, party.issuer)
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    parameters = {
        **party.extra_parameters,
        "client_id": party.client_id,
        "response_type": "code",
        "redirect_uri": party.redirect_uri,
        "scope": " ".join(party.scopes),
        "state": state,
        "nonce": nonce,
    }
    if login_hint:
        parameters["login_hint"] = login_hint
    proof = ProofKey.new() if _uses_pkce(party, provider) else None
    if proof:
        parameters |= {"code_challenge": proof.challenge, "code_challenge_method": "S256"}
    separator = "&" if urlsplit(provider.authorization_endpoint).query else "?"
    return PendingSignIn(
        url=f"{provider.authorization_endpoint}{separator}{urlencode(parameters)}",
        state=state,
        nonce=nonce,
        code_verifier=proof.verifier if proof else None,
    )


def finish(
    party: RelyingParty, http: httpx.Client, pending: PendingSignIn, callback_url: str
) -> Tokens:
    """Exchange the code in `callback_url` for tokens and verify the ID token.

    Raises:
        StateMismatchError: the answer belongs to another sign-in.
        SignInRefused: Entra refused, in the redirect or at the token endpoint.
        TokenRejectedError: the ID token failed a check.
        DiscoveryError: the issuer's keys cannot be had.
    """
    code = _code_from(callback_url, pending.state)
    provider = discover(http, party.issuer)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": party.redirect_uri,
    }
    if pending.code_verifier is not None:
        form["code_verifier"] = pending.code_verifier
    answer = request_tokens(
        http,
        provider.token_endpoint,
        form,
        Authentication(
            client_id=party.client_id,
            client_secret=party.client_secret,
            ways=party.client_authentication,
            extra_headers=party.extra_headers,
        ),
    )
    id_token, access_token = answer.get("id_token"), answer.get("access_token")
    if not isinstance(id_token, str) or not isinstance(access_token, str):
        msg = (
            f"The token endpoint of {party.issuer} sent no ID token with the access token: ask for"
            " the scope openid."
        )
        raise SignInError(msg)
    refresh_token = answer.get("refresh_token")
    return Tokens(
        id_token=id_token,
        access_token=access_token,
        refresh_token=refresh_token if isinstance(refresh_token, str) else None,
        claims=verify_id_token(
            id_token,
            issuer=party.issuer,
            audience=party.client_id,
            nonce=pending.nonce,
            keys=fetch_keys(http, provider.jwks_uri),
        ),
    )


def _uses_pkce(party: RelyingParty, provider: ProviderMetadata) -> bool:
    if party.pkce == "auto":
        return "S256" in provider.code_challenge_methods_supported
    return party.pkce == "S256"


def _code_from(callback_url: str, expected_state: str) -> str:
    parameters = {
        name: values[0] for name, values in parse_qs(urlsplit(callback_url).query).items()
    }
    # First of all: whatever else another sign-in's answer says is not for us.
    if not hmac.compare_digest(parameters.get("state", "").encode(), expected_state.encode()):
        msg = (
            "The answer's state is not the one of this sign-in: somebody may have tried to sign"
            " this browser in as someone else, or the page was kept open too long. Start again."
        )
        raise StateMismatchError(msg)
    if error := parameters.get("error"):
        raise SignInRefused(
            where="redirect", error=error, description=parameters.get("error_description", "")
        )
    code = parameters.get("code")
    if not code:
        msg = "The browser came back with neither a code nor an error. Start again."
        raise SignInError(msg)
    return code
