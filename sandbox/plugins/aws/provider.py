"""The aws provider: settings, and which class serves which type.

The official plugin asks STS who it is unless it is told not to. There is no STS here, so the
settings that skip it are required: the same program must not depend on what is not emulated.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from sandbox.plugins.aws.cluster_lookup import get_cluster
from sandbox.plugins.aws.eks import Eks
from sandbox.plugins.aws.identity_provider_config import IdentityProviderConfig
from sandbox.plugins.protocol.errors import ProviderError
from sandbox.plugins.protocol.resource import Function, Properties, Provider, Resource
from sandbox.plugins.protocol.schema import Shape, load_shapes

IDENTITY_PROVIDER_CONFIG: Final = "aws:eks/identityProviderConfig:IdentityProviderConfig"
GET_CLUSTER: Final = "aws:eks/getCluster:getCluster"
NEEDS_STS: Final = ("skipCredentialsValidation", "skipRequestingAccountId")


class AwsProvider(Provider):
    """Stand-in for pulumi-resource-aws."""

    name: ClassVar[str] = "aws"
    distribution: ClassVar[str] = "pulumi-aws"

    def __init__(self) -> None:
        super().__init__(load_shapes(Path(__file__).with_name("schema.json")))
        self._eks: Eks | None = None
        self._default_tags: dict[str, str] = {}

    def configure(self, settings: Properties) -> None:
        """Prepare the EKS client; nothing is called yet."""
        missing = [name for name in NEEDS_STS if not settings.get(name)]
        if missing:
            msg = (
                f"the aws provider lacks {', '.join(missing)}: without them the official plugin "
                "calls AWS STS, which the sandbox does not have. Set them beside the endpoints"
            )
            raise ProviderError(msg)
        self._default_tags = (settings.get("defaultTags") or {}).get("tags") or {}
        self._eks = Eks(settings, self.cancelled)

    def resource(self, token: str) -> Resource | None:
        """Return the kind of resource with this type token."""
        if token != IDENTITY_PROVIDER_CONFIG:
            return None
        return IdentityProviderConfig(self.shapes[token], self._configured(), self._default_tags)

    def function(self, token: str) -> tuple[Shape, Function] | None:
        """Return the lookup with this token."""
        if token != GET_CLUSTER:
            return None
        return self.shapes[token], partial(get_cluster, self._configured())

    def close(self) -> None:
        """Close the connections."""
        if self._eks is not None:
            self._eks.close()

    def _configured(self) -> Eks:
        if self._eks is None:
            msg = "the aws provider was called before it was configured"
            raise ProviderError(msg)
        return self._eks
