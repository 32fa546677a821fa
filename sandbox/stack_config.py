"""A stack's configuration file, completed with what only a running sandbox knows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox.endpoints import Endpoints

PROJECT = "entra-eks-sso"


class StackConfigError(Exception):
    """The stack's file cannot be rehearsed in this sandbox."""


def render(source: Path, endpoints: Endpoints, changes: Mapping[str, Any] | None = None) -> str:
    """Return the YAML of `source` with the sandbox's endpoints in it.

    `changes` are settings by name that go on top; mappings are merged, None removes.

    Raises:
        StackConfigError: the file is for another tenant or cluster than the sandbox's.
    """
    config: dict[str, Any] = yaml.safe_load(source.read_text())["config"]
    for setting, served in (("tenantId", endpoints.tenant_id), ("cluster", endpoints.cluster)):
        value = config.get(f"{PROJECT}:{setting}")
        named = value["name"] if isinstance(value, dict) else value
        if named != served:
            msg = f"{source.name} is for {setting} {named}, and the sandbox has {served} only"
            raise StackConfigError(msg)
    own = {
        "cloud": {
            "metadataHost": endpoints.metadata_host,
            "loginEndpoint": endpoints.login_url,
            "stsEndpoint": endpoints.sts_url,
            "graphEndpoint": endpoints.graph_url,
        },
        "cluster": {"kubeconfig": endpoints.kubeconfig, "eksEndpoint": endpoints.eks_url},
        "portal": {"url": endpoints.portal_url},
    }
    for settings in (own, changes or {}):
        config = _merged(config, {f"{PROJECT}:{name}": value for name, value in settings.items()})
    return yaml.safe_dump({"config": config}, sort_keys=False)


def settings_of(rendered: Path) -> dict[str, Any]:
    """Return the program's settings in a rendered file, by name."""
    config = yaml.safe_load(rendered.read_text())["config"]
    prefix = f"{PROJECT}:"
    return {
        key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)
    }


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = _merged(merged[key], value)
        else:
            merged[key] = value
    return merged
