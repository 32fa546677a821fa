"""Checking inputs against what the SDK says, property by property.

The table comes from `schema.json` (see `sandbox.plugins.sdk_schema`). It knows names, types and
what is required; what a service accepts as a value is each resource's own rule.
A type is one of `string`, `boolean`, `integer`, `number`, `any`, `{"list": T}`, `{"map": T}` and
`{"object": {name: T}, "required": [name]}`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path as FilePath
from typing import Any

from sandbox.plugins.protocol import path as paths
from sandbox.plugins.protocol.errors import CheckFailure
from sandbox.plugins.protocol.values import UNKNOWN

PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The inputs and outputs of one resource, function or provider."""

    inputs: Mapping[str, Any]
    outputs: tuple[str, ...]

    @property
    def input_names(self) -> tuple[str, ...]:
        """The names of the top-level inputs."""
        return tuple(self.inputs["object"])

    def problems(self, values: Mapping[str, Any]) -> list[CheckFailure]:
        """Return every unknown name, wrong type and missing required property of `values`."""
        return _problems((), values, self.inputs)

    def decoded(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return a provider's own inputs with their types: but for strings they come as JSON text.

        What is no JSON stays as it is, for `problems` to name.
        """
        members = self.inputs["object"]
        return {
            name: _from_json(value)
            if isinstance(value, str) and members.get(name, "string") != "string"
            else value
            for name, value in values.items()
        }


def load_shapes(file: FilePath) -> dict[str, Shape]:
    """Read a `schema.json`."""
    table = json.loads(file.read_text(encoding="utf-8"))
    return {
        token: Shape(inputs=entry["inputs"], outputs=tuple(entry["outputs"]))
        for token, entry in table.items()
    }


def _from_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _problems(path: paths.Path, value: Any, kind: Any) -> list[CheckFailure]:
    if value is UNKNOWN or kind == "any":
        return []
    if isinstance(kind, str):
        return [] if _has_type(value, kind) else [_wrong_type(path, value, kind)]
    if "list" in kind:
        if not isinstance(value, list):
            return [_wrong_type(path, value, "list")]
        return [
            problem
            for index, item in enumerate(value)
            for problem in _problems((*path, index), item, kind["list"])
        ]
    if not isinstance(value, Mapping):
        return [_wrong_type(path, value, "map" if "map" in kind else "object")]
    if "map" in kind:
        return [
            problem
            for name, member in value.items()
            for problem in _problems((*path, name), member, kind["map"])
        ]
    return _object_problems(path, value, kind)


def _object_problems(
    path: paths.Path, value: Mapping[str, Any], kind: Mapping[str, Any]
) -> list[CheckFailure]:
    members = kind["object"]
    found: list[CheckFailure] = []
    for name, member in value.items():
        if name.startswith("__"):
            continue
        if name in members:
            found += _problems((*path, name), member, members[name])
        else:
            near = get_close_matches(name, members, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            found.append(
                CheckFailure(
                    path=paths.text((*path, name)), reason=f"unknown property {name!r}{hint}"
                )
            )
    found += [
        CheckFailure(path=paths.text((*path, name)), reason=f"missing required property {name!r}")
        for name in kind["required"]
        if name not in value
    ]
    return found


def _has_type(value: Any, kind: str) -> bool:
    # bool is a subclass of int: True would pass for a number.
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, PYTHON_TYPES[kind])


def _wrong_type(path: paths.Path, value: Any, kind: str) -> CheckFailure:
    # The value is not shown: it may be a secret.
    return CheckFailure(
        path=paths.text(path), reason=f"expected a {kind}, got a {type(value).__name__}"
    )
