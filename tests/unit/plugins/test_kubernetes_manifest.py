from __future__ import annotations

import base64
from collections.abc import Mapping

from sandbox.plugins.kubernetes.manifest import (
    declared_part,
    importable_part,
    in_namespace,
    is_autonamed,
    live_state,
    named,
    with_string_data,
)
from sandbox.plugins.kubernetes.replacement import replace_on
from sandbox.plugins.protocol.path import pattern
from sandbox.plugins.protocol.values import UNKNOWN


def test_an_object_without_a_name_gets_one_from_its_logical_name_and_seed() -> None:
    inputs = named({"kind": "ConfigMap"}, old={}, logical_name="Portal", seed=b"1")
    name = inputs["metadata"]["name"]
    assert name.startswith("portal-")
    assert len(name) == len("portal-") + 8
    assert is_autonamed(inputs)
    assert named({}, old={}, logical_name="Portal", seed=b"2")["metadata"]["name"] != name


def test_a_given_name_is_kept_through_later_updates() -> None:
    old = named({}, old={}, logical_name="portal", seed=b"1")
    assert named({}, old=old, logical_name="portal", seed=b"2") == old


def test_a_declared_or_unknown_name_is_left_alone() -> None:
    for inputs in ({"metadata": {"name": "x"}}, {"metadata": UNKNOWN}):
        assert named(inputs, old={}, logical_name="p", seed=b"1") == inputs


def test_the_default_namespace_does_not_overrule_a_declared_one() -> None:
    assert in_namespace({"metadata": {"namespace": "b"}}, "a")["metadata"]["namespace"] == "b"
    assert in_namespace({}, "a")["metadata"]["namespace"] == "a"


def test_only_declared_fields_count_as_drift() -> None:
    declared = {"subjects": [{"kind": "Group", "name": "g"}], "metadata": {"labels": {"a": "1"}}}
    live = {
        "subjects": [{"kind": "Group", "name": "h", "apiGroup": "rbac.authorization.k8s.io"}],
        "metadata": {"labels": {"a": "1", "theirs": "2"}, "uid": "u"},
    }
    assert declared_part(declared, live) == {
        "subjects": [{"kind": "Group", "name": "h"}],
        "metadata": {"labels": {"a": "1"}},
    }


def test_an_item_that_somebody_added_to_a_declared_list_is_drift() -> None:
    live = {"subjects": [{"name": "g"}, {"name": "intruder"}]}
    assert declared_part({"subjects": [{"name": "g"}]}, live) == live


def test_a_declared_field_that_is_gone_is_drift() -> None:
    assert declared_part({"data": {"a": "1", "b": "2"}}, {"data": {"a": "1"}}) == {
        "data": {"a": "1"}
    }


def test_string_data_is_read_back_from_data() -> None:
    live = {"kind": "Secret", "data": {"k": base64.b64encode(b"v").decode(), "other": "eA=="}}
    assert with_string_data(live, {"stringData": {"k": "old"}})["stringData"] == {"k": "v"}
    assert "stringData" not in with_string_data(live, {"data": {}})


def test_an_import_takes_what_a_program_could_declare() -> None:
    live = {
        "kind": "ConfigMap",
        "metadata": {"name": "c", "uid": "u", "resourceVersion": "1", "managedFields": []},
        "data": {"a": "1"},
        "status": {},
    }
    assert importable_part(live) == {
        "kind": "ConfigMap",
        "metadata": {"name": "c"},
        "data": {"a": "1"},
    }
    assert "managedFields" not in live_state(live)["metadata"]


def replacing(inputs: Mapping[str, object], *, mutable: bool = False) -> set[str]:
    found = replace_on(inputs, secrets_mutable=mutable, config_maps_mutable=mutable)
    return {".".join(path) for path in found} - {"kind", "metadata.name", "metadata.namespace"}


def test_a_binding_cannot_change_its_role() -> None:
    api_version = "rbac.authorization.k8s.io/v1"
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        assert replacing({"apiVersion": api_version, "kind": kind}) == {"roleRef"}
    assert replacing({"apiVersion": api_version, "kind": "Role"}) == set()


def test_contents_replace_unless_the_provider_makes_them_mutable() -> None:
    config_map = {"apiVersion": "v1", "kind": "ConfigMap"}
    secret = {"apiVersion": "v1", "kind": "Secret"}
    assert replacing(config_map) == {"data", "binaryData"}
    assert replacing(secret) == {"type", "stringData", "data"}
    assert replacing(config_map, mutable=True) == set()
    assert replacing(secret, mutable=True) == set()
    assert replacing({**secret, "immutable": True}, mutable=True) == {"type", "stringData", "data"}


def test_a_kind_of_the_same_name_in_another_group_is_another_kind() -> None:
    assert replacing({"apiVersion": "example.org/v1", "kind": "ConfigMap"}) == set()
    assert pattern("roleRef") not in replace_on(
        {"apiVersion": "v1", "kind": "RoleBinding"},
        secrets_mutable=False,
        config_maps_mutable=False,
    )
