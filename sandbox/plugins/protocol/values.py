"""Property values between Pulumi's wire form (protobuf structs) and plain Python.

Unknown values of a preview become `UNKNOWN`; secrets and output values lose their wrapping on the
way in (the engine marks them again itself) and are wrapped on the way out by `Secret`.
JSON has one kind of number; whole numbers become `int`. Null members are left out: to Pulumi a
missing property and a null one are the same, and Graph gives the difference a meaning.
Special forms: https://github.com/pulumi/pulumi/blob/master/sdk/proto/go (property value encoding).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2

UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE_KEY: Final = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE_SIGNATURE: Final = "5cf8f73096256a8f31e491e813e4eb8e"


class _Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
"""A value that is not known before the update runs."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A value the engine must encrypt in the state and mask in the output."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(...)"


class UnsupportedValueError(ValueError):
    """A property holds a kind of value (asset, archive) that no emulated resource takes."""


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return the properties of a wire message as plain Python values."""
    return {
        name: value
        for name, wire in struct.fields.items()
        if (value := _from_value(wire)) is not None
    }


def to_struct(properties: Mapping[str, Any], *, nulls: bool = False) -> struct_pb2.Struct:
    """Return plain Python values as a wire message; `nulls` keeps the top-level None members."""
    fields = {
        name: _to_value(value) for name, value in properties.items() if nulls or value is not None
    }
    return struct_pb2.Struct(fields=fields)


def has_unknown(value: Any) -> bool:
    """Tell whether `value` is or holds an unknown value."""
    if isinstance(value, Mapping):
        return any(has_unknown(member) for member in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def _from_value(wire: struct_pb2.Value) -> Any:
    kind = wire.WhichOneof("kind")
    if kind == "struct_value":
        return _from_object(wire.struct_value)
    if kind == "list_value":
        return [_from_value(item) for item in wire.list_value.values]
    if kind == "number_value":
        number = wire.number_value
        return int(number) if number.is_integer() else number
    if kind == "string_value":
        return UNKNOWN if wire.string_value == UNKNOWN_TEXT else wire.string_value
    if kind == "bool_value":
        return wire.bool_value
    return None


def _from_object(struct: struct_pb2.Struct) -> Any:
    if SIGNATURE_KEY not in struct.fields:
        return from_struct(struct)
    signature = struct.fields[SIGNATURE_KEY].string_value
    if signature == SECRET_SIGNATURE:
        return _from_value(struct.fields["value"])
    if signature == OUTPUT_SIGNATURE:
        return _from_value(struct.fields["value"]) if "value" in struct.fields else UNKNOWN
    if signature == RESOURCE_SIGNATURE:
        return _from_value(struct.fields["id"])
    msg = "assets and archives are not supported here; give the value itself"
    raise UnsupportedValueError(msg)


def _to_value(value: Any) -> struct_pb2.Value:
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=UNKNOWN_TEXT)
    if isinstance(value, Secret):
        wrapped = {SIGNATURE_KEY: SECRET_SIGNATURE, "value": value.value}
        return struct_pb2.Value(struct_value=to_struct(wrapped))
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, (int, float)):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=to_struct(value))
    if isinstance(value, (list, tuple)):
        items = struct_pb2.ListValue(values=[_to_value(item) for item in value])
        return struct_pb2.Value(list_value=items)
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    msg = f"a {type(value).__name__} has no form on Pulumi's wire"
    raise UnsupportedValueError(msg)
