"""From the stack's configuration to `Settings`, or to one error that lists every problem."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret
from pydantic import ValidationError

from settings.model import CLOUD_TAGS, Settings
from settings.problems import Problem, problems_of
from settings.rules import check


class SettingsError(pulumi.RunError):
    """The stack's configuration cannot be used; nothing has been changed.

    The engine prints a RunError's message without a trace back.
    """

    def __init__(self, stack: str, namespace: str, problems: list[Problem]) -> None:
        self.problems = problems
        count = "1 setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        lines = "\n".join(f"  {namespace}:{problem}" for problem in problems)
        example = f"{namespace}:{problems[0].path}"
        super().__init__(
            f"{count} wrong in Pulumi.{stack}.yaml; nothing has been changed:\n{lines}\n"
            f"Mend them in that file, or one by one, such as: "
            f"pulumi config set --path '{example}' <value>"
        )


def load_settings() -> Settings:
    """Read the project's settings of the current stack.

    Raises:
        SettingsError: with every wrong, unknown and missing setting.
    """
    project = pulumi.get_project()
    values = _project_config(project)
    secret_settings = frozenset(name for name in values if is_config_secret(f"{project}:{name}"))
    return settings_from(
        values, secret_settings=secret_settings, project=project, stack=pulumi.get_stack()
    )


def settings_from(
    values: Mapping[str, str], *, secret_settings: frozenset[str], project: str, stack: str
) -> Settings:
    """Make settings of texts by name, as the engine hands them over.

    `secret_settings` are the names that are marked as secrets; there must be none.

    Raises:
        SettingsError: with every wrong, unknown and missing setting.
    """
    problems = [
        Problem(path=name, message="is a secret, and no setting is one; set it without --secret")
        for name in sorted(secret_settings)
    ]
    raw = _parse(values)
    try:
        settings = Settings.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        problems += problems_of(error, Settings, secret_settings)
        problems += _problems_beside(raw, error)
        raise SettingsError(stack, project, problems) from None
    problems += check(settings)
    if problems:
        raise SettingsError(stack, project, problems)
    return settings


_PLACEHOLDERS: dict[str, Any] = {
    "tenantId": "00000000-0000-0000-0000-000000000000",
    "application": {"displayName": "-"},
    "cluster": {"name": "x", "region": "xx-x-1"},
    "access": {"clusterAdmins": ["-"]},
    "portal": {"url": "https://portal.example"},
}
"""The settings without a default, with values that no rule objects to."""


def _problems_beside(raw: Mapping[str, Any], error: ValidationError) -> list[Problem]:
    """Find what is wrong between settings although `error` already found some wrong in themselves.

    What is wrong in itself is taken out or, where something must be, replaced.
    """
    mended = copy.deepcopy(dict(raw))
    for details in reversed(error.errors()):  # from the end, so that list indices stay true
        keys = [key for key in details["loc"] if key not in (*CLOUD_TAGS, "[key]")]
        _take_out(mended, ["cloud"] if keys[0] == "cloud" else keys)
    try:
        settings = Settings.model_validate_json(json.dumps(_merged(_PLACEHOLDERS, mended)))
    except ValidationError:
        return []  # cannot be mended by taking out alone: the next run tells the rest
    return check(settings)


def _take_out(tree: Any, keys: Sequence[str | int]) -> None:
    for key in keys[:-1]:
        try:
            tree = tree[key]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(tree, dict):
        tree.pop(keys[-1], None)
    elif isinstance(tree, list) and isinstance(keys[-1], int) and keys[-1] < len(tree):
        del tree[keys[-1]]


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**under, **over}
    for key, value in under.items():
        if isinstance(value, dict) and isinstance(over.get(key), dict):
            merged[key] = _merged(value, over[key])
    return merged


def _project_config(project: str) -> dict[str, str]:
    prefix = f"{project}:"
    everything: Mapping[str, str] = {**get_config_env(), **CONFIG.get()}
    return {
        key.removeprefix(prefix): value
        for key, value in everything.items()
        if key.startswith(prefix)
    }


def _parse(values: Mapping[str, str]) -> dict[str, object]:
    """The engine hands objects, lists and booleans over as JSON text, and text as it is."""
    parsed: dict[str, object] = {}
    for name, text in values.items():
        if text.startswith(("{", "[")) or text in ("true", "false"):
            try:
                parsed[name] = json.loads(text)
                continue
            except json.JSONDecodeError:
                pass
        parsed[name] = text
    return parsed
