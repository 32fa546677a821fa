"""Extension properties with their types, and users in their shards."""

from __future__ import annotations

import pulumi
import pulumi_azuread as azuread

from attributes.places import Place
from attributes.resolution import DeclaredUser, Person
from components.extension_properties import ExtensionProperties, ExtensionPropertiesArgs
from components.user_attributes import UserAttributes, UserAttributesArgs
from graph.shards import shard_of
from settings.model import ExtensionProperty
from tests.program.recorder import Recorder

PROPERTY = "pulumi-python:dynamic/entra:ExtensionProperty"
SHARD = "pulumi-python:dynamic/entra:UserAttributes"


def user(name: str, **values: str) -> DeclaredUser:
    return DeclaredUser(
        person=Person(object_id=f"id-of-{name}", user_principal_name=f"{name}@contoso.example"),
        values=values,
        places=dict.fromkeys(values, Place("people.csv", 2)),
    )


def test_a_property_has_the_declared_type(recorder: Recorder) -> None:
    @pulumi.runtime.test
    def build() -> None:
        ExtensionProperties(
            "properties",
            ExtensionPropertiesArgs(
                application_object_id="application",
                service_principal=azuread.ServicePrincipal("sp", client_id="c"),
                properties=(
                    ExtensionProperty(name="picture"),
                    ExtensionProperty.model_validate({"name": "badge", "dataType": "Integer"}),
                ),
            ),
        )

    build()

    assert {
        resource.name: resource.inputs["data_type"] for resource in recorder.of_type(PROPERTY)
    } == {"properties-picture": "String", "properties-badge": "Integer"}


def test_users_stand_in_the_shards_of_their_object_ids(recorder: Recorder) -> None:
    @pulumi.runtime.test
    def build() -> None:
        UserAttributes(
            "users",
            UserAttributesArgs(
                extension_names={"picture": "extension_0_picture", "badge": "extension_0_badge"},
                data_types={"picture": "String", "badge": "Integer"},
                users=[
                    user("bob", badge="7"),
                    user("alice", picture="a"),
                    user("carol", badge="8"),
                ],
            ),
        )

    build()

    lines = {
        line: resource.name
        for resource in recorder.of_type(SHARD)
        for line in resource.inputs["users"].splitlines()[1:]
    }
    assert lines == {
        f"{name}@contoso.example,id-of-{name},{values}": f"users-{shard_of(f'id-of-{name}'):02d}"
        for name, values in (("alice", ",a"), ("bob", "7,"), ("carol", "8,"))
    }
