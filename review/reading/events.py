"""The engine's events: https://github.com/pulumi/pulumi/blob/v3.250.0/sdk/go/common/apitype/events.go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from review.model import Change, Diagnostic, PolicyResult, Preview
from review.reading.digest import stack_and_project
from review.reading.resource import resource_of, shown_names
from review.reading.steps import drifted, in_order, operation_of
from review.reading.weighing import weighed
from review.values import masked_text, read_value

EVENT_KINDS = frozenset(
    {
        "preludeEvent",
        "resourcePreEvent",
        "resOutputsEvent",
        "diagnosticEvent",
        "policyEvent",
        "policyRemediationEvent",
        "summaryEvent",
        "startDebuggingEvent",
        "stdoutEvent",
        "cancelEvent",
        "progressEvent",
        "errorEvent",
        "policyLoadEvent",
    }
)


def preview_of_events(events: Sequence[Mapping[str, Any]]) -> Preview:
    """Return the preview that the events tell of."""
    changes: dict[str, Change] = {}
    drift: dict[str, Change] = {}
    diagnostics: list[Diagnostic] = []
    policy_results: list[PolicyResult] = []
    config: Mapping[str, Any] = {}
    summary: Mapping[str, Any] | None = None
    for event in events:
        if pre := event.get("resourcePreEvent"):
            if (change := _change(pre["metadata"])) is not None:
                changes[change.urn] = change
        elif outputs := event.get("resOutputsEvent"):
            _note_drift(outputs["metadata"], drift)
        elif said := event.get("diagnosticEvent"):
            if said.get("severity") != "debug" and not said.get("ephemeral"):
                diagnostics.append(_diagnostic(said))
        elif policy := event.get("policyEvent"):
            policy_results.append(_policy_result(policy))
        elif "preludeEvent" in event:
            config = event["preludeEvent"].get("config") or {}
        elif "summaryEvent" in event:
            summary = event["summaryEvent"]
        elif "errorEvent" in event:
            message = str(event["errorEvent"].get("error") or "the preview failed")
            diagnostics.append(Diagnostic(severity="error", message=masked_text(message)))
    stack, project = stack_and_project([*changes])
    # Without a summary the engine did not come to its end.
    ended = summary is not None and summary.get("result") != "failed"
    told = weighed(diagnostics, ended=ended)
    return Preview(
        form="events",
        stack=stack,
        project=project,
        config={name: read_value(value, name) for name, value in config.items()},
        changes=in_order(changes),
        drift=in_order(drift),
        diagnostics=told,
        # The engine runs policies side by side, and tells of them as they end.
        policy_results=tuple(sorted(policy_results, key=_by_resource)),
        counts=dict((summary or {}).get("resourceChanges") or {}),
        failed=not ended or any(entry.severity == "error" for entry in told),
        whole=True,
    )


def _change(metadata: Mapping[str, Any]) -> Change | None:
    if metadata["op"] == "refresh":
        return None
    operation = operation_of(metadata["op"])
    if operation is None:
        return None
    diffs = metadata.get("diffs")
    return Change(
        operation=operation,
        urn=metadata["urn"],
        old=resource_of(metadata.get("old")),
        new=resource_of(metadata.get("new")),
        differing=shown_names(diffs),
        replacing=shown_names(metadata.get("keys")),
    )


def _note_drift(metadata: Mapping[str, Any], drift: dict[str, Change]) -> None:
    if metadata["op"] == "refresh":
        urn = metadata["urn"]
        found = drifted(urn, resource_of(metadata.get("old")), resource_of(metadata.get("new")))
        if found is not None:
            drift[urn] = found


def _diagnostic(said: Mapping[str, Any]) -> Diagnostic:
    return Diagnostic(
        severity=said.get("severity") or "info",
        message=masked_text((said.get("message") or "").strip()),
        urn=said.get("urn") or "",
    )


def _by_resource(result: PolicyResult) -> tuple[str, str, str]:
    return result.urn.rpartition("::")[2], result.policy, result.message


def _policy_result(policy: Mapping[str, Any]) -> PolicyResult:
    return PolicyResult(
        pack=policy.get("policyPackName") or "",
        policy=policy.get("policyName") or "",
        level=policy.get("enforcementLevel") or "advisory",
        message=masked_text((policy.get("message") or "").strip()),
        urn=policy.get("resourceUrn") or "",
    )
