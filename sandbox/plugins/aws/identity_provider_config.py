"""aws:eks/identityProviderConfig:IdentityProviderConfig.

EKS has no call to change one: every difference but that of tags is a replacement. Associating and
disassociating take as long as the control plane needs to reload; both are waited for.
https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociateIdentityProviderConfig.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from sandbox.plugins.aws.eks import Eks, EksError
from sandbox.plugins.protocol.difference import Comparison
from sandbox.plugins.protocol.errors import CheckFailure, PartiallyCreatedError, ProviderError
from sandbox.plugins.protocol.path import pattern
from sandbox.plugins.protocol.resource import Properties, Resource
from sandbox.plugins.protocol.schema import Shape
from sandbox.plugins.protocol.values import UNKNOWN

DEFAULT_TIMEOUT_S: Final = 40 * 60.0
OIDC_MEMBERS: Final = (
    "clientId",
    "groupsClaim",
    "groupsPrefix",
    "identityProviderConfigName",
    "issuerUrl",
    "requiredClaims",
    "usernameClaim",
    "usernamePrefix",
)
NOT_ASSOCIATED: Final = "Identity provider config is not associated with cluster"


class AssociationVanishedError(ProviderError):
    """An association is not there (any more): EKS has no status for a failed one."""

    def __init__(self, cluster: str, config_name: str) -> None:
        super().__init__(
            f"the identity provider {config_name} of the cluster {cluster} is not there. If it was "
            "just associated, that has failed: `aws eks list-updates` and `describe-update` say why"
        )


class IdentityProviderConfig(Resource):
    """The trust of one cluster in one OIDC issuer; its id is `<cluster>:<config name>`."""

    rules = Comparison(
        replace_on=frozenset({pattern("clusterName"), pattern("oidc"), pattern("region")})
    )
    computed_inputs = frozenset({"region"})

    def __init__(self, shape: Shape, eks: Eks, default_tags: Mapping[str, str]) -> None:
        super().__init__(shape)
        self._eks = eks
        self._default_tags = default_tags

    def problems(self, inputs: Properties) -> list[CheckFailure]:
        """Return empty values, an issuer that is no https URL, and a foreign region."""
        oidc = inputs["oidc"] if isinstance(inputs["oidc"], Mapping) else {}
        found = [
            CheckFailure(path=f"oidc.{name}", reason="must not be empty")
            for name in OIDC_MEMBERS
            if oidc.get(name) == ""
        ]
        issuer = oidc.get("issuerUrl")
        if issuer and issuer is not UNKNOWN and not _is_https(issuer):
            reason = f"{issuer!r} is no https URL with a host"
            found.append(CheckFailure(path="oidc.issuerUrl", reason=reason))
        region = inputs.get("region", self._eks.region)
        if region is not UNKNOWN and region != self._eks.region:
            reason = f"the sandbox has only the provider's region {self._eks.region!r}"
            found.append(CheckFailure(path="region", reason=reason))
        return found

    def preview_create(self, inputs: Properties) -> dict[str, Any]:
        """Return the state to come; what depends only on names is known already."""
        oidc = inputs["oidc"]
        config_name = oidc["identityProviderConfigName"] if oidc is not UNKNOWN else UNKNOWN
        return {
            **super().preview_create(inputs),
            "identityProviderConfigName": config_name,
            "region": self._eks.region,
            "tagsAll": self._all_tags(inputs),
        }

    def create(self, inputs: Properties, timeout_s: float) -> tuple[str, dict[str, Any]]:
        """Associate and wait until the association is active."""
        cluster, oidc = inputs["clusterName"], inputs["oidc"]
        config_name = oidc["identityProviderConfigName"]
        tags = self._all_tags(inputs)
        self._eks.call(
            "AssociateIdentityProviderConfig",
            clusterName=cluster,
            oidc={name: oidc[name] for name in OIDC_MEMBERS if oidc.get(name)},
            clientRequestToken=f"terraform-{uuid4().hex}",
            **({"tags": tags} if tags else {}),
        )
        resource_id = f"{cluster}:{config_name}"
        try:
            self._eks.wait_until(
                lambda: self._is_active(cluster, config_name),
                what=f"the association of {resource_id}",
                timeout_s=timeout_s or DEFAULT_TIMEOUT_S,
            )
        except AssociationVanishedError:
            raise
        except ProviderError as error:
            raise PartiallyCreatedError(
                str(error), resource_id=resource_id, state=inputs, inputs=inputs
            ) from error
        return resource_id, self._state(self._require(cluster, config_name), inputs)

    def read(self, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """Return the live association."""
        config = self._find(*_names(resource_id))
        return None if config is None else self._state(config, state)

    def update(
        self,
        resource_id: str,
        state: Properties,
        old: Properties,
        new: Properties,
        timeout_s: float,
    ) -> dict[str, Any]:
        """Change the tags; nothing else can change in place."""
        del old, timeout_s
        live = self._require(*_names(resource_id))
        arn, wanted = live["identityProviderConfigArn"], self._all_tags(new)
        present = live.get("tags", {})
        if gone := [name for name in present if name not in wanted]:
            self._eks.call("UntagResource", resourceArn=arn, tagKeys=gone)
        if changed := {n: value for n, value in wanted.items() if present.get(n) != value}:
            self._eks.call("TagResource", resourceArn=arn, tags=changed)
        return self._state(self._require(*_names(resource_id)), {**state, **new})

    def delete(self, resource_id: str, state: Properties, timeout_s: float) -> None:
        """Disassociate and wait until the association is gone."""
        del state
        cluster, config_name = _names(resource_id)
        try:
            self._eks.call(
                "DisassociateIdentityProviderConfig",
                clusterName=cluster,
                identityProviderConfig={"type": "oidc", "name": config_name},
            )
        except EksError as error:
            gone = error.code == "ResourceNotFoundException"
            if gone or NOT_ASSOCIATED in error.message:
                return
            raise
        self._eks.wait_until(
            lambda: self._find(cluster, config_name) is None,
            what=f"the disassociation of {resource_id}",
            timeout_s=timeout_s or DEFAULT_TIMEOUT_S,
        )

    def _is_active(self, cluster: str, config_name: str) -> bool:
        return self._require(cluster, config_name)["status"] == "ACTIVE"

    def _require(self, cluster: str, config_name: str) -> dict[str, Any]:
        config = self._find(cluster, config_name)
        if config is None:
            raise AssociationVanishedError(cluster, config_name)
        return config

    def _find(self, cluster: str, config_name: str) -> dict[str, Any] | None:
        try:
            answer = self._eks.call(
                "DescribeIdentityProviderConfig",
                clusterName=cluster,
                identityProviderConfig={"type": "oidc", "name": config_name},
            )
        except EksError as error:
            if error.code != "ResourceNotFoundException":
                raise
            return None
        return answer["identityProviderConfig"]["oidc"]

    def _state(self, live: Mapping[str, Any], known: Properties) -> dict[str, Any]:
        tags = dict(live.get("tags") or {})
        declared = known.get("tags") or {}
        return {
            "arn": live["identityProviderConfigArn"],
            "clusterName": live["clusterName"],
            "identityProviderConfigName": live["identityProviderConfigName"],
            "oidc": {name: live[name] for name in OIDC_MEMBERS if live.get(name)},
            "region": self._eks.region,
            "status": live["status"],
            "tags": {
                name: value
                for name, value in tags.items()
                if name in declared or self._default_tags.get(name) != value
            },
            "tagsAll": tags,
        }

    def _all_tags(self, inputs: Properties) -> Any:
        declared = inputs.get("tags", {})
        return UNKNOWN if declared is UNKNOWN else {**self._default_tags, **declared}


def _names(resource_id: str) -> tuple[str, str]:
    cluster, found, config_name = resource_id.partition(":")
    if not (found and cluster and config_name):
        msg = f"{resource_id!r} is not of the form '<cluster>:<config name>'"
        raise ProviderError(msg)
    return cluster, config_name


def _is_https(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.netloc)
