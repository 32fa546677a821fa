"""Property values of a resource as the rules see them: what is unknown or secret says so itself.

Pulumi writes both as text. A value that is not known before an update is a GUID of its own, which
any check for a GUID would accept; a secret is `[secret]`, or, in texts that show secrets, an object
with a signature: https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/resource/sig/sig.go
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, TypeAlias


class Special(Enum):
    """What stands for a value that cannot be shown."""

    UNKNOWN = "cannot tell yet"
    SECRET = "[secret]"  # noqa: S105 - what is shown instead of one


UNKNOWN: Final = Special.UNKNOWN
SECRET: Final = Special.SECRET

Value: TypeAlias = Any
"""JSON values, `UNKNOWN`, `SECRET`, in mappings and lists of these."""

_UNKNOWNS: Final = (
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
    "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
    "e48ece36-62e2-4504-bad9-02848725956a",  # archive
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
)
"""https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/resource/plugin/rpc.go"""
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - marks one, is none
_OUTPUT_SIGNATURE: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_SECRET_NAMES: Final = re.compile(
    r"(?:client_?secret|passphrase|password|secret_?key|private_?key|access_?token|"
    r"refresh_?token|id_?token|string_?data|secret_?access_?key)$",
    re.IGNORECASE,
)
"""Properties that hold a secret whatever the provider says of them."""
_SECRET_IN_TEXT: Final = re.compile(
    r"(--oidc-client-secret[= ]|client_secret[\"']?\s*[=:]\s*[\"']?|"
    r"-(?:key|token)-data[\"']?\s*:\s*[\"']?|[Bb]earer )[^\s\"'&,]+"
)
_JSON_WEB_TOKEN: Final = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")


def masked_text(text: str) -> str:
    """Return `text` without client secrets, bearer tokens and keys of kubeconfigs."""
    if "ey" in text:
        text = _JSON_WEB_TOKEN.sub(SECRET.value, text)
    return _SECRET_IN_TEXT.sub(lambda found: found[1] + SECRET.value, text)


def read_value(raw: Value, name: str = "") -> Value:
    """Return a JSON value of a preview with its unknown and secret parts marked.

    `name` is the property's; some names are secret whatever Pulumi says.
    """
    if isinstance(raw, str):
        # Whole, or in the middle of a text that a program has made of it.
        if len(raw) >= len(_UNKNOWNS[0]) and any(mark in raw for mark in _UNKNOWNS):
            return UNKNOWN
        if raw == SECRET.value:
            return SECRET
    if raw not in (None, "", UNKNOWN) and _SECRET_NAMES.search(name) and not isinstance(raw, bool):
        return SECRET
    if isinstance(raw, str):
        return masked_text(raw)
    if isinstance(raw, Mapping):
        return _read_mapping(raw)
    if isinstance(raw, list):
        return [read_value(item) for item in raw]
    # Protocol buffers know no integers.
    return int(raw) if isinstance(raw, float) and raw.is_integer() else raw


def _read_mapping(raw: Mapping[str, Value]) -> Value:
    signature = raw.get(_SIGNATURE)
    if signature == _SECRET_SIGNATURE:
        return SECRET
    if signature == _OUTPUT_SIGNATURE:
        if raw.get("secret"):
            return SECRET
        return read_value(raw["value"]) if "value" in raw else UNKNOWN
    return {name: read_value(value, name) for name, value in raw.items()}


def at(value: Value, *path: str | int) -> Value:
    """Return what is at `path`: None when there is nothing, UNKNOWN below something unknown."""
    for step in path:
        if isinstance(value, Special):
            return value
        if isinstance(step, int):
            value = value[step] if isinstance(value, Sequence) and -1 < step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def items(value: Value) -> list[Value]:
    """Return the items of a list; none when it is not there, one UNKNOWN when it is not known."""
    if isinstance(value, Special):
        return [value]
    return list(value) if isinstance(value, list | tuple) else []


def texts(value: Value) -> list[str]:
    """Return the items of a list that are known texts."""
    return [item for item in items(value) if isinstance(item, str)]


def holds_unknown(value: Value) -> bool:
    """Whether `value` or anything in it is not known yet."""
    if isinstance(value, Mapping):
        return any(map(holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(holds_unknown, value))
    return value is UNKNOWN
