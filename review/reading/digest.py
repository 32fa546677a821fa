"""The digest: https://github.com/pulumi/pulumi/blob/v3.250.0/pkg/backend/display/json.go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from review.model import Change, Diagnostic, Preview, Resource
from review.reading.resource import resource_of, shown_names
from review.reading.steps import drifted, in_order, operation_of
from review.reading.weighing import weighed
from review.values import masked_text, read_value


def preview_of_digest(digest: Mapping[str, Any]) -> Preview:
    """Return the preview in a digest."""
    changes: dict[str, Change] = {}
    refreshed: dict[str, Resource | None] = {}
    for step in digest.get("steps") or ():
        if step["op"] == "refresh":
            # Both sides of it are what was recorded; what was found is the next step's old side.
            refreshed[step["urn"]] = resource_of(step.get("oldState"))
        elif (change := _change(step)) is not None:
            changes[change.urn] = change
    drift = {
        urn: seen
        for urn, recorded in refreshed.items()
        if urn in changes and (seen := drifted(urn, recorded, changes[urn].old)) is not None
    }
    counts = dict(digest.get("changeSummary") or {})
    # The engine counts what it has done when it ends; the stack itself is always among it.
    diagnostics = weighed(_diagnostics(digest), ended=bool(counts))
    stack, project = stack_and_project([*changes])
    return Preview(
        form="digest",
        stack=stack,
        project=project,
        config={
            name: read_value(value, name) for name, value in (digest.get("config") or {}).items()
        },
        changes=in_order(changes),
        drift=in_order(drift),
        diagnostics=diagnostics,
        counts=counts,
        failed=any(entry.severity == "error" for entry in diagnostics),
        whole=_shows_unchanged(changes, counts),
    )


def stack_and_project(urns: list[str]) -> tuple[str, str]:
    """Return the names of stack and project, which every URN has."""
    if not urns:
        return "", ""
    stack, project = urns[0].split("::")[:2]
    return stack.removeprefix("urn:pulumi:"), project


def _change(step: Mapping[str, Any]) -> Change | None:
    operation = operation_of(step["op"])
    if operation is None:
        return None
    return Change(
        operation=operation,
        urn=step["urn"],
        old=resource_of(step.get("oldState")),
        new=resource_of(step.get("newState")),
        differing=shown_names(step.get("diffReasons")),
        replacing=shown_names(step.get("replaceReasons")),
    )


def _diagnostics(digest: Mapping[str, Any]) -> list[Diagnostic]:
    return [
        Diagnostic(
            severity=entry.get("severity") or "info",
            message=masked_text((entry.get("message") or "").strip()),
            urn=entry.get("urn") or "",
        )
        for entry in digest.get("diagnostics") or ()
        if entry.get("severity") != "debug"
    ]


def _shows_unchanged(changes: Mapping[str, Change], counts: Mapping[str, int]) -> bool:
    same = sum(change.operation == "same" for change in changes.values())
    return same >= counts.get("same", 0)
