"""The dynamic resource of an extension property, called as Pulumi calls it: with dictionaries."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from pulumi.runtime import rpc

from graph.extension_definition import ExtensionPropertyError
from graph.extension_property import Provider
from tests.unit.graph.fake_graph import APPLICATION, FakeGraph, refusal

PATH = f"/applications/{APPLICATION}/extensionProperties"
UNKNOWN = rpc.deserialize_property(rpc.UNKNOWN, True)
"""What a provider is given at preview for a value that is not known yet."""
EXISTING = {
    "id": "e0",
    "name": "extension_0123_Default_Namespace",
    "dataType": "String",
    "targetObjects": ["User"],
}


def inputs(**changes: Any) -> dict[str, Any]:
    return {
        "__provider": "reference",
        "application_object_id": APPLICATION,
        "property_name": "default_namespace",
        "data_type": "String",
        "target_objects": ["User"],
    } | changes


def provider_for(graph: FakeGraph) -> Provider:
    provider = Provider()
    provider._graph = graph.client()  # what `configure` does, without a tenant
    return provider


def test_what_is_created_is_what_is_read() -> None:
    graph = FakeGraph()
    provider = provider_for(graph)

    created = provider.create(inputs())
    read = provider.read(created.id, created.outs or {})

    assert created.outs == {
        "application_object_id": APPLICATION,
        "property_name": "default_namespace",
        "data_type": "String",
        "target_objects": ["User"],
        "extension_name": "extension_0123_default_namespace",
        "extension_property_id": created.id,
        "adopted": False,
    }
    assert (read.id, read.outs) == (created.id, created.outs)
    for declared in (inputs(), inputs(**(read.inputs or {}))):
        assert provider.diff(created.id, created.outs or {}, declared).changes is False


def test_creation_waits_until_values_can_be_written() -> None:
    graph = FakeGraph(unavailable=3)

    provider_for(graph).create(inputs())

    assert graph.clock.sleeps == [5.0, 5.0, 5.0]


def test_a_property_that_never_becomes_writable_is_told_with_the_likely_reason() -> None:
    graph = FakeGraph(unavailable=1000)

    with pytest.raises(ExtensionPropertyError) as caught:
        provider_for(graph).create(inputs())

    assert str(caught.value) == (
        "The extension property extension_0123_default_namespace is registered, but after 300 s no "
        "value of it can be written yet. The application that owns it needs a service principal in "
        "this tenant; if it has one, run `pulumi up` again, which takes over the registered "
        "property."
    )
    assert sum(graph.clock.sleeps) == 300


def test_a_property_that_exists_is_taken_over_with_the_directorys_spelling_and_stays() -> None:
    graph = FakeGraph(definitions=[EXISTING])
    provider = provider_for(graph)

    created = provider.create(inputs())
    outs = created.outs or {}
    provider.delete(created.id, outs)

    assert outs["adopted"] is True
    assert outs["extension_name"] == "extension_0123_Default_Namespace"
    assert graph.definitions == [EXISTING]
    assert f"POST {PATH}" not in graph.asked


def test_a_property_that_exists_otherwise_is_an_error_that_says_how() -> None:
    graph = FakeGraph(definitions=[EXISTING])

    with pytest.raises(ExtensionPropertyError) as caught:
        provider_for(graph).create(inputs(data_type="Boolean"))

    assert str(caught.value) == (
        "The extension property extension_0123_Default_Namespace exists with type String for User, "
        "but type Boolean for User is declared. Declare what exists, choose another name, or "
        "delete the existing property, which hides the values it has."
    )


def test_a_property_for_several_values_is_not_taken_over() -> None:
    graph = FakeGraph(definitions=[EXISTING | {"isMultiValued": True}])

    with pytest.raises(ExtensionPropertyError) as caught:
        provider_for(graph).create(inputs())

    assert str(caught.value) == (
        "The extension property extension_0123_Default_Namespace exists for several values of a "
        "user, and one value is declared. Choose another name, or delete the existing property, "
        "which hides the values it has."
    )


@pytest.mark.parametrize("stale", [1, 3])
def test_a_property_registered_by_an_attempt_whose_answer_was_lost_is_taken_over(
    stale: int,
) -> None:
    """The list may lag behind a registration for longer than it is refused again."""
    graph = FakeGraph()
    conflict = refusal(400, "Request_MultipleObjectsWithSameKeyValue", "It exists.")
    graph.faults[f"POST {PATH}"].append(conflict)
    provider = provider_for(graph)
    listed, looks = graph.answer, itertools.count(1)

    def first_lists_are_stale(method: str, path: str, query: Any, body: Any) -> Any:
        answer = listed(method, path, query, body)
        if (method, path) == ("GET", PATH) and next(looks) == stale:
            graph.definitions.append(EXISTING)
        return answer

    graph.answer = first_lists_are_stale

    created = provider.create(inputs())

    assert (created.outs or {})["extension_property_id"] == "e0"


def test_an_application_created_a_moment_ago_may_not_be_there_yet() -> None:
    graph = FakeGraph()
    graph.fail(f"GET {PATH}", 404)
    graph.fail(f"POST {PATH}", 404, 404)

    provider_for(graph).create(inputs())

    assert graph.clock.sleeps == [1.0, 1.0, 2.0]


def test_deleting_twice_is_fine() -> None:
    graph = FakeGraph()
    provider = provider_for(graph)
    created = provider.create(inputs())

    provider.delete(created.id, created.outs or {})
    provider.delete(created.id, created.outs or {})

    assert graph.definitions == []


def test_a_property_that_is_gone_is_read_as_gone() -> None:
    graph = FakeGraph()
    provider = provider_for(graph)
    created = provider.create(inputs())
    graph.definitions.clear()

    assert provider.read(created.id, created.outs or {}).id is None


def test_a_property_whose_application_is_gone_is_read_as_gone() -> None:
    graph = FakeGraph()
    provider = provider_for(graph)
    created = provider.create(inputs())
    graph.fail(f"GET {PATH}", 404)

    gone = provider.read(created.id, created.outs or {})

    # Pulumi's dynamic provider writes into `outs`, so it must be a dictionary.
    assert (gone.id, gone.outs) == (None, {})


@pytest.mark.parametrize(
    ("property_name", "value"),
    [
        ("application_object_id", "another"),
        ("application_object_id", UNKNOWN),
        ("property_name", "picture"),
        ("data_type", "Boolean"),
        ("target_objects", ["Group"]),
    ],
)
def test_every_change_replaces_and_the_old_one_goes_first(property_name: str, value: Any) -> None:
    diff = provider_for(FakeGraph()).diff("e0", inputs(), inputs(**{property_name: value}))

    assert diff.changes is True
    assert diff.replaces == [property_name]
    assert diff.delete_before_replace is True


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, []),
        ({"application_object_id": UNKNOWN}, []),
        ({"data_type": UNKNOWN}, []),
        ({"application_object_id": "/applications/1"}, ["application_object_id"]),
        ({"data_type": "string"}, ["data_type"]),
        ({"target_objects": ["user"]}, ["target_objects"]),
        ({"target_objects": []}, ["target_objects"]),
    ],
)
def test_what_graph_would_refuse_is_refused_before_anything_is_changed(
    changes: dict[str, Any], failed: list[str]
) -> None:
    graph = FakeGraph()

    result = provider_for(graph).check({}, inputs(**changes))

    assert [failure.property for failure in result.failures] == failed
    assert graph.asked == []
