"""What the conformance tests talk to: a sandbox, or a real tenant and account."""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import httpx
from botocore.config import Config

from sandbox.endpoints import Endpoints

PREFIX = "entra-eks-sso-conformance-"
"""Everything that is written to a real tenant has a name that begins so."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A tenant, an identity in it, and an EKS cluster."""

    is_real: bool
    tenant_id: str
    login_url: str
    graph_url: str
    client_id: str
    client_secret: str = field(repr=False)
    region: str
    cluster: str
    ca_file: str | None = None
    eks_url: str | None = None
    aws: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """What boto3 signs with; empty: what it finds by itself."""

    @property
    def authority(self) -> str:
        """The tenant's address at the login endpoint."""
        return f"{self.login_url}/{self.tenant_id}"

    def http(self) -> httpx.Client:
        """Return a client that trusts whom this target's clients trust."""
        tls = ssl.create_default_context(cafile=self.ca_file)
        return httpx.Client(verify=tls, trust_env=self.is_real, timeout=30)

    def eks(self) -> Any:
        """Return a boto3 client of the account."""
        return boto3.client(
            "eks",
            region_name=self.region,
            endpoint_url=self.eks_url,
            verify=self.ca_file,
            config=Config(proxies=None if self.is_real else {}),
            **self.aws,
        )

    def new_name(self) -> str:
        """Return a name for something to be written; nobody else uses it."""
        return f"{PREFIX}{secrets.token_hex(4)}"


def sandbox_target(endpoints: Endpoints) -> Target:
    return Target(
        is_real=False,
        tenant_id=endpoints.tenant_id,
        login_url=endpoints.login_url,
        graph_url=endpoints.graph_url,
        client_id=endpoints.deployer.client_id,
        client_secret=endpoints.deployer.client_secret,
        region="eu-central-1",
        cluster=endpoints.cluster,
        ca_file=endpoints.ca_file,
        eks_url=endpoints.eks_url,
        aws={
            "aws_access_key_id": endpoints.aws.access_key_id,
            "aws_secret_access_key": endpoints.aws.secret_access_key,
        },
    )


def real_target(environ: Mapping[str, str]) -> Target:
    """The public cloud, by the variables that `selection` requires."""
    return Target(
        is_real=True,
        tenant_id=environ["ARM_TENANT_ID"],
        login_url="https://login.microsoftonline.com",
        graph_url="https://graph.microsoft.com",
        client_id=environ["ARM_CLIENT_ID"],
        client_secret=environ["ARM_CLIENT_SECRET"],
        region=environ["AWS_REGION"],
        cluster=environ["CONFORMANCE_EKS_CLUSTER"],
    )
