"""A kubeconfig (its text or its path) as a connection to one API server.

It takes client certificates and tokens. A user that is fetched by a command (`exec`) is refused: in
the sandbox there is no such command, and a wrong kubeconfig should not run one.
https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
"""

from __future__ import annotations

import base64
import os
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sandbox.plugins.protocol.errors import ProviderError


class KubeconfigError(ProviderError):
    """The kubeconfig does not lead to an API server; secrets are never in the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How to reach and sign in to one API server; `namespace` is the context's default."""

    server: str
    tls: ssl.SSLContext
    token: str | None = field(repr=False)
    namespace: str
    impersonated: tuple[tuple[str, str], ...] = ()
    """Headers that make the API server act as somebody else (the user's `as`, `as-groups`):
    https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation"""


def load_connection(settings: Mapping[str, Any], environ: Mapping[str, str]) -> Connection:
    """Return the connection that the provider's `kubeconfig`, `context` and `cluster` name.

    Without `kubeconfig` the variable KUBECONFIG is taken, and never `~/.kube/config`: the sandbox
    must not end up at a cluster nobody named.

    Raises:
        KubeconfigError: nothing given, not readable, or incomplete.
    """
    config, folder = _read(settings.get("kubeconfig") or environ.get("KUBECONFIG"))
    context = _named(config, "contexts", settings.get("context") or config.get("current-context"))
    entry = context.get("context") or {}
    cluster = _named(config, "clusters", settings.get("cluster") or entry.get("cluster"))
    user = _named(config, "users", entry.get("user"))
    connection = cluster.get("cluster") or {}
    credentials = user.get("user") or {}
    if "exec" in credentials:
        msg = (
            f"the kubeconfig's user {entry.get('user')!r} is fetched by a command (exec), which "
            "the kubernetes stand-in does not run; give it a client certificate or a token"
        )
        raise KubeconfigError(msg)
    if not connection.get("server"):
        msg = f"the kubeconfig's cluster {entry.get('cluster')!r} has no server"
        raise KubeconfigError(msg)
    return Connection(
        server=connection["server"].rstrip("/"),
        tls=_tls(connection, credentials, folder),
        token=_token(credentials, folder),
        namespace=settings.get("namespace") or entry.get("namespace") or "default",
        impersonated=_impersonated(credentials),
    )


def _read(kubeconfig: str | None) -> tuple[dict[str, Any], Path]:
    if not kubeconfig:
        msg = "the kubernetes provider has no kubeconfig; give it one, or set KUBECONFIG"
        raise KubeconfigError(msg)
    text, folder = kubeconfig, Path.cwd()
    if "\n" not in kubeconfig and not kubeconfig.lstrip().startswith("{"):
        path = Path(kubeconfig).expanduser()
        try:
            text, folder = path.read_text(encoding="utf-8"), path.parent
        except OSError as error:
            msg = f"cannot read the kubeconfig {kubeconfig}: {error.strerror}"
            raise KubeconfigError(msg) from error
    try:
        config = yaml.safe_load(text)
    except yaml.YAMLError as error:
        # The error quotes the text, and the text holds credentials.
        msg = "the kubeconfig is neither YAML nor JSON"
        raise KubeconfigError(msg) from error.with_traceback(None)
    if not isinstance(config, dict):
        msg = "the kubeconfig is no mapping"
        raise KubeconfigError(msg)
    return config, folder


def _named(config: Mapping[str, Any], section: str, name: str | None) -> Mapping[str, Any]:
    entries = config.get(section) or []
    found = next((entry for entry in entries if entry.get("name") == name), None)
    if found is None:
        names = ", ".join(str(entry.get("name")) for entry in entries) or "none"
        msg = f"the kubeconfig has no {section[:-1]} {name!r}; it has {names}"
        raise KubeconfigError(msg)
    return found


def _tls(
    connection: Mapping[str, Any], credentials: Mapping[str, Any], folder: Path
) -> ssl.SSLContext:
    authority = _content(connection, "certificate-authority", folder)
    context = ssl.create_default_context(cadata=authority.decode() if authority else None)
    certificate = _content(credentials, "client-certificate", folder)
    key = _content(credentials, "client-key", folder)
    if certificate and key:
        _load_pair(context, certificate, key)
    return context


def _load_pair(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    """Load a client certificate; the ssl module takes it only from a file."""
    with tempfile.NamedTemporaryFile(prefix="client-", suffix=".pem") as pair:
        # NamedTemporaryFile is readable by its owner only.
        pair.write(certificate + b"\n" + key)
        pair.flush()
        context.load_cert_chain(pair.name)


def _impersonated(credentials: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    if not credentials.get("as"):
        return ()
    groups = (("Impersonate-Group", group) for group in credentials.get("as-groups") or ())
    return (("Impersonate-User", credentials["as"]), *groups)


def _token(credentials: Mapping[str, Any], folder: Path) -> str | None:
    if credentials.get("token"):
        return credentials["token"]
    if path := credentials.get("tokenFile"):
        return (folder / path).read_text(encoding="utf-8").strip()
    return None


def _content(entry: Mapping[str, Any], name: str, folder: Path) -> bytes | None:
    if data := entry.get(f"{name}-data"):
        return base64.b64decode(data)
    if not (path := entry.get(name)):
        return None
    try:
        return (folder / os.fspath(path)).read_bytes()
    except OSError as error:
        msg = f"cannot read the kubeconfig's {name} {path}: {error.strerror}"
        raise KubeconfigError(msg) from error
