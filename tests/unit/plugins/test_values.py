from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from sandbox.plugins.protocol.values import (
    UNKNOWN,
    UNKNOWN_TEXT,
    Secret,
    UnsupportedValueError,
    from_struct,
    has_unknown,
    to_struct,
)

SIGNATURE = "4dabf18193072939515e22adb298388d"
LEAVES = (
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.just(UNKNOWN)
)
NAMES = st.text(min_size=1).filter(lambda name: name != SIGNATURE)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def wire(value: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(value)
    return struct


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_what_goes_out_comes_back(properties: dict[str, Any]) -> None:
    assert from_struct(to_struct(properties)) == properties


def test_a_whole_number_arrives_as_an_integer() -> None:
    value = from_struct(wire({"version": 2.0}))["version"]
    assert value == 2
    assert isinstance(value, int)


def test_null_members_are_left_out_at_every_depth() -> None:
    assert from_struct(wire({"a": None, "b": {"c": None, "d": 1}})) == {"b": {"d": 1}}


def test_a_preview_can_say_that_something_will_not_be_there() -> None:
    struct = to_struct({"notes": None}, nulls=True)
    assert struct.fields["notes"].WhichOneof("kind") == "null_value"
    assert "notes" not in to_struct({"notes": None}).fields


def test_an_unknown_value_is_recognised_anywhere() -> None:
    properties = from_struct(wire({"a": {"b": [UNKNOWN_TEXT]}}))
    assert properties == {"a": {"b": [UNKNOWN]}}
    assert has_unknown(properties)
    assert not has_unknown({"a": {"b": ["known"]}})


def test_a_secret_is_wrapped_on_the_way_out_and_unwrapped_on_the_way_in() -> None:
    struct = to_struct({"value": Secret("hunter2")})
    assert struct["value"] == {
        SIGNATURE: "1b47061264138c4ac30d75fd1eb44270",
        "value": "hunter2",
    }
    assert from_struct(struct) == {"value": "hunter2"}


def test_a_secret_does_not_show_itself() -> None:
    assert "hunter2" not in repr(Secret("hunter2"))


def test_an_output_value_is_its_value_or_unknown() -> None:
    known = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "x"}
    unknown = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}
    assert from_struct(wire({"a": known, "b": unknown})) == {"a": "x", "b": UNKNOWN}


def test_a_resource_reference_is_its_id() -> None:
    reference = {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "id": "i-1", "urn": "urn:x"}
    assert from_struct(wire({"a": reference})) == {"a": "i-1"}


def test_an_asset_is_refused_and_says_what_to_do() -> None:
    asset = {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "text": "x"}
    with pytest.raises(UnsupportedValueError, match="give the value itself"):
        from_struct(wire({"a": asset}))
