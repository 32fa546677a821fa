"""The kubernetes provider: the connection, and objects of any kind by their type token."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar, Final

from sandbox.plugins.kubernetes.api import Api
from sandbox.plugins.kubernetes.kubeconfig import load_connection
from sandbox.plugins.kubernetes.object import KubernetesObject, SecretObject
from sandbox.plugins.protocol.errors import CheckFailure, ProviderError
from sandbox.plugins.protocol.resource import Properties, Provider, Resource
from sandbox.plugins.protocol.schema import load_shapes

# Settings that the environment can give: input -> variable.
VARIABLES: Final = {
    "enableConfigMapMutable": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "enablePatchForce": "PULUMI_K8S_ENABLE_PATCH_FORCE",
    "enableSecretMutable": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
}
NOT_EMULATED: Final = ("alwaysRender", "helmReleaseSettings", "renderYamlToDirectory")
NO_OBJECTS: Final = ("helm.sh/", "yaml", "kustomize")


class KubernetesProvider(Provider):
    """Stand-in for pulumi-resource-kubernetes."""

    name: ClassVar[str] = "kubernetes"
    distribution: ClassVar[str] = "pulumi-kubernetes"
    identity: ClassVar[frozenset[str]] = frozenset({"clusterIdentifier"})

    def __init__(self) -> None:
        super().__init__(load_shapes(Path(__file__).with_name("schema.json")))
        self._api: Api | None = None
        self._settings: dict[str, Any] = {}

    def check_settings(self, settings: Properties) -> list[CheckFailure]:
        """Refuse the modes that are not emulated."""
        reason = "the sandbox's stand-in does not emulate this; use the official plugin"
        found = [CheckFailure(path=n, reason=reason) for n in NOT_EMULATED if n in settings]
        if settings.get("enableServerSideApply") is False:
            found.append(CheckFailure(path="enableServerSideApply", reason=reason))
        return found

    def configure(self, settings: Properties) -> None:
        """Read the kubeconfig; nothing is called yet."""
        from_environment = {
            name: os.environ[variable].lower() in ("1", "true")
            for name, variable in VARIABLES.items()
            if variable in os.environ
        }
        self._settings = {**from_environment, **settings}
        self._api = Api(load_connection(settings, os.environ), self.cancelled)

    def resource(self, token: str) -> Resource | None:
        """Return the kind that a token such as `kubernetes:core/v1:Secret` names."""
        _, module, kind = token.split(":")
        if module.startswith(NO_OBJECTS) or kind.endswith(("Patch", "List")):
            return None
        api_version = module.removeprefix("core/") if module.startswith("core/") else module
        is_secret = (api_version, kind) == ("v1", "Secret")
        factory = SecretObject if is_secret else KubernetesObject
        return factory(self._configured(), api_version, kind, self._settings)

    def close(self) -> None:
        """Close the connections."""
        if self._api is not None:
            self._api.close()

    def _configured(self) -> Api:
        if self._api is None:
            msg = "the kubernetes provider was called before it was configured"
            raise ProviderError(msg)
        return self._api
