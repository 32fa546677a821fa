"""The portal's routes.

It signs people in by the code that verifies sign-ins (`verify.relying_party`), set up from the
ConfigMap and Secret that the stack declared: if they are wrong, signing in fails here as it would
in the portal. What is behind the sign-in is one page that says who one is.

Settings are read at every sign-in, as the portal starts before the stack exists.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.portal import pages
from sandbox.portal.sessions import (
    PENDING_COOKIE,
    PENDING_LIFE_S,
    SESSION_COOKIE,
    Sessions,
    SignedIn,
    seal,
    unseal,
)
from verify.cluster_trust import ClusterTrust
from verify.discovery import discover
from verify.errors import ClientSettingsError, KubernetesAccessError, VerifyError
from verify.http_client import open_client
from verify.kubernetes_access import who_am_i
from verify.portal_user import PortalUser
from verify.relying_party import PortalClient

PortalSettingsData = tuple[Mapping[str, str], Mapping[str, str]]
"""Data of the ConfigMap `portal-config` and of the Secret `portal-secret`, in plain text."""


def create_portal(
    settings_source: Callable[[], PortalSettingsData],
    ca_file: Path,
    *,
    kubernetes_url: str,
    kubernetes_ca_file: Path,
) -> Starlette:
    """Return the portal as an ASGI application.

    Args:
        settings_source: reads ConfigMap and Secret as a pod with `extraEnvFrom` would see them;
            raises LookupError while they do not exist.
        ca_file: authority of the issuer's certificate.
        kubernetes_url: the API server to ask who somebody is.
        kubernetes_ca_file: authority of the API server's certificate.
    """
    portal = _Portal(settings_source, ca_file, kubernetes_url, kubernetes_ca_file)
    return Starlette(
        routes=[
            Route("/", portal.home, methods=["GET"]),
            Route("/auth/login", portal.login, methods=["GET"]),
            Route("/auth/callback", portal.callback, methods=["GET"]),
            Route("/auth/logout", portal.logout, methods=["POST"]),
        ]
    )


class _Portal:
    """Handlers are not coroutines: what they call blocks, so each runs in a thread."""

    def __init__(
        self,
        settings_source: Callable[[], PortalSettingsData],
        ca_file: Path,
        kubernetes_url: str,
        kubernetes_ca_file: Path,
    ) -> None:
        self._settings_source = settings_source
        self._ca_file = ca_file
        self._kubernetes_url = kubernetes_url
        self._kubernetes_ca_file = kubernetes_ca_file
        self._sessions = Sessions()

    def home(self, request: Request) -> Response:
        session = self._sessions.get(request.cookies.get(SESSION_COOKIE))
        if session is None:
            return _html(pages.signed_out())
        claims, identity, problem = session.tokens.claims, None, None
        try:
            identity = who_am_i(
                self._kubernetes_url,
                self._kubernetes_ca_file,
                session.tokens.id_token,
                trust=ClusterTrust(issuer_url=claims["iss"], client_id=claims["aud"]),
            )
        except KubernetesAccessError as error:
            problem = str(error)
        return _html(pages.signed_in(session.user, identity, problem))

    def login(self, request: Request) -> Response:
        try:
            client, server_secret = self._client()
            pending = client.begin(request.query_params.get("login_hint"))
        except VerifyError as error:
            return _failure("The portal cannot start a sign-in", str(error), 503)
        response = RedirectResponse(pending.url, 302, headers=pages.SECURITY_HEADERS)
        cookie = seal(pending, server_secret, now_s=time.time())
        _set_cookie(response, PENDING_COOKIE, cookie, PENDING_LIFE_S)
        return response

    def callback(self, request: Request) -> Response:
        try:
            client, server_secret = self._client()
            pending = unseal(request.cookies.get(PENDING_COOKIE), server_secret)
            if pending is None:
                return _failure(
                    "Sign in again",
                    "This browser has no sign-in under way, or it took longer than ten minutes.",
                    400,
                )
            tokens = client.finish(pending, str(request.url))
            user = PortalUser.from_claims(tokens.claims)
        except VerifyError as error:
            response = _failure("You could not be signed in", str(error), 400)
            _delete_cookie(response, PENDING_COOKIE)
            return response
        session_id = self._sessions.add(SignedIn(user=user, tokens=tokens))
        response = RedirectResponse("/", 303, headers=pages.SECURITY_HEADERS)
        _delete_cookie(response, PENDING_COOKIE)
        _set_cookie(response, SESSION_COOKIE, session_id, None)
        return response

    def logout(self, request: Request) -> Response:
        """End the session here and at the issuer (OpenID Connect RP-Initiated Logout)."""
        session = self._sessions.remove(request.cookies.get(SESSION_COOKIE))
        target = "/"
        if session is not None:
            try:
                client, _ = self._client()
                with open_client(self._ca_file) as http:
                    end_session = discover(http, client.issuer).end_session_endpoint
            except VerifyError as error:
                return _failure("You are signed out of the portal only", str(error), 503)
            if end_session:
                target = f"{end_session}?" + urlencode(
                    {
                        "id_token_hint": session.tokens.id_token,
                        "post_logout_redirect_uri": client.portal_url,
                    }
                )
        response = RedirectResponse(target, 303, headers=pages.SECURITY_HEADERS)
        _delete_cookie(response, SESSION_COOKIE)
        return response

    def _client(self) -> tuple[PortalClient, str]:
        try:
            config_map, secret = self._settings_source()
        except LookupError as error:
            raise ClientSettingsError(
                source="portal settings",
                problems=["ConfigMap or Secret is not there yet: run `pulumi up` first."],
            ) from error
        client = PortalClient.from_settings(config_map, secret, ca_file=self._ca_file)
        if not (server_secret := secret.get("SERVER_SECRET")):
            raise ClientSettingsError(
                source="portal settings", problems=["SERVER_SECRET is missing from the Secret."]
            )
        return client, server_secret


def _html(page: str, status: int = 200) -> Response:
    return HTMLResponse(page, status, headers=pages.SECURITY_HEADERS)


def _failure(title: str, reason: str, status: int) -> Response:
    return _html(pages.failed(title, reason), status)


def _set_cookie(response: Response, name: str, value: str, max_age_s: int | None) -> None:
    """`lax`: the callback is a navigation that starts at the issuer's host."""
    response.set_cookie(
        name, value, max_age=max_age_s, path="/", secure=True, httponly=True, samesite="lax"
    )


def _delete_cookie(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
