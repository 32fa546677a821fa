"""What the plugins' stand-ins know: resources with what replaces them, and lookups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.plugins.aws.identity_provider_config import IdentityProviderConfig
from sandbox.plugins.aws.provider import IDENTITY_PROVIDER_CONFIG
from sandbox.plugins.azuread.provider import RESOURCES
from sandbox.plugins.kubernetes.replacement import ALWAYS, BY_KIND, CONFIG_MAP, SECRET
from sandbox.plugins.sdk_schema import SOURCES, FunctionSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow:
    """One type of resource."""

    token: str
    replaced_by: tuple[str, ...]
    """The inputs whose change makes another object."""
    refused: tuple[str, ...]
    """Official inputs that the stand-in does not take."""


def azuread_and_aws() -> Iterator[ResourceRow]:
    """Yield the resource types of the two plugins that have a list of them."""
    classes: dict[str, Any] = {
        **RESOURCES,
        IDENTITY_PROVIDER_CONFIG: IdentityProviderConfig,
    }
    for token, resource in classes.items():
        yield ResourceRow(
            token=token,
            replaced_by=tuple(sorted(".".join(each) for each in resource.rules.replace_on)),
            refused=tuple(sorted(resource.not_emulated)),
        )


def kubernetes_kinds() -> Iterator[ResourceRow]:
    """Yield the kinds that more than their name and namespace replaces."""
    yield ResourceRow(token="any kind", replaced_by=ALWAYS, refused=())  # noqa: S106
    by_kind = {
        ("", "Secret"): SECRET,
        ("", "ConfigMap"): CONFIG_MAP,
        **BY_KIND,
    }
    for (group, kind), paths in sorted(by_kind.items()):
        yield ResourceRow(token=f"{group}/{kind}" if group else kind, replaced_by=paths, refused=())


def lookups() -> list[str]:
    """Return the tokens of all functions."""
    return [
        source.pulumi_type
        for sources in SOURCES.values()
        for source in sources
        if isinstance(source, FunctionSource)
    ]
