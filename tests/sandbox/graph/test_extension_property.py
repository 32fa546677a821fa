"""The dynamic resource of an extension property against the emulated directory."""

from __future__ import annotations

from typing import Any

import pytest

from graph.errors import GraphRequestError
from graph.extension_property import Provider
from tests.sandbox.graph.conftest import Directory, DirectoryWithout


def inputs(directory: Directory, **changes: Any) -> dict[str, Any]:
    return {
        "__provider": "reference",
        "application_object_id": directory.application_object_id,
        "property_name": "default_namespace",
        "data_type": "String",
        "target_objects": ["User"],
    } | changes


def test_a_property_is_registered_read_and_deleted(directory: Directory) -> None:
    directory.add_service_principal()
    provider = directory.configured(Provider())

    created = provider.create(inputs(directory))
    outs = created.outs or {}

    assert outs["extension_name"] == directory.extension_name("default_namespace")
    assert outs["adopted"] is False
    assert provider.read(created.id, outs).outs == outs
    assert provider.diff(created.id, outs, inputs(directory)).changes is False
    provider.delete(created.id, outs)
    provider.delete(created.id, outs)
    assert provider.read(created.id, outs).id is None


def test_a_property_that_exists_is_taken_over(directory: Directory) -> None:
    directory.add_service_principal()
    first = directory.configured(Provider()).create(inputs(directory))

    second = directory.configured(Provider()).create(inputs(directory))

    assert second.id == first.id
    assert (second.outs or {})["adopted"] is True


def test_a_property_of_an_application_that_is_gone_is_gone(directory: Directory) -> None:
    directory.add_service_principal()
    provider = directory.configured(Provider())
    created = provider.create(inputs(directory))
    outs = created.outs or {}

    directory.client.delete(f"/applications/{directory.application_object_id}")

    assert provider.read(created.id, outs).id is None
    provider.delete(created.id, outs)


@pytest.mark.parametrize(
    ("role", "operation"),
    [
        ("Application.ReadWrite.OwnedBy", "POST /applications"),
        ("Directory.Read.All", "POST /directoryObjects/getAvailableExtensionProperties"),
    ],
)
def test_a_missing_permission_is_named_with_the_operation(
    directory_without: DirectoryWithout, role: str, operation: str
) -> None:
    with directory_without() as directory:
        directory.add_service_principal()
        _take_role(directory, role)
        with pytest.raises(GraphRequestError) as caught:
            directory.configured(Provider()).create(inputs(directory))

    assert f"refused {operation}" in str(caught.value)
    assert f"the application permission {role}, with admin consent" in str(caught.value)


def _take_role(directory: Directory, role: str) -> None:
    """Take one of Graph's application roles from the deployer, as an administrator would."""
    tenant = directory.entra.tenant
    graph = tenant.service_principal_of("00000003-0000-0000-c000-000000000000")
    assert graph is not None
    role_ids = {entry["value"]: entry["id"] for entry in graph.properties["appRoles"]}
    for assignment in list(tenant.app_role_assignments):
        if assignment.properties["appRoleId"] == role_ids[role]:
            tenant.app_role_assignments.remove(assignment)
