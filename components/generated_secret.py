"""A random secret that is made once and then stays: a dynamic resource without any service behind.

It exists because the portal needs a key for its sessions that nobody should have to invent, and
that must not change with every update. The value is only ever in the encrypted part of the state
and in the resources it is given to.
The module path and the class name of the provider are part of the state's format.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider

_BYTES = 48


class GeneratedSecretProvider(ResourceProvider):
    """Makes the value on create; there is nothing to read back, update or delete."""

    serialize_as_secret_always = False
    """The provider is stored as a reference to this class and holds nothing."""

    def create(self, props: Mapping[str, Any]) -> CreateResult:
        """Return a value of 64 URL-safe characters, from the operating system's generator."""
        return CreateResult(
            id_=secrets.token_hex(8),
            outs={
                "rotateWhenChanged": props["rotateWhenChanged"],
                "value": secrets.token_urlsafe(_BYTES),
            },
        )

    def diff(self, _id: str, _olds: Mapping[str, Any], _news: Mapping[str, Any]) -> DiffResult:
        """Replace the secret when, and only when, `rotateWhenChanged` differs."""
        changed = _olds.get("rotateWhenChanged") != _news.get("rotateWhenChanged")
        return DiffResult(changes=changed, replaces=["rotateWhenChanged"] if changed else [])


class GeneratedSecret(Resource, module="entra-eks-sso", name="GeneratedSecret"):
    """A random secret; another `rotate_when_changed` makes another one."""

    value: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        rotate_when_changed: str = "",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            GeneratedSecretProvider(),
            name,
            {"rotateWhenChanged": rotate_when_changed, "value": None},
            pulumi.ResourceOptions.merge(
                opts, pulumi.ResourceOptions(additional_secret_outputs=["value"])
            ),
        )
