"""The browser of the person at the keyboard, and a listener for where it is sent back to.

For real tenants: multi-factor authentication and Conditional Access need a real browser. Like
kubectl's plugin, it listens on loopback, on the redirect URI's port, for one sign-in
(RFC 8252 section 7.3). It does not check what comes back; `authorization_code` does.
"""

from __future__ import annotations

import socketserver
import time
import webbrowser
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import cast
from urllib.parse import parse_qs, urlsplit

from verify.errors import SignInError

_DONE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Signed in</title>
<p>You can close this page and go back to the terminal.</p></html>"""
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1"})


class SystemBrowser:
    """Opens pages by the system's default browser.

    Args:
        say: takes the line that tells the person where to go if no browser opens.
        timeout_s: how long the person has, in seconds; the plugin gives 180 as well.
        open_url: opens an address and tells whether a browser could be started.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        timeout_s: float = 180,
        open_url: Callable[[str], bool] = webbrowser.open,
    ) -> None:
        self._say = say
        self._timeout_s = timeout_s
        self._open_url = open_url

    def visit(self, url: str, *, redirect_uri: str) -> str:
        """Open `url` and wait until the browser comes back to `redirect_uri`.

        Raises:
            SignInError: not a loopback redirect URI, its port is taken, or nobody came in time.
        """
        redirect = urlsplit(redirect_uri)
        if redirect.scheme != "http" or redirect.hostname not in _LOOPBACK_HOSTS:
            msg = (
                f"The browser would be sent to {redirect_uri}, where this program cannot listen;"
                " only http://localhost:<port> works here."
            )
            raise SignInError(msg)
        port = redirect.port or 80
        try:
            listener = _Listener(port, redirect.path or "/")
        except OSError as error:
            msg = (
                f"Port {port} of the redirect URI {redirect_uri} cannot be listened on: {error}."
                " End what uses it, perhaps another kubectl that waits for a sign-in."
            )
            raise SignInError(msg) from error
        with listener:
            self._say(f"Sign in by the browser; if none opens, visit {url}")
            self._open_url(url)
            deadline = time.monotonic() + self._timeout_s
            while listener.answer is None and (left := deadline - time.monotonic()) > 0:
                listener.timeout = left
                listener.handle_request()
        if listener.answer is None:
            msg = (
                f"Nobody came back to {redirect_uri} within {self._timeout_s:g} s. If the browser"
                " shows an AADSTS error, the README says what it means."
            )
            raise SignInError(msg)
        return f"{redirect_uri}?{listener.answer}"


class _Listener(socketserver.TCPServer):
    """Keeps the query of the first request that is an authorization response."""

    allow_reuse_address = True

    def __init__(self, port: int, path: str) -> None:
        self.path = path
        self.answer: str | None = None
        super().__init__(("127.0.0.1", port), _Callback)

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is no event; the next request is waited for."""


class _Callback(BaseHTTPRequestHandler):
    timeout = 10  # a connection that the browser opens ahead and never uses

    def do_GET(self) -> None:
        """Answer the browser; anything but an authorization response is 404."""
        listener = cast(_Listener, self.server)
        asked = urlsplit(self.path)
        parameters = parse_qs(asked.query)
        if (asked.path or "/") != listener.path or not {"code", "error"} & parameters.keys():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        listener.answer = asked.query
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(_DONE)))
        self.end_headers()
        self.wfile.write(_DONE)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: the request line holds the authorization code."""
