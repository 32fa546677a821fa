"""One ephemeral certificate authority a sandbox.

Everything in the sandbox speaks TLS: MSAL, the azuread plugin and kube-apiserver insist on it.
The authority lives as long as the sandbox and is trusted only by the children that are told its
file; verification is never switched off anywhere.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCertificate:
    """PEM files of one certificate (with its chain) and its private key."""

    cert_file: Path
    key_file: Path

    def server_context(self) -> ssl.SSLContext:
        """Return a context that serves TLS >= 1.2 with this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.cert_file, self.key_file)
        return context


class CertificateAuthority:
    """A new certificate authority whose files are written to `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ca = trustme.CA()
        folder.mkdir(parents=True, exist_ok=True)
        self.ca_file: Path = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))

    def issue(self, name: str, *identities: str) -> IssuedCertificate:
        """Issue a server certificate for host names or IP addresses, in files called `name`."""
        certificate = self._ca.issue_cert(*identities)
        cert_file, key_file = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        cert_file.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
        key_file.touch(mode=0o600)
        key_file.write_bytes(certificate.private_key_pem.bytes())
        return IssuedCertificate(cert_file=cert_file, key_file=key_file)

    def client_context(self) -> ssl.SSLContext:
        """Return a context that trusts this authority and nothing else."""
        return ssl.create_default_context(cafile=str(self.ca_file))
