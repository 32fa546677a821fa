"""The findings as SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html,
https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from review.report import Report
from review.rules import RULES, Finding, Rule, Severity

_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.NOTE: "note",
}
_SECURITY_SEVERITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.0",
    Severity.LOW: "2.0",
    Severity.NOTE: "0.0",
}
"""GitHub's own property: above 9.0 is critical, 7.0 high, 4.0 medium."""


def render_sarif(report: Report) -> str:
    """Return one run; each result points to the stack's configuration file."""
    run = {
        "tool": {
            "driver": {
                "name": "entra-eks-sso review",
                "rules": [_rule(rule) for rule in RULES],
            }
        },
        "automationDetails": {"id": f"review/{report.stack or 'stack'}/"},
        "invocations": [
            {
                "executionSuccessful": not report.failed,
                "toolExecutionNotifications": _notifications(report),
            }
        ],
        "results": [_result(finding, report) for finding in report.findings],
        "properties": {"verdict": report.verdict, "reason": report.reason},
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.consequence},
        "help": {"text": f"{rule.consequence}\n\nWhat to do: {rule.remedy}\n\n{rule.link}"},
        "helpUri": rule.link,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["security"],
            "security-severity": _SECURITY_SEVERITY[rule.severity],
        },
    }


def _result(finding: Finding, report: Report) -> dict[str, Any]:
    text = f"Cannot tell yet: {finding.text}" if finding.unknown else finding.text
    identity = "\n".join((report.stack, finding.rule.id, *finding.urns, finding.text))
    return {
        "ruleId": finding.rule.id,
        "level": _LEVELS[finding.severity],
        "kind": "open" if finding.unknown else "fail",
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": f"Pulumi.{report.stack or 'dev'}.yaml"},
                    "region": {"startLine": 1},
                },
                "logicalLocations": [
                    {"fullyQualifiedName": urn, "kind": "resource"} for urn in finding.urns
                ],
            }
        ],
        "partialFingerprints": {
            "finding/v1": hashlib.sha256(identity.encode()).hexdigest(),
        },
        "properties": {"blocks": finding.blocks, "remedy": finding.rule.remedy},
    }


def _notifications(report: Report) -> list[dict[str, Any]]:
    if report.diagnosis is None:
        return []
    said = f"{report.diagnosis.what} {report.diagnosis.remedy}"
    return [{"level": "error", "message": {"text": said}}]
