"""The report for machines. Names of keys stay; new ones may come."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from review.access import Right
from review.rendering.picture import picture
from review.rendering.shown import diff_lines
from review.report import Report, ResourceDiff
from review.rules import Finding
from review.user_values import UserChange

SCHEMA_VERSION = 1


def render_json(report: Report) -> str:
    """Return the report as one JSON object, its keys in a fixed order."""
    return json.dumps(as_data(report), indent=2, ensure_ascii=False) + "\n"


def as_data(report: Report) -> dict[str, Any]:
    """Return the report as JSON values; there is no secret in it."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "verdict": report.verdict,
        "reason": report.reason,
        "project": report.project,
        "stack": report.stack,
        "failed": report.failed,
        "diagnosis": asdict(report.diagnosis) if report.diagnosis else None,
        "findings": [_finding(finding) for finding in report.findings],
        "access": {
            "gained": [_right(right) for right in report.access.gained],
            "lost": [_right(right) for right in report.access.lost],
        },
        "users": {
            "changed": len(report.users.changes),
            "cleared": len(report.users.cleared),
            "changes": [_user(change) for change in report.users.changes],
        },
        "withoutOidcLogin": {
            "shortestMinutes": report.interruption.shortest,
            "longestMinutes": report.interruption.longest,
            "clusters": list(report.interruption.clusters),
            "inWords": report.interruption.describe(),
        },
        "permissions": [
            {
                "name": new.permission.name,
                "allows": new.permission.allows,
                "known": new.permission.known,
                "application": new.application,
                "delegated": new.delegated,
            }
            for new in report.permissions
        ],
        "counts": dict(report.counts),
        "differences": [_difference(diff, report) for diff in report.diffs],
        "policies": [asdict(result) for result in report.policy_results],
        "drift": [_difference(diff, report) for diff in report.drift],
        "warnings": [warning.message for warning in report.warnings],
        "picture": picture(report.access),
        "shows": "everything" if report.whole else "changes",
    }


def _finding(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    return {
        "rule": rule.id,
        "title": rule.title,
        "severity": finding.severity.word,
        "blocks": finding.blocks,
        "cannotTellYet": finding.unknown,
        "text": finding.text,
        "consequence": rule.consequence,
        "remedy": rule.remedy,
        "link": rule.link,
        "urns": list(finding.urns),
    }


def _right(right: Right) -> dict[str, Any]:
    return {"kind": right.who_kind, "who": right.who, "may": right.what, "urn": right.urn}


def _user(change: UserChange) -> dict[str, Any]:
    return {
        "userPrincipalName": change.user_principal_name,
        "objectId": change.object_id,
        "values": {
            name: {"from": before, "to": after}
            for name, (before, after) in sorted(change.values.items())
        },
    }


def _difference(diff: ResourceDiff, report: Report) -> dict[str, Any]:
    return {
        "operation": diff.operation,
        "urn": diff.urn,
        "reasons": list(diff.reasons),
        "lines": list(diff_lines(diff, report.names)),
    }
