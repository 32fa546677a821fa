"""The one way this package opens HTTP connections.

Verification of certificates is never switched off: a private authority is given by its file.
Loopback never goes through a proxy, as in Go's `http.ProxyFromEnvironment`, which kubectl and its
plugin use; any other host does when the environment says so.
"""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx

USER_AGENT = "entra-eks-sso-verify"
_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")


def open_client(ca_file: Path | None) -> httpx.Client:
    """Return a client, to be closed by the caller; it follows no redirects.

    `ca_file` is the only authority that is trusted; None means those of the system
    (or of SSL_CERT_FILE).
    """
    verify = ssl.create_default_context(cafile=str(ca_file)) if ca_file else True
    return httpx.Client(
        verify=verify,
        timeout=httpx.Timeout(30, connect=10),
        headers={"User-Agent": USER_AGENT},
        mounts=dict.fromkeys(_LOOPBACK),
    )
