"""The report as a table for a terminal."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from review.report import Report
from review.rules import Finding, Severity
from review.user_values import MAX_NAMED

_COLOURS = {"safe": "bold green", "needs review": "bold yellow", "blocked": "bold red"}
_SEVERITIES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.NOTE: "dim",
}
_MAX_WIDTH = 140


def render_terminal(report: Report, width: int | None = None, *, colour: bool = False) -> str:
    """Return the report, `width` columns wide, by default as wide as the terminal."""
    text = io.StringIO()
    console = Console(
        file=text,
        width=width or min(shutil.get_terminal_size().columns, _MAX_WIDTH),
        force_terminal=colour,
        no_color=not colour or bool(os.environ.get("NO_COLOR")),
        highlight=False,
        emoji=False,
        markup=False,
    )
    console.print(Text(f"{report.verdict}: ", style=_COLOURS[report.verdict]) + report.reason)
    if report.stack:
        console.print(f"stack {report.stack}, without OIDC login: {report.interruption.describe()}")
    if report.diagnosis is not None:
        console.print(f"\n{report.diagnosis.remedy}\n\n{report.diagnosis.said}")
    if report.findings:
        console.print(_table(report.findings))
    for line in _people(report):
        console.print(line)
    for result in report.policy_results:
        console.print(f"policy {result.policy} ({result.level}): {result.message}")
    if report.counts:
        counted = ", ".join(f"{number:,} {name}" for name, number in report.counts.items())
        console.print(f"resources: {counted}")
    if report.findings:
        console.print("python -m review explain RULE says more of a rule")
    return text.getvalue()


def _table(findings: tuple[Finding, ...]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("severity", no_wrap=True)
    table.add_column("what it means", ratio=3)
    table.add_column("what to do", ratio=2)
    table.add_column("rule", overflow="fold")
    for finding in findings:
        weight = Text(finding.severity.word, style=_SEVERITIES[finding.severity])
        if finding.blocks:
            weight.append("\nblocks")
        prefix = "cannot tell yet: " if finding.unknown else ""
        table.add_row(
            weight, Text(prefix + finding.text), Text(finding.rule.remedy), finding.rule.id
        )
    return table


def _people(report: Report) -> Iterator[Text]:
    for sign, word, rights in (
        ("+", "may now", report.access.gained),
        ("-", "may no longer", report.access.lost),
    ):
        for right in rights:
            yield Text(f"{sign} {right.who} {word} {right.what}")
    if users := report.users.changes:
        yield Text(f"users: {len(users):,} change, {len(report.users.cleared):,} lose a value")
        for change in users[:MAX_NAMED]:
            yield Text(f"  {change.user_principal_name}: {change.describe()}")
        if len(users) > MAX_NAMED:
            yield Text(f"  and {len(users) - MAX_NAMED:,} more")
