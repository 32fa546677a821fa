"""Whether a redirect URI is registered, and as which platform: that decides the client's type.

https://learn.microsoft.com/entra/identity-platform/reply-url
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from sandbox.entra.directory.objects import Application

Platform = Literal["web", "spa", "publicClient"]

_PLATFORMS: tuple[Platform, ...] = ("web", "spa", "publicClient")
_LOOPBACK = frozenset({"localhost", "127.0.0.1"})


def platform_of(application: Application, redirect_uri: str) -> Platform | None:
    """Return the platform that the redirect URI is registered under, or None.

    Where two registered ones differ in the port of localhost only, Entra "will pick one
    arbitrarily"; here it is always the stricter one, so that such a registration shows itself.
    """
    wanted = _comparable(redirect_uri)
    for platform in _PLATFORMS:
        registered = application.properties[platform]["redirectUris"]
        if any(_comparable(uri) == wanted for uri in registered):
            return platform
    return None


def with_path(redirect_uri: str) -> str:
    """Return the URI as Entra redirects to it: one without a path gets a slash."""
    parts = urlsplit(redirect_uri)
    return redirect_uri if parts.path or not parts.netloc else urlunsplit(parts._replace(path="/"))


def _comparable(uri: str) -> str:
    """Return what is compared: host without case, path with case, port of http loopback ignored."""
    parts = urlsplit(with_path(uri))
    host = (parts.hostname or "").casefold()
    is_loopback = parts.scheme == "http" and host in _LOOPBACK
    netloc = host if is_loopback else parts.netloc.casefold()
    return urlunsplit(parts._replace(netloc=netloc))
