"""Property paths: tuples inside, Pulumi's text form (`web.redirectUris[0]`) outside.

A *pattern* is a tuple in which `*` stands for any list index or any key.
"""

from __future__ import annotations

from collections.abc import Iterable

Path = tuple[str | int, ...]
Pattern = tuple[str, ...]

ANY = "*"


def pattern(text: str) -> Pattern:
    """Return `web.redirectUris` or `requiredResourceAccesses.*.resourceAccesses` as a pattern."""
    return tuple(text.split("."))


def matches(path: Path, wanted: Pattern) -> bool:
    """Tell whether `path` is exactly where `wanted` points."""
    return len(path) == len(wanted) and all(
        want in (ANY, step) for step, want in zip(path, wanted, strict=True)
    )


def is_under(path: Path, patterns: Iterable[Pattern]) -> bool:
    """Tell whether `path` is one of `patterns`, or inside it, or holds it."""
    for wanted in patterns:
        shared = min(len(path), len(wanted))
        if matches(path[:shared], wanted[:shared]):
            return True
    return False


def text(path: Path) -> str:
    """Return `path` as Pulumi writes it; keys that are no plain names are quoted in brackets."""
    written = ""
    for step in path:
        if isinstance(step, int):
            written += f"[{step}]"
        elif step and all(character not in step for character in '.["]'):
            written += f".{step}" if written else step
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            written += f'["{escaped}"]'
    return written
