"""What is wrong with a setting, in the words of the person who has to mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from settings.model import CLOUD_TAGS

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KIND_NAMES = {
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "dict_type": "must be a mapping of names to values",
    "int_type": "must be a whole number",
    "tuple_type": "must be a list",
    "too_short": "must not be empty",
    "model_type": "must be a mapping of settings to values",
    "model_attributes_type": "must be a mapping of settings to values",
    "date_from_datetime_parsing": "must be a day such as 2027-05-31",
    "date_parsing": "must be a day such as 2027-05-31",
    "date_type": "must be a day such as 2027-05-31, in quotes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One wrong setting: `path` in Pulumi's property path syntax, and a sentence's rest."""

    path: str
    message: str
    value: object = None
    """The value as given; None where there is none to show."""

    def __str__(self) -> str:
        shown = "" if self.value is None else f"{_shorten(json.dumps(self.value))} "
        return f"{self.path}: {shown}{self.message}"


def property_path(keys: Sequence[str | int]) -> str:
    """Write keys as Pulumi's `--path` reads them, such as `users["a@b.example"].picture`."""
    path = ""
    for key in keys:
        if isinstance(key, int):
            path += f"[{key}]"
        elif _PLAIN_KEY.fullmatch(key):
            path += f".{key}" if path else key
        else:
            path += f"[{json.dumps(key)}]"
    return path


def problems_of(
    error: ValidationError, model: type[BaseModel], secret_settings: frozenset[str]
) -> list[Problem]:
    """Turn pydantic's errors into problems; values of `secret_settings` are never shown."""
    return [_problem(details, model, secret_settings) for details in error.errors()]


def _problem(
    details: Mapping[str, Any], model: type[BaseModel], secret_settings: frozenset[str]
) -> Problem:
    keys = [key for key in details["loc"] if key not in (*CLOUD_TAGS, "[key]")]
    kind, context = details["type"], details.get("ctx", {})
    value = details["input"]
    path = property_path(keys)
    if kind == "missing":
        return Problem(path=path, message="is missing; it has no default")
    if kind == "extra_forbidden":
        # What stands under an unknown name may be anything, a secret too: it is not shown.
        allowed = ", ".join(sorted(_names_at(model, keys[:-1])))
        return Problem(path=path, message=f"is not a setting; allowed here: {allowed}")
    if kind == "literal_error":
        message = f"must be one of {context['expected']}"
    elif kind == "value_error":
        message = str(context["error"])
    elif kind in ("string_too_short", "string_too_long"):
        limit = context.get("min_length") or context.get("max_length")
        message = (
            f"must have at {'least' if kind == 'string_too_short' else 'most'} {limit} characters"
        )
    elif kind in ("greater_than_equal", "less_than_equal"):
        message = (
            f"must be at least {context['ge']}"
            if "ge" in context
            else f"must be at most {context['le']}"
        )
    else:
        message = _KIND_NAMES.get(kind) or str(details["msg"])
    scalar = value if isinstance(value, str | int | float | bool) else None
    hidden = bool(keys) and keys[0] in secret_settings
    return Problem(path=path, message=message, value="[secret]" if hidden else scalar)


def _names_at(model: type[BaseModel], keys: Sequence[str | int]) -> list[str]:
    for key in keys:
        field = _field(model, key)
        if field is None:
            continue  # a key of a mapping or an index of a list: the model stays its value's
        nested = _nested_model(field.annotation)
        if nested is None:
            break
        model = nested
    return [field.alias or name for name, field in model.model_fields.items()]


def _field(model: type[BaseModel], alias: str | int) -> FieldInfo | None:
    return next((f for f in model.model_fields.values() if f.alias == alias), None)


def _nested_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        if nested := _nested_model(argument):
            return nested
    return None


def _shorten(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
