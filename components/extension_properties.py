"""Directory extension properties of users, such as `default_namespace` and `picture`.

They belong to the sign-in application, and can be written only when it has a service principal.
The values are not declared here (`user_attributes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from graph.extension_property import ExtensionProperty
from settings.model import ExtensionProperty as ExtensionPropertySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionPropertiesArgs:
    """Which properties, on which application."""

    application_object_id: pulumi.Input[str]
    service_principal: pulumi.Resource
    properties: Sequence[ExtensionPropertySettings]


class ExtensionProperties(pulumi.ComponentResource):
    """One extension property of users a name."""

    extension_names: dict[str, pulumi.Output[str]]
    """`extension_<client id without hyphens>_<name>` by name, exactly as Microsoft Graph wrote it:
    the token service tells upper from lower case."""

    def __init__(
        self, name: str, args: ExtensionPropertiesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("entra-eks-sso:identity:ExtensionProperties", name, {}, opts)
        self.extension_names = {}
        # Without a service principal a property exists, but nobody can write its values.
        previous = args.service_principal
        for declared in args.properties:
            extension_property = ExtensionProperty(
                f"{name}-{declared.name}",
                application_object_id=args.application_object_id,
                property_name=declared.name,
                data_type=declared.data_type,
                # One after the other: replaced at once, one definition would go while the values
                # of another are still being cleared.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[previous]),
            )
            self.extension_names[declared.name] = extension_property.extension_name
            previous = extension_property
        self.register_outputs({"extension_names": self.extension_names})
