"""The cluster's own keys: who may administer it, and what signs its service account tokens.

Client certificates come from an authority of their own: a key of one of the sandbox's HTTPS
listeners must not be a credential of the cluster.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

import trustme
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.certificates import IssuedCertificate

_ADMIN = "sandbox-admin"
# The API server grants everything to this group, without any binding:
# https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
_ADMIN_GROUP = "system:masters"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterCredentials:
    """Files of the cluster's keys, all readable by their owner alone."""

    client_ca_file: Path
    admin: IssuedCertificate
    service_account_key_file: Path


def create_credentials(folder: Path) -> ClusterCredentials:
    """Create all keys in `folder`, which is made if needed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    client_ca = trustme.CA()
    client_ca_file = folder / "client-ca.pem"
    client_ca_file.write_bytes(client_ca.cert_pem.bytes())
    # Without a name of this kind the certificate would have an empty critical extension, which the
    # API server refuses; a client's names are not looked at.
    unused_name = f"{_ADMIN}.invalid"
    admin = client_ca.issue_cert(unused_name, common_name=_ADMIN, organization_name=_ADMIN_GROUP)
    files = IssuedCertificate(cert_file=folder / "admin.pem", key_file=folder / "admin.key")
    files.cert_file.write_bytes(b"".join(blob.bytes() for blob in admin.cert_chain_pems))
    _write_private(files.key_file, admin.private_key_pem.bytes())
    service_account_key_file = folder / "service-account.key"
    _write_private(
        service_account_key_file,
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        ),
    )
    return ClusterCredentials(
        client_ca_file=client_ca_file,
        admin=files,
        service_account_key_file=service_account_key_file,
    )


def write_admin_kubeconfig(
    path: Path, *, server_url: str, ca_file: Path, admin: IssuedCertificate
) -> None:
    """Write a kubeconfig that needs no other file, so that it can be copied anywhere.

    https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
    """

    def encoded(file: Path) -> str:
        return base64.b64encode(file.read_bytes()).decode()

    kubeconfig = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "sandbox",
        "clusters": [
            {
                "name": "sandbox",
                "cluster": {"server": server_url, "certificate-authority-data": encoded(ca_file)},
            }
        ],
        "users": [
            {
                "name": _ADMIN,
                "user": {
                    "client-certificate-data": encoded(admin.cert_file),
                    "client-key-data": encoded(admin.key_file),
                },
            }
        ],
        "contexts": [{"name": "sandbox", "context": {"cluster": "sandbox", "user": _ADMIN}}],
    }
    _write_private(path, yaml.safe_dump(kubeconfig, sort_keys=False).encode())


def _write_private(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
