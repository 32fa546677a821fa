"""The control plane of one cluster: its identity providers and the updates they take.

Associating and disassociating configure the real API server, and are done when that has loaded the
change, and not before the time that its temper (`temper`) says. Where this differs from EKS on
purpose: an issuer that the API server cannot discover fails the association after a minute (what
EKS does then is not documented). IAM, node groups and all else of EKS are left to others.
"""

from __future__ import annotations

import hashlib
import random
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.eks.access_key import AccessKey
from sandbox.eks.api_server import ApiServer
from sandbox.eks.call_log import CallLog, RecordedCall
from sandbox.eks.errors import (
    InvalidParameterError,
    TagsBadRequestError,
    ThrottlingError,
    another_request,
    no_such_cluster,
    no_such_config,
    no_such_tagged_resource,
    no_such_update,
    not_associated,
    update_in_progress,
)
from sandbox.eks.identity_provider import (
    CONFIG_TYPE,
    ConfigStatus,
    IdentityProviderConfig,
    Oidc,
    Update,
    UpdateStatus,
    UpdateType,
)
from sandbox.eks.rules import check_association, check_tags
from sandbox.eks.temper import EksTemper


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterDescription:
    """The cluster as DescribeCluster shows it."""

    name: str
    arn: str
    role_arn: str
    created_at: datetime
    version: str
    endpoint: str
    issuer: str
    """Of service account tokens (IRSA), which is not an identity provider of people."""
    ca_pem: bytes
    updating: bool
    tags: Mapping[str, str]


