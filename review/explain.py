"""What a rule looks for, for who wants to know more than a finding says."""

from __future__ import annotations

import textwrap

from review.rules import RULES, Rule

_WIDTH = 90


def explain(rule: Rule) -> str:
    """Return a page on one rule."""
    weight = rule.severity.word + (", blocks" if rule.blocks else "")
    where = "reviewer and policy pack" if rule.check else "reviewer"
    parts = [
        f"{rule.id}: {rule.title} ({weight})",
        rule.consequence,
        f"What to do: {rule.remedy}",
        f"More: {rule.link}",
        f"Checked by: {where}",
    ]
    return "\n\n".join(textwrap.fill(part, _WIDTH, break_long_words=False) for part in parts) + "\n"


def list_rules() -> str:
    """Return all rules, a line each."""
    longest = max(len(rule.id) for rule in RULES)
    lines = [
        f"{rule.id:<{longest}}  {rule.severity.word + (', blocks' if rule.blocks else ''):<16}"
        f"  {rule.title}"
        for rule in RULES
    ]
    return "\n".join(lines) + "\n"


def rules_table() -> str:
    """Return all rules as a table in Markdown; `docs/review.md` has it."""
    lines = [
        "| Rule | Severity | What it finds, and what follows | What to do |",
        "|---|---|---|---|",
    ]
    for rule in RULES:
        weight = rule.severity.word + (", **blocks**" if rule.blocks else "")
        pack = " ⚙" if rule.check else ""
        lines.append(
            f"| [`{rule.id}`]({rule.link}){pack} | {weight} | {rule.title}. {rule.consequence} "
            f"| {rule.remedy.replace('|', chr(92) + '|')} |"
        )
    return "\n".join(lines) + "\n"
