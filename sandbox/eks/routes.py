"""The operations of EKS that the sandbox has, as data: what answers, and where it is documented.

Whatever is not in this list is answered by 501.
"""

from __future__ import annotations

from dataclasses import dataclass

_DOCUMENTATION = "https://docs.aws.amazon.com/eks/latest/APIReference/API_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the service model."""

    name: str
    method: str
    path: str
    """Path template, in Starlette's notation."""

    @property
    def documentation(self) -> str:
        """The operation's page."""
        return f"{_DOCUMENTATION}{self.name}.html"


_CLUSTER = "/clusters/{name}"
_CONFIGS = f"{_CLUSTER}/identity-provider-configs"
_TAGS = "/tags/{arn:path}"

OPERATIONS = (
    Operation(name="DescribeCluster", method="GET", path=_CLUSTER),
    Operation(name="ListIdentityProviderConfigs", method="GET", path=_CONFIGS),
    Operation(name="AssociateIdentityProviderConfig", method="POST", path=f"{_CONFIGS}/associate"),
    Operation(name="DescribeIdentityProviderConfig", method="POST", path=f"{_CONFIGS}/describe"),
    Operation(
        name="DisassociateIdentityProviderConfig", method="POST", path=f"{_CONFIGS}/disassociate"
    ),
    Operation(name="ListUpdates", method="GET", path=f"{_CLUSTER}/updates"),
    Operation(name="DescribeUpdate", method="GET", path=_CLUSTER + "/updates/{update_id}"),
    Operation(name="ListTagsForResource", method="GET", path=_TAGS),
    Operation(name="TagResource", method="POST", path=_TAGS),
    Operation(name="UntagResource", method="DELETE", path=_TAGS),
)
