"""The report: everything that is said about a preview, before it is written in some format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from review import kinds
from review.access import AccessChange, Right, access_change
from review.diff import PropertyChange, property_changes
from review.failure import Diagnosis, diagnose
from review.graph_permissions import Permission, application_role, named
from review.interruption import Interruption, interruption_of
from review.model import Change, Diagnostic, Form, Operation, PolicyResult, Preview
from review.names import Names
from review.rules import RULES, Finding, Severity, find
from review.settings import ReviewSettings
from review.situation import Situation, display_name, means_something, situation_of
from review.user_values import UserValues, user_values
from review.values import texts

Verdict = Literal["safe", "needs review", "blocked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPermission:
    """A permission that an application gets, for itself or on behalf of users."""

    permission: Permission
    application: str
    delegated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDiff:
    """What differs in one resource, GUIDs with names beside them, secrets masked."""

    operation: Operation
    urn: str
    changes: tuple[PropertyChange, ...]
    reasons: tuple[str, ...] = ()
    """What makes it a replacement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a reviewer has to know, worst first."""

    stack: str
    project: str
    verdict: Verdict
    reason: str
    findings: tuple[Finding, ...]
    access: AccessChange
    users: UserValues
    interruption: Interruption
    permissions: tuple[NewPermission, ...]
    counts: Mapping[str, int]
    diffs: tuple[ResourceDiff, ...]
    policy_results: tuple[PolicyResult, ...]
    drift: tuple[ResourceDiff, ...]
    drift_users: UserValues
    warnings: tuple[Diagnostic, ...]
    diagnosis: Diagnosis | None
    names: Names
    form: Form
    whole: bool

    @property
    def failed(self) -> bool:
        """Whether the preview itself failed."""
        return self.diagnosis is not None

    @property
    def told(self) -> tuple[Finding, ...]:
        """Findings that are certain."""
        return tuple(finding for finding in self.findings if not finding.unknown)

    @property
    def not_known_yet(self) -> tuple[Finding, ...]:
        """Findings that only the update, or a better preview, can settle."""
        return tuple(finding for finding in self.findings if finding.unknown)


def report(preview: Preview, settings: ReviewSettings, names: Names | None = None) -> Report:
    """Review a preview; `names` are added to those that it tells itself."""
    situation = situation_of(preview, settings, names)
    findings = _sorted(finding for rule in RULES for finding in find(rule, situation))
    diagnosis = diagnose(preview)
    verdict, reason = _verdict(situation, findings, diagnosis)
    return Report(
        stack=preview.stack,
        project=preview.project,
        verdict=verdict,
        reason=reason,
        findings=findings,
        access=access_change(situation),
        users=situation.users,
        interruption=interruption_of(situation),
        permissions=tuple(_new_permissions(situation)),
        counts={
            operation: number
            for operation, number in sorted(preview.counts.items())
            if number and operation != "refresh"
        },
        diffs=tuple(_diff(change) for change in sorted(situation.changes, key=_by_name)),
        policy_results=preview.policy_results,
        drift=tuple(_diff(change) for change in preview.drift),
        drift_users=user_values(preview.drift),
        warnings=tuple(entry for entry in preview.diagnostics if entry.severity == "warning"),
        diagnosis=diagnosis,
        names=situation.names,
        form=preview.form,
        whole=preview.whole,
    )


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    order = {rule.id: number for number, rule in enumerate(RULES)}
    return tuple(
        sorted(
            findings,
            key=lambda f: (f.unknown, not f.blocks, -f.severity, order[f.rule.id], f.text),
        )
    )


def _verdict(
    situation: Situation, findings: tuple[Finding, ...], diagnosis: Diagnosis | None
) -> tuple[Verdict, str]:
    if diagnosis is not None:
        return "blocked", f"the preview failed. {diagnosis.what}"
    blocking = [finding for finding in findings if finding.blocks]
    if blocking:
        return "blocked", _summary(blocking)
    counting = [f for f in findings if f.unknown or f.severity > Severity.NOTE]
    if counting:
        return "needs review", _summary(counting)
    if not situation.changes:
        return "safe", "nothing changes."
    return "safe", _harmless(situation)


def _summary(findings: list[Finding]) -> str:
    titles = list(dict.fromkeys(_headline(finding) for finding in findings))
    rest = len(titles) - 2
    more = f", and {rest} more" if rest > 0 else ""
    return f"{'; '.join(titles[:2])}{more}."


def _headline(finding: Finding) -> str:
    return f"cannot tell yet: {finding.headline}" if finding.unknown else finding.headline


def _harmless(situation: Situation) -> str:
    users = situation.users.changes
    if users and all(change.type == kinds.USER_ATTRIBUTES for change in situation.changes):
        number = len(users)
        who = users[0].user_principal_name if number == 1 else f"{number:,} users"
        return f"only values of {who} change, and nobody's access."
    if all(change.operation == "same" for change in situation.changes):
        number = len(situation.changes)
        what = "one resource" if number == 1 else f"{number} resources"
        return f"{what} will be protected against deletion and replacement; nothing else changes."
    return "nothing that people can do, or that they need to sign in, changes."


def _new_permissions(situation: Situation) -> list[NewPermission]:
    found: list[NewPermission] = []
    for change in situation.of_kind(kinds.APP_ROLE_ASSIGNMENT, kinds.DELEGATED_GRANT):
        new = change.new
        if new is None or change.operation not in ("create", "update", "replace"):
            continue
        if change.type == kinds.APP_ROLE_ASSIGNMENT:
            role = new.inputs.get("appRoleId")
            if isinstance(role, str) and role != kinds.DEFAULT_ACCESS_ROLE:
                found.append(
                    NewPermission(
                        permission=application_role(role, new.name),
                        application=display_name(
                            situation.application_of(new, "principalObjectId")
                        ),
                        delegated=False,
                    )
                )
            continue
        before = texts(change.old.inputs.get("claimValues")) if change.old else []
        holder = display_name(situation.application_of(new, "servicePrincipalObjectId"))
        found += [
            NewPermission(permission=named(scope), application=holder, delegated=True)
            for scope in texts(new.inputs.get("claimValues"))
            if scope not in before
        ]
    return found


def _by_name(change: Change) -> tuple[str, str]:
    """By what people call it, whatever component it is declared in."""
    return change.resource.name, change.urn


def _diff(change: Change) -> ResourceDiff:
    return ResourceDiff(
        operation=change.operation,
        urn=change.urn,
        changes=property_changes(change),
        reasons=change.replacing,
    )


__all__ = [
    "NewPermission",
    "Report",
    "ResourceDiff",
    "Right",
    "Verdict",
    "means_something",
    "report",
]
