from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.plugins.protocol import path as paths
from sandbox.plugins.protocol.difference import Comparison
from sandbox.plugins.protocol.drift import live_inputs
from sandbox.plugins.protocol.path import pattern
from sandbox.plugins.protocol.values import UNKNOWN

RULES = Comparison(
    sets=frozenset({pattern("web.redirectUris"), pattern("owners")}),
    replace_on=frozenset({pattern("oidc"), pattern("roles.*.id")}),
    defaults={pattern("audience"): "mine", pattern("roles.*.enabled"): True},
)
NAMES = st.sampled_from(["owners", "web", "redirectUris", "audience", "roles", "notes", "enabled"])
INPUTS = st.dictionaries(
    NAMES,
    st.recursive(
        st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
        max_leaves=8,
    ),
)


def changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    return {
        paths.text(change.path): change.kind.value + ("-replace" if change.replaces else "")
        for change in RULES.changes(old, new)
    }


@given(INPUTS)
def test_nothing_differs_from_itself(inputs: dict[str, Any]) -> None:
    assert changes(inputs, inputs) == {}


@given(INPUTS)
def test_a_refresh_without_drift_changes_no_input(inputs: dict[str, Any]) -> None:
    assert changes(inputs, live_inputs(inputs, inputs, RULES)) == {}


@given(INPUTS, INPUTS)
def test_after_a_refresh_the_live_values_are_what_differs(
    declared: dict[str, Any], live: dict[str, Any]
) -> None:
    refreshed = live_inputs(declared, live, RULES)
    assert bool(changes(refreshed, live)) is False


def test_each_change_is_named_by_its_path() -> None:
    old = {"web": {"logoutUrl": "a"}, "notes": "n", "tags": {"a.b": "1"}}
    new = {"web": {"logoutUrl": "b", "homepageUrl": "h"}, "tags": {"a.b": "2"}}
    assert changes(old, new) == {
        "notes": "delete",
        'tags["a.b"]': "update",
        "web.homepageUrl": "add",
        "web.logoutUrl": "update",
    }


def test_a_set_has_no_order_and_names_only_what_came_or_went() -> None:
    old = {"web": {"redirectUris": ["a", "b", "c"]}}
    assert changes(old, {"web": {"redirectUris": ["c", "a", "b"]}}) == {}
    assert changes(old, {"web": {"redirectUris": ["b", "c"]}}) == {"web.redirectUris[0]": "delete"}
    assert changes(old, {"web": {"redirectUris": ["a", "x", "b", "c"]}}) == {
        "web.redirectUris[1]": "add"
    }


def test_a_list_has_an_order() -> None:
    assert changes({"definitions": ["a", "b"]}, {"definitions": ["b", "a"]}) == {
        "definitions[0]": "update",
        "definitions[1]": "update",
    }


def test_spelling_out_a_default_is_no_change() -> None:
    new = {"audience": "mine", "owners": [], "notes": "", "api": {"flag": False}}
    assert changes({}, new) == {}
    assert changes({"roles": [{"id": "1"}]}, {"roles": [{"id": "1", "enabled": True}]}) == {}


def test_whatever_is_inside_a_replacing_property_replaces() -> None:
    assert changes({"oidc": {"clientId": "a"}}, {"oidc": {"clientId": "b"}}) == {
        "oidc.clientId": "update-replace"
    }
    assert changes({"roles": [{"id": "1"}]}, {"roles": [{"id": "2"}]}) == {
        "roles[0].id": "update-replace"
    }
    assert changes({"oidc": {"clientId": "a"}}, {"oidc": UNKNOWN}) == {"oidc": "update-replace"}


def test_a_value_that_becomes_unknown_is_a_change() -> None:
    assert changes({"notes": "a"}, {"notes": UNKNOWN}) == {"notes": "update"}


def test_for_a_plain_map_an_empty_value_is_a_value() -> None:
    strict = Comparison(empty_is_absent=False)
    found = strict.changes({"data": {}}, {"data": {"key": ""}})
    assert [change.path for change in found] == [("data", "key")]


def test_refresh_keeps_what_was_declared_in_its_order_and_shows_what_was_not() -> None:
    declared = {"owners": ["b", "a"], "audience": "mine"}
    live = {"owners": ["a", "x", "b"], "notes": "by hand", "audience": "mine", "web": {"u": ""}}
    assert live_inputs(declared, live, RULES) == {
        "owners": ["b", "a", "x"],
        "audience": "mine",
        "notes": "by hand",
    }


def test_refresh_shows_what_has_gone() -> None:
    declared = {"owners": ["a"], "notes": "kept", "web": {"redirectUris": ["u"], "flag": False}}
    live = {"owners": [], "notes": "", "web": {"redirectUris": ["u"], "flag": False}}
    assert live_inputs(declared, live, RULES) == {
        "web": {"redirectUris": ["u"], "flag": False},
    }
