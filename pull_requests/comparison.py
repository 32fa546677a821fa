"""Whether a fresh preview is still the one that was reviewed.

Compared is what would be done: each change with its values before and after, and what has been
changed outside. Not compared are times, the order of things, code of dynamic providers, provider
settings and messages; and secrets, which a preview does not show: that one changes is compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pull_requests.errors import PreviewNotReadableError
from review import kinds
from review.diff import property_changes
from review.model import Change, Preview
from review.reading import PreviewNotReadError, read_preview

MAX_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One resource and what would happen to it, in a form in which equal things are equal."""

    urn: str
    what: str
    """The operation, or `changed outside`."""
    values: tuple[tuple[str, str, str], ...]
    """Path, before and after, as JSON; sorted by path."""

    @property
    def name(self) -> str:
        """Type and name, as people speak of it."""
        kind, _, name = self.urn.split("::", 2)[2].partition("::")
        return f"{kind.rpartition('$')[2]} {name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One way in which a fresh preview is another than the reviewed one."""

    name: str
    reviewed: str
    fresh: str

    def __str__(self) -> str:
        return f"{self.name}: reviewed {self.reviewed}, now {self.fresh}"


def read_steps(text: str) -> tuple[Step, ...]:
    """Return what a preview would do, from what `pulumi preview --json` printed.

    Raises:
        PreviewNotReadableError: it is none, or one that failed: such a one tells only a part.
    """
    try:
        preview = read_preview(text)
    except PreviewNotReadError as error:
        raise PreviewNotReadableError(str(error)) from error
    if preview.failed:
        errors = [entry.message for entry in preview.diagnostics if entry.severity == "error"]
        msg = "The preview failed, so it cannot be compared: " + "; ".join(errors)[:1000]
        raise PreviewNotReadableError(msg)
    return steps_of(preview)


def steps_of(preview: Preview) -> tuple[Step, ...]:
    """Return what a preview would do, sorted by resource."""
    return tuple(
        sorted(
            (
                *(_step(c, c.operation) for c in preview.changes if _means_something(c)),
                *(_step(c, f"changed outside ({c.operation})") for c in preview.drift),
            ),
            key=lambda step: (step.urn, step.what),
        )
    )


def fingerprint(steps: Sequence[Step]) -> str:
    """Return a text that two previews share exactly when nothing is different."""
    whole = json.dumps([[step.urn, step.what, step.values] for step in steps])
    return f"sha256:{hashlib.sha256(whole.encode()).hexdigest()}"


def differences(reviewed: Sequence[Step], fresh: Sequence[Step]) -> list[Difference]:
    """Return what is different, sorted by resource; empty when the fresh one may be applied."""
    before = {(step.urn, _side(step)): step for step in reviewed}
    after = {(step.urn, _side(step)): step for step in fresh}
    return [
        difference
        for key in sorted(before.keys() | after.keys())
        for difference in _between(before.get(key), after.get(key))
    ]


def describe(found: Sequence[Difference]) -> str:
    """Return the differences as Markdown."""
    if not found:
        return "The fresh preview is the reviewed one: nothing is different."
    lines = [
        f"- {_code(d.name)}: reviewed {_code(d.reviewed)}, now {_code(d.fresh)}" for d in found
    ]
    more = [f"- and {len(lines) - MAX_SHOWN} more"] if len(lines) > MAX_SHOWN else []
    return "\n".join(
        [
            "**Stopped: a fresh preview is not the one that was reviewed.** Nothing was changed.",
            "",
            *lines[:MAX_SHOWN],
            *more,
            "",
            "Something was deployed, or changed outside, since the review. Review it again: open a "
            "pull request, or start this workflow by hand and approve what it shows.",
        ]
    )


def _means_something(change: Change) -> bool:
    noise = kinds.is_provider(change.type) or kinds.is_component(change.type)
    return change.operation not in ("same", "read") and not noise


def _step(change: Change, what: str) -> Step:
    values = tuple(
        (entry.path, _json(entry.before), _json(entry.after)) for entry in property_changes(change)
    )
    replacing = tuple((f"replaced by {name}", "", "") for name in change.replacing)
    return Step(urn=change.urn, what=what, values=(*values, *replacing))


def _side(step: Step) -> bool:
    return step.what.startswith("changed outside")


def _between(reviewed: Step | None, fresh: Step | None) -> Iterator[Difference]:
    if reviewed is None or fresh is None or reviewed.what != fresh.what:
        step = reviewed or fresh
        if step is None:
            return
        yield Difference(
            name=step.name,
            reviewed=reviewed.what if reviewed else "no change",
            fresh=fresh.what if fresh else "no change",
        )
        return
    before, after = (dict(_by_path(step)) for step in (reviewed, fresh))
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            yield Difference(
                name=f"{reviewed.name} {path}".rstrip(),
                reviewed=before.get(path, "no change"),
                fresh=after.get(path, "no change"),
            )


def _by_path(step: Step) -> Iterator[tuple[str, str]]:
    """Items of a set share a path, so they are told together."""
    paths: dict[str, list[str]] = {}
    for path, before, after in step.values:
        paths.setdefault(path, []).append(f"{before} -> {after}" if before or after else "replaced")
    for path, shown in paths.items():
        yield path, ", ".join(sorted(shown))


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _code(text: str, limit: int = 300) -> str:
    """Values come from a preview that others may have written: they are shown, never rendered."""
    shown = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return "`" + shown.replace("`", "'").replace("\n", "\\n") + "`"
