"""Values of extension properties: what each type takes, and how many one object may have.

https://learn.microsoft.com/graph/api/resources/extensionproperty
The refusals are worded here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sandbox.entra.directory.objects import ExtensionProperty
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.graph.errors import bad_request, extensions_not_available

EXTENSION = "extension_"
_LONGEST_TEXT, _LONGEST_BINARY = 256, 256
_MOST_VALUES = 100
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE
)


def extension_values(
    tenant: Tenant, target: str, present: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all values of an object after a request gives it some; `null` takes one away.

    `target` is the kind of object, as in `targetObjects`. Names are compared without case and kept
    as their definitions have them.

    Raises:
        GraphError: 400, for properties that are not available, for values of another type, and for
            more than 100 values. Values whose definition is gone count too.
    """
    values: dict[str, Any] = dict(present)
    unavailable: list[str] = []
    for name, value in given.items():
        definition = tenant.extension_property(name)
        if definition is None or target not in definition.target_objects:
            unavailable.append(name)
        elif value is None or value == []:
            values.pop(definition.name, None)
        else:
            values[definition.name] = _stored(definition, value, target)
    if unavailable:
        raise extensions_not_available(unavailable)
    if len(values) > _MOST_VALUES and len(values) > len(present):
        msg = (
            f"A {target} can have at most {_MOST_VALUES} values of directory extension properties,"
            " of all types and applications together."
        )
        raise bad_request(msg)
    return values


def _stored(definition: ExtensionProperty, value: object, target: str) -> Any:
    store = _TYPES[definition.data_type]
    values = value if definition.is_multi_valued and isinstance(value, list) else [value]
    if definition.is_multi_valued == isinstance(value, list):
        stored = [store(item) for item in values]
        if None not in stored:
            return stored if definition.is_multi_valued else stored[0]
    what = (
        f"a list of {definition.data_type}" if definition.is_multi_valued else definition.data_type
    )
    msg = (
        f"Invalid value specified for property '{definition.name}' of resource '{target}': it takes"
        f" {what} ({_TAKES[definition.data_type]})."
    )
    raise bad_request(msg)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_TEXT else None


def _integer(bits: int) -> Callable[[object], int | None]:
    lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    def store(value: object) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        return value if lowest <= value <= highest else None

    return store


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _date_time(value: object) -> str | None:
    """Stored in UTC; a fraction of a second keeps its digits."""
    if not isinstance(value, str) or not (found := _MOMENT.fullmatch(value)):
        return None
    try:
        moment = datetime.fromisoformat(value.upper().replace(found[2] or "", "", 1))
    except ValueError:
        return None
    fraction = (found[2] or "").rstrip("0").rstrip(".")
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _binary(value: object) -> str | None:
    try:
        content = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except binascii.Error:
        return None
    return str(value) if 0 < len(content) <= _LONGEST_BINARY else None


_TYPES: Mapping[str, Callable[[object], Any]] = MappingProxyType(
    {
        "String": _string,
        "Integer": _integer(32),
        "LargeInteger": _integer(64),
        "Boolean": _boolean,
        "DateTime": _date_time,
        "Binary": _binary,
    }
)
_TAKES: Mapping[str, str] = MappingProxyType(
    {
        "String": f"text of at most {_LONGEST_TEXT} characters, not empty",
        "Integer": "a whole number of 32 bits",
        "LargeInteger": "a whole number of 64 bits",
        "Boolean": "true or false",
        "DateTime": "an ISO 8601 date and time with its time zone",
        "Binary": f"base64 of at most {_LONGEST_BINARY} bytes",
    }
)
