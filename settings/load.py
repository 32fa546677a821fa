"""From the stack's configuration to `Settings`, or to one error that lists every problem."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, is_config_secret
from pydantic import ValidationError

from attributes.places import PlacedProblem, listed
from attributes.sources import UserSources
from settings.model import CLOUD_TAGS, Settings
from settings.problems import Problem, problems_of
from settings.rules import check
from settings.user_sources import user_sources


class SettingsError(pulumi.RunError):
    """The stack's configuration cannot be used; nothing has been changed.

    The engine prints a RunError's message without a trace back.
    `problems` are those of settings and those of files that settings name.
    """

    def __init__(
        self, stack: str, namespace: str, problems: Sequence[Problem | PlacedProblem]
    ) -> None:
        self.problems = problems
        settings = [problem for problem in problems if isinstance(problem, Problem)]
        others = [problem for problem in problems if isinstance(problem, PlacedProblem)]
        parts: list[str] = []
        if settings:
            count = "1 setting is" if len(settings) == 1 else f"{len(settings)} settings are"
            lines = listed([f"{namespace}:{problem}" for problem in settings])
            parts.append(
                f"{count} wrong in Pulumi.{stack}.yaml; nothing has been changed:\n{lines}\n"
                f"Mend them in that file, or one by one, such as: "
                f"pulumi config set --path '{namespace}:{settings[0].path}' <value>"
            )
        if others:
            count = "1 problem is" if len(others) == 1 else f"{len(others):,} problems are"
            parts.append(
                f"{count} in the user attributes; nothing has been changed:\n{listed(others)}"
            )
        super().__init__("\n".join(parts))


def load_settings() -> tuple[Settings, UserSources]:
    """Read the project's settings of the current stack, and the files of users that they name.

    Pulumi runs the program in the project's folder.

    Raises:
        SettingsError: with every wrong, unknown and missing setting, and all that is wrong in
            those files.
    """
    project = pulumi.get_project()
    values = _project_config(project)
    secret_settings = frozenset(name for name in values if is_config_secret(f"{project}:{name}"))
    return settings_from(
        values, secret_settings=secret_settings, project=project, stack=pulumi.get_stack()
    )


def settings_from(
    values: Mapping[str, str],
    *,
    secret_settings: frozenset[str],
    project: str,
    stack: str,
    folder: Path = Path(),
) -> tuple[Settings, UserSources]:
    """Make settings of texts by name, as the engine hands them over.

    `secret_settings` are the names that are marked as secrets; there must be none. Files of users
    are looked for in `folder`.

    Raises:
        SettingsError: with every wrong, unknown and missing setting, and all that is wrong in
            those files.
    """
    problems: list[Problem | PlacedProblem] = [
        Problem(path=name, message="is a secret, and no setting is one; set it without --secret")
        for name in sorted(secret_settings)
    ]
    raw = _parse(values)
    try:
        settings = Settings.model_validate_json(json.dumps(raw))
    except ValidationError as error:
        problems += problems_of(error, Settings, secret_settings)
        problems += _problems_beside(raw, error, folder)
        raise SettingsError(stack, project, problems) from None
    sources, wrong = user_sources(settings, folder)
    problems += [*check(settings), *wrong]
    if problems:
        raise SettingsError(stack, project, problems)
    return settings, sources


_PLACEHOLDERS: dict[str, Any] = {
    "tenantId": "00000000-0000-0000-0000-000000000000",
    "application": {"displayName": "-"},
    "cluster": {"name": "x", "region": "xx-x-1"},
    "access": {"clusterAdmins": ["-"]},
    "portal": {"url": "https://portal.example"},
}
"""The settings without a default, with values that no rule objects to."""


def _problems_beside(
    raw: Mapping[str, Any], error: ValidationError, folder: Path
) -> list[Problem | PlacedProblem]:
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
    return [*check(settings), *user_sources(settings, folder)[1]]


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
