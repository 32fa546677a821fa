"""A directory extension property as a Pulumi resource, which no provider has.

The values of users are `user_attributes`; the claim is a claims mapping policy's.
The module path and the name `Provider` are part of the state's format.

Source of the gap: https://github.com/hashicorp/terraform-provider-azuread/issues/737
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
)
from pulumi.output import Unknown

from graph.client import GraphClient
from graph.errors import GraphRequestError
from graph.extension_definition import (
    ExtensionDefinition,
    adopt_or_register,
    delete_definition,
    list_definitions,
    wait_until_available,
)
from graph.provider_process import client_from_config

_DATA_TYPES = ("String", "Integer", "LargeInteger", "Boolean", "DateTime", "Binary")
_TARGET_OBJECTS = (
    "User",
    "Group",
    "AdministrativeUnit",
    "Application",
    "Device",
    "Organization",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inputs:
    application_object_id: str
    property_name: str
    data_type: str
    target_objects: tuple[str, ...]

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> _Inputs:
        return cls(
            application_object_id=raw["application_object_id"],
            property_name=raw["property_name"],
            data_type=raw["data_type"],
            target_objects=tuple(raw["target_objects"]),
        )

    def props(self) -> dict[str, Any]:
        return {
            "application_object_id": self.application_object_id,
            "property_name": self.property_name,
            "data_type": self.data_type,
            "target_objects": list(self.target_objects),
        }


class Provider(ResourceProvider):
    """Registers, adopts and deletes definitions; Graph has no update, so a change replaces."""

    serialize_as_secret_always = False
    """The state holds a reference to this class and nothing else; see its test."""

    _graph: GraphClient

    def configure(self, req: ConfigureRequest) -> None:
        """Connect to Graph with the stack's settings and the environment's identity."""
        self._graph = client_from_config(req)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Refuse what Graph would refuse, before anything is changed."""
        failures: list[CheckFailure] = []
        application, data_type = news["application_object_id"], news["data_type"]
        if isinstance(application, str) and "/" in application:
            reason = "must be the application's object id alone, not '/applications/<object id>'"
            failures.append(CheckFailure("application_object_id", reason))
        if not isinstance(data_type, Unknown) and data_type not in _DATA_TYPES:
            reason = f"is {data_type!r}; must be one of {', '.join(_DATA_TYPES)}"
            failures.append(CheckFailure("data_type", reason))
        objects = news["target_objects"]
        if not objects or set(objects) - set(_TARGET_OBJECTS):
            reason = f"is {objects}; must be of {', '.join(_TARGET_OBJECTS)}"
            failures.append(CheckFailure("target_objects", reason))
        return CheckResult(news, failures)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Replace on any change, the old one first: two of one name cannot coexist."""
        old, new = _Inputs.parse(olds).props(), _Inputs.parse(news).props()
        changed = [name for name in new if old[name] != new[name]]
        return DiffResult(changes=bool(changed), replaces=changed, delete_before_replace=True)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Adopt or register the definition, and wait until values of it can be written."""
        inputs = _Inputs.parse(props)
        definition, adopted = adopt_or_register(
            self._graph,
            inputs.application_object_id,
            property_name=inputs.property_name,
            data_type=inputs.data_type,
            target_objects=inputs.target_objects,
        )
        if adopted:
            pulumi.log.info(f"The extension property {definition.name} exists and is taken over.")
        wait_until_available(self._graph, definition.name)
        return CreateResult(definition.property_id, _outs(inputs, definition, adopted=adopted))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Look whether the definition is still there."""
        inputs = _Inputs.parse(props)
        try:
            definitions = list_definitions(self._graph, inputs.application_object_id)
        except GraphRequestError as error:
            if error.fault.status != 404:
                raise
            definitions = []
        for definition in definitions:
            if definition.property_id == id_:
                outs = _outs(inputs, definition, adopted=bool(props.get("adopted")))
                return ReadResult(id_, outs, inputs.props())
        # Pulumi's dynamic provider needs a dictionary even for a resource that is gone.
        return ReadResult(None, {})

    def delete(self, id_: str, props: dict[str, Any]) -> None:
        """Delete the definition, unless it was there before this program: others may use it."""
        if props.get("adopted"):
            name = props.get("extension_name")
            pulumi.log.info(
                f"The extension property {name} was there before this program and is left."
            )
            return
        delete_definition(self._graph, _Inputs.parse(props).application_object_id, id_)


class ExtensionProperty(Resource, module="entra", name="ExtensionProperty"):
    """A directory extension property of an application.

    The application needs a service principal first: let the resource depend on it, or creation
    ends after five minutes with an error that says so.
    """

    extension_name: pulumi.Output[str]
    """Graph's name, to the letter: the token service tells upper from lower case in it."""
    extension_property_id: pulumi.Output[str]
    adopted: pulumi.Output[bool]
    """Whether it was there before; then it stays when the resource goes."""

    def __init__(
        self,
        name: str,
        *,
        application_object_id: pulumi.Input[str],
        property_name: pulumi.Input[str],
        data_type: pulumi.Input[str] = "String",
        target_objects: Sequence[str] = ("User",),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            Provider(),
            name,
            {
                "application_object_id": application_object_id,
                "property_name": property_name,
                "data_type": data_type,
                "target_objects": list(target_objects),
                # Outputs that are not named here never reach the program.
                "extension_name": None,
                "extension_property_id": None,
                "adopted": None,
            },
            opts,
        )


def _outs(inputs: _Inputs, definition: ExtensionDefinition, *, adopted: bool) -> dict[str, Any]:
    return inputs.props() | {
        "extension_name": definition.name,
        "extension_property_id": definition.property_id,
        "adopted": adopted,
    }
