"""A recorder in place of the engine: remembers what was registered, answers with plausible ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pulumi


@dataclass
class Recorder(pulumi.runtime.Mocks):
    """Resources in the order of their registration."""

    resources: list[pulumi.runtime.MockResourceArgs] = field(default_factory=list)

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Remember the resource; outputs are its inputs and ids made of its name."""
        self.resources.append(args)
        made_up = {
            "clientId": f"{args.name}-client-id",
            "objectId": f"{args.name}-object-id",
            "value": f"{args.name}-secret-value",
            "extension_name": f"extension_0_{args.inputs.get('property_name')}",
        }
        return f"{args.name}-id", made_up | dict(args.inputs)

    def call(
        self, args: pulumi.runtime.MockCallArgs
    ) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Components look nothing up: what they need is given to them."""
        raise AssertionError(args.token)

    def of_type(self, token: str) -> list[pulumi.runtime.MockResourceArgs]:
        """Return the resources of a type, such as `azuread:index/application:Application`."""
        return [resource for resource in self.resources if resource.typ == token]

    def one(self, token: str) -> dict[str, Any]:
        """Return the inputs of the only resource of a type."""
        (resource,) = self.of_type(token)
        return dict(resource.inputs)
