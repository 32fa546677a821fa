"""Where everything of a running sandbox is, as `.sandbox/endpoints.json` tells any client."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuers:
    """Both issuers of the tenant, exactly as they stand in ID tokens."""

    v1: str
    v2: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployerCredentials:
    """The identity that runs Pulumi."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCredentials:
    """The account's access key."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPerson:
    """Somebody who can sign in."""

    user_principal_name: str
    object_id: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Addresses and credentials of one running sandbox; worthless outside it, and once it ends."""

    ca_file: str
    tenant_id: str
    metadata_host: str
    login_url: str
    sts_url: str
    graph_url: str
    issuer: Issuers
    eks_url: str
    cluster: str
    kubernetes_url: str
    kubernetes_ca_file: str
    kubeconfig: str
    portal_url: str
    deployer: DeployerCredentials
    aws: AwsCredentials
    people: tuple[SandboxPerson, ...]

    def write(self, path: Path) -> None:
        """Write them as JSON, readable by the owner alone, in one step."""
        being_written = path.with_suffix(".part")
        being_written.touch(mode=0o600)
        being_written.write_text(json.dumps(asdict(self), indent=2) + "\n")
        being_written.replace(path)

    @classmethod
    def read(cls, path: Path) -> Endpoints:
        """Read what `write` wrote.

        Raises:
            FileNotFoundError: no sandbox has written it (yet).
        """
        raw: dict[str, Any] = json.loads(path.read_text())
        return cls(
            **raw
            | {
                "issuer": Issuers(**raw["issuer"]),
                "deployer": DeployerCredentials(**raw["deployer"]),
                "aws": AwsCredentials(**raw["aws"]),
                "people": tuple(SandboxPerson(**person) for person in raw["people"]),
            }
        )

    def program_environment(self) -> dict[str, str]:
        """Return the variables with which Pulumi, its plugins and the program find this sandbox.

        The same ones that point them to a real tenant and account.
        """
        return {
            "ARM_TENANT_ID": self.tenant_id,
            "ARM_CLIENT_ID": self.deployer.client_id,
            "ARM_CLIENT_SECRET": self.deployer.client_secret,
            "ARM_USE_CLI": "false",
            "AWS_ACCESS_KEY_ID": self.aws.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.aws.secret_access_key,
            "AWS_CA_BUNDLE": self.ca_file,
            "REQUESTS_CA_BUNDLE": self.ca_file,
            "SSL_CERT_FILE": self.ca_file,
        }
