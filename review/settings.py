"""What the reviewer can be told about a stack: thresholds, and whether it must be protected.

They are options of the command, or a file of the same names in YAML (`review.yaml`), which may set
some of them by stack:

    protectedStacks: [prod, "prod-*"]
    manyUsers: 100
    stacks:
      dev:
        manyUsers: 1000
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

MANY_USERS = 50
SECRET_EXPIRES_WITHIN_DAYS = 30
PROTECTED_STACKS = ("prod", "prod-*", "*-prod", "production", "live")


class ReviewSettingsError(ValueError):
    """A file of settings that cannot be used; it lists every problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings:
    """What rules compare with."""

    today: date
    """Day of the review, UTC."""
    protected: bool = False
    """Whether the stack is an environment where nothing may vanish."""
    many_users: int = MANY_USERS
    """From how many users on a change of values is worth a second look."""
    secret_expires_within_days: int = SECRET_EXPIRES_WITHIN_DAYS
    allowed_deletions: tuple[str, ...] = ()
    """Resource types, with wildcards, that may be deleted in a protected environment."""


Patterns = Annotated[tuple[str, ...], Field(strict=False)]


class _StackSettings(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
    )

    protected: bool | None = None
    many_users: int | None = Field(default=None, ge=1)
    secret_expires_within_days: int | None = Field(default=None, ge=0)
    allowed_deletions: Patterns | None = None


class _File(_StackSettings):
    protected_stacks: Patterns = PROTECTED_STACKS
    stacks: dict[str, _StackSettings] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """Settings of the reviewer, before it is known which stack they are for."""

    file: _File = field(default_factory=_File)

    def for_stack(self, stack: str, today: date) -> ReviewSettings:
        """Return what goes for `stack`: its own settings over the file's over the defaults."""
        protected = any(fnmatchcase(stack, pattern) for pattern in self.file.protected_stacks)
        chosen: dict[str, Any] = {"protected": protected}
        for source in (self.file, self.file.stacks.get(stack)):
            if source is not None:
                given = source.model_dump(include=set(_StackSettings.model_fields))
                chosen |= {name: value for name, value in given.items() if value is not None}
        return ReviewSettings(today=today, **chosen)


def load_settings(file: Path | None) -> SettingsFile:
    """Read a file of settings; without one, the defaults.

    Raises:
        ReviewSettingsError: it is not there, is no YAML, or something in it is wrong.
    """
    if file is None:
        return SettingsFile()
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        msg = f"{file} cannot be read: {error}"
        raise ReviewSettingsError(msg) from error
    return SettingsFile(file=_parsed(content, str(file)))


def _parsed(content: Mapping[str, Any], source: str) -> _File:
    try:
        return _File.model_validate(content)
    except ValidationError as error:
        problems = [
            f"  {'.'.join(map(str, problem['loc'])) or 'the file'}: {problem['msg']}"
            for problem in error.errors()
        ]
        msg = f"Settings of the reviewer are wrong in {source}:\n" + "\n".join(problems)
        raise ReviewSettingsError(msg) from error