class EksControlPlane:
    """The control plane of the cluster `cluster_name`; may be used by several threads.

    `access_key` is the account's only one, made up unless it is given; `kubernetes_version` is what
    EKS says and goes by, the API server's own unless it is given. `temper` may be set to another
    one at any time; it counts for updates that begin later.
    """

    def __init__(
        self,
        cluster: ApiServer,
        *,
        cluster_name: str,
        region: str,
        account_id: str,
        access_key: AccessKey | None = None,
        kubernetes_version: str | None = None,
        temper: EksTemper | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self.cluster_name = cluster_name
        self.region = region
        self.access_key = access_key or AccessKey.generate()
        self.calls = CallLog()
        self._api_server = cluster
        self._version = kubernetes_version
        self._arn_prefix = f"arn:aws:eks:{region}:{account_id}"
        self._cluster_arn = f"{self._arn_prefix}:cluster/{cluster_name}"
        self._role_arn = f"arn:aws:iam::{account_id}:role/{cluster_name}"
        issuer_id = hashlib.sha256(self._cluster_arn.encode()).hexdigest()[:32].upper()
        self._issuer = f"https://oidc.eks.{region}.amazonaws.com/id/{issuer_id}"
        self._clock = clock
        self._new_id = new_id
        self._created_at = clock()
        self._lock = threading.RLock()
        self.temper = temper or EksTemper()
        self._configs: dict[str, IdentityProviderConfig] = {}
        self._updates: dict[str, Update] = {}
        self._by_request_token: dict[str, tuple[Any, str]] = {}
        self._cluster_tags: dict[str, str] = {}

    @property
    def temper(self) -> EksTemper:
        """How slow and moody it is from now on."""
        return self._temper

    @temper.setter
    def temper(self, temper: EksTemper) -> None:
        with self._lock:
            self._temper = temper
            self._dice = random.Random(temper.seed)  # noqa: S311 - repeatable on purpose

    @property
    def unexpected(self) -> list[RecordedCall]:
        """The calls to which nothing here answers."""
        return self.calls.unexpected

    @property
    def kubernetes_version(self) -> str:
        """The cluster's minor version, such as `1.34`."""
        return self._version or self._api_server.version

    def admit(self) -> None:
        """Let a call pass, or not.

        Raises:
            ThrottlingError: by its temper.
        """
        with self._lock:
            if self._dice.random() < self._temper.throttling_rate:
                msg = "Rate exceeded"
                raise ThrottlingError(msg)

    def describe_cluster(self, name: str) -> ClusterDescription:
        """Raises ResourceNotFoundError, as every operation does for another cluster's name."""
        with self._lock:
            self._settle(name)
            return ClusterDescription(
                name=name,
                arn=self._cluster_arn,
                role_arn=self._role_arn,
                created_at=self._created_at,
                version=self.kubernetes_version,
                endpoint=self._api_server.server_url,
                issuer=self._issuer,
                ca_pem=self._api_server.ca_file.read_bytes(),
                updating=self._in_progress() is not None,
                tags=dict(self._cluster_tags),
            )

    def associate(
        self, cluster: str, oidc: Oidc, tags: Mapping[str, str], request_token: str | None
    ) -> Update:
        """Begin to trust an identity provider.

        Raises:
            EksError: another update is in progress, or `rules` does not allow it.
        """
        with self._lock:
            self._settle(cluster)
            request = (UpdateType.ASSOCIATE, oidc, dict(tags))
            if repeated := self._repeated(request_token, request):
                return repeated
            self._ensure_no_update(UpdateType.ASSOCIATE)
            check_association(
                oidc,
                present=[config.oidc for config in self._configs.values()],
                cluster_name=cluster,
                cluster_issuer=self._issuer,
                kubernetes_version=self.kubernetes_version,
            )
            check_tags(tags, InvalidParameterError)
            config_id = self._new_id()
            self._configs[oidc.name] = IdentityProviderConfig(
                arn=f"{self._arn_prefix}:identityproviderconfig/{cluster}/{CONFIG_TYPE}"
                f"/{oidc.name}/{config_id}",
                cluster_name=cluster,
                oidc=oidc,
                status=ConfigStatus.CREATING,
                tags=dict(tags),
            )
            return self._begin(request, oidc.name, request_token)

    def disassociate(
        self, cluster: str, config_type: str, name: str, request_token: str | None
    ) -> Update:
        """Begin to trust an identity provider no more.

        Raises:
            EksError: it is not associated, or another update is in progress.
        """
        with self._lock:
            self._settle(cluster)
            request = (UpdateType.DISASSOCIATE, config_type, name)
            if repeated := self._repeated(request_token, request):
                return repeated
            self._ensure_no_update(UpdateType.DISASSOCIATE)
            if config_type != CONFIG_TYPE or name not in self._configs:
                raise not_associated(cluster)
            self._configs[name] = replace(self._configs[name], status=ConfigStatus.DELETING)
            return self._begin(request, name, request_token)

    def describe_config(self, cluster: str, config_type: str, name: str) -> IdentityProviderConfig:
        """Raises ResourceNotFoundError for one that is not associated (any more)."""
        with self._lock:
            self._settle(cluster)
            if config_type != CONFIG_TYPE or name not in self._configs:
                raise no_such_config(cluster, config_type, name)
            return self._configs[name]

    def list_configs(self, cluster: str) -> list[IdentityProviderConfig]:
        """Return all, also those that are coming or going."""
        with self._lock:
            self._settle(cluster)
            return list(self._configs.values())

    def describe_update(self, cluster: str, update_id: str) -> Update:
        """Raises ResourceNotFoundError for an update there has never been."""
        with self._lock:
            self._settle(cluster)
            if update_id not in self._updates:
                raise no_such_update(update_id)
            return self._updates[update_id]

    def list_updates(self, cluster: str) -> list[str]:
        """Return the ids of all updates there have been, the oldest first."""
        with self._lock:
            self._settle(cluster)
            return list(self._updates)

    def tags(self, arn: str) -> dict[str, str]:
        """Raises TagsNotFoundError when nothing has this ARN."""
        with self._lock:
            self._settle(self.cluster_name)
            if arn == self._cluster_arn:
                return dict(self._cluster_tags)
            return dict(self._config_by_arn(arn).tags)

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Add tags, or change their values.

        Raises:
            EksError: nothing has this ARN, or the tags are not allowed.
        """
        with self._lock:
            self._set_tags(arn, self.tags(arn) | dict(tags))

    def untag(self, arn: str, keys: Sequence[str]) -> None:
        """Remove tags; those that are not there do not matter. Raises as `tag`."""
        with self._lock:
            kept = {key: value for key, value in self.tags(arn).items() if key not in keys}
            self._set_tags(arn, kept)

    def _set_tags(self, arn: str, tags: dict[str, str]) -> None:
        check_tags(tags, TagsBadRequestError)
        if arn == self._cluster_arn:
            self._cluster_tags = tags
        else:
            config = self._config_by_arn(arn)
            self._configs[config.oidc.name] = replace(config, tags=tags)

    def _config_by_arn(self, arn: str) -> IdentityProviderConfig:
        for config in self._configs.values():
            if config.arn == arn:
                return config
        raise no_such_tagged_resource(arn)

    def _ensure_no_update(self, wanted: UpdateType) -> None:
        if update := self._in_progress():
            raise update_in_progress(wanted.value, self.cluster_name, update.id)

    def _in_progress(self) -> Update | None:
        for update in self._updates.values():
            if update.status is UpdateStatus.IN_PROGRESS:
                return update
        return None

    def _repeated(self, request_token: str | None, request: tuple[Any, ...]) -> Update | None:
        """The token makes a repeated request the same request; another one may not use it."""
        known = self._by_request_token.get(request_token or "")
        if known is None:
            return None
        before, update_id = known
        if before != request:
            raise another_request()
        return self._updates[update_id]

    def _begin(
        self, request: tuple[Any, ...], config_name: str, request_token: str | None
    ) -> Update:
        kind: UpdateType = request[0]
        associating = kind is UpdateType.ASSOCIATE
        temper, now = self._temper, self._clock()
        takes_s = temper.association_s if associating else temper.disassociation_s
        update = Update(
            id=self._new_id(),
            type=kind,
            status=UpdateStatus.IN_PROGRESS,
            config_name=config_name,
            created_at=now,
            not_before=now + timedelta(seconds=takes_s),
            doom=temper.association_error if associating else None,
        )
        self._updates[update.id] = update
        if request_token:
            self._by_request_token[request_token] = (request, update.id)
        if update.doom is None:
            self._apply_trust()
        return update

    def _apply_trust(self) -> None:
        self._api_server.trust(
            [
                config.oidc.trusted_issuer()
                for config in self._configs.values()
                if config.status is not ConfigStatus.DELETING
            ]
        )

    def _settle(self, cluster: str) -> None:
        """Bring the update in progress, if any, to where the API server has got."""
        if cluster != self.cluster_name:
            raise no_such_cluster(cluster)
        if (update := self._in_progress()) is None:
            return
        if self._clock() < update.not_before:
            return
        if reason := update.doom or self._api_server.trust_refusal():
            self._fail(update, reason)
        elif self._api_server.trust_is_loaded():
            self._updates[update.id] = replace(update, status=UpdateStatus.SUCCESSFUL)
            if update.type is UpdateType.ASSOCIATE:
                self._activate(update.config_name)
            else:
                del self._configs[update.config_name]

    def _fail(self, update: Update, reason: str) -> None:
        self._updates[update.id] = replace(update, status=UpdateStatus.FAILED, error=reason)
        if update.type is UpdateType.ASSOCIATE:
            del self._configs[update.config_name]
        else:
            self._activate(update.config_name)
        if update.doom is None:
            self._apply_trust()

    def _activate(self, name: str) -> None:
        self._configs[name] = replace(self._configs[name], status=ConfigStatus.ACTIVE)
