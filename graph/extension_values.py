"""The values of directory extension properties, as one line of text and as Graph's JSON.

Files, settings, the text of a shard and the state keep every value as text, whatever its type, and
each value has one spelling only: `canonical`'s. So texts can be compared.

Limits by type: https://learn.microsoft.com/graph/api/resources/extensionproperty
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal, get_args

DataType = Literal["String", "Integer", "LargeInteger", "Boolean", "DateTime", "Binary"]
DATA_TYPES: tuple[DataType, ...] = get_args(DataType)
MAX_STRING_CHARS = 256
MAX_BINARY_BYTES = 256

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DATE_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,7})?([Zz]|[+-]\d{2}:\d{2})"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def canonical(data_type: DataType, value: object) -> str:
    """Return the one spelling of a declared value.

    `value` is text, or what YAML makes of an unquoted number, `true` or date.

    Raises:
        ValueError: a sentence that goes on from the setting's name: what is allowed, what to do.
    """
    if value == "":
        msg = "must not be empty; leave it out to clear it"
        raise ValueError(msg)
    return _CANONICAL[data_type](value)


def to_graph(data_type: DataType, text: str) -> str | int | bool:
    """Return the JSON value that Graph is sent for a canonical text."""
    if data_type in ("Integer", "LargeInteger"):
        return int(text)
    return text == "true" if data_type == "Boolean" else text


def from_graph(data_type: DataType, value: object) -> str:
    """Return the text of a live value, empty for none.

    It is canonical when the value could be declared. Any other is written so that it fits on one
    line and differs from every canonical text.
    """
    if value is None or value == "":
        return ""
    try:
        return canonical(data_type, value)
    except ValueError:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _string(value: object) -> str:
    if not isinstance(value, str):
        msg = f"must be text; put {_spelled(value)} into quotes"
        raise ValueError(msg)  # noqa: TRY004
    if _CONTROL.search(value):
        msg = "must be one line, without control characters"
        raise ValueError(msg)
    if len(value) > MAX_STRING_CHARS:
        msg = f"has {len(value)} characters; Microsoft Graph stores at most {MAX_STRING_CHARS}"
        raise ValueError(msg)
    return value


def _integer(bits: int) -> Callable[[object], str]:
    lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    msg = f"must be a whole number from {lowest} to {highest}"

    def read(value: object) -> str:
        # The digits are counted first: Python refuses to read thousands of them.
        if isinstance(value, str) and _INTEGER.fullmatch(value) and len(value) <= 64:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise ValueError(msg)
        return str(value)

    return read


def _boolean(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool | str) else ""
    if text not in ("true", "false"):
        msg = "must be true or false"
        raise ValueError(msg)
    return text


def _date_time(value: object) -> str:
    """Text in UTC; a fraction keeps its digits, up to the seven that Graph keeps."""
    if isinstance(value, date):
        value = value.isoformat()
    msg = "must be a date and time with its time zone, such as 2027-01-31T09:00:00Z"
    found = _DATE_TIME.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(msg)
    day, time, fraction, offset = found.groups()
    try:
        utc = datetime.fromisoformat(f"{day}T{time}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(msg) from None
    digits = (fraction or "").rstrip("0").rstrip(".")
    return f"{utc:%Y-%m-%dT%H:%M:%S}{digits}Z".rjust(20 + len(digits), "0")


def _binary(value: object) -> str:
    try:
        content = base64.b64decode(str(value), validate=True)
    except binascii.Error:
        msg = "must be base64 (RFC 4648, with padding)"
        raise ValueError(msg) from None
    if len(content) > MAX_BINARY_BYTES:
        msg = f"holds {len(content)} bytes; Microsoft Graph stores at most {MAX_BINARY_BYTES}"
        raise ValueError(msg)
    return base64.b64encode(content).decode()


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_CANONICAL: Mapping[str, Callable[[Any], str]] = {
    "String": _string,
    "Integer": _integer(32),
    "LargeInteger": _integer(64),
    "Boolean": _boolean,
    "DateTime": _date_time,
    "Binary": _binary,
}
