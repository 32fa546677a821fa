"""Who reaches what, before and after, as a Mermaid flowchart.

https://mermaid.js.org/syntax/flowchart.html. Labels are quoted, and what Mermaid would read as
its own (quotes, semicolons, hashes, brackets) is written as an entity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from review.access import AccessChange, Right

MAX_EDGES = 24
"""A side with more is a tangle that nobody reads."""
_SPECIAL = re.compile(r"[^\w .,:@/+\-]")
_MAX_LABEL = 60


def picture(access: AccessChange) -> str:
    """Return the flowchart; "" when no right is shown on either side."""
    gained, lost = access.after - access.before, access.before - access.after
    sides = (
        ("before", "Before", _shown(access.before, lost), lost),
        ("after", "After", _shown(access.after, gained), gained),
    )
    if not access.before and not access.after:
        return ""
    lines = ["flowchart TB"]
    styles: dict[str, list[int]] = {"lost": [], "gained": []}
    edge = 0
    for key, title, rights, marked in sides:
        everything = access.before if key == "before" else access.after
        lines.append(f'  subgraph {key}["{title}"]')
        lines.append("    direction LR")
        nodes = _nodes(rights, key)
        lines += [f"    {node}{shape}" for node, shape in nodes.values()]
        for right in rights:
            arrow = "==>" if right in marked and key == "after" else "-->"
            arrow = "-.->" if right in marked and key == "before" else arrow
            who, target = nodes[f"who {right.who_key}"][0], nodes[f"target {right.target}"][0]
            lines.append(f"    {who} {arrow} {target}")
            if right in marked:
                styles["lost" if key == "before" else "gained"].append(edge)
            edge += 1
        if hidden := len(everything) - len(rights):
            lines.append(f'    {key}more["and {hidden} more that stay as they are"]')
        if not everything:
            lines.append(f'    {key}none["nobody reaches anything"]')
        lines.append("  end")
    # Unseen: without it Mermaid may draw what comes after first.
    lines.append("  before ~~~ after")
    for name, colour in (("lost", "#c62828"), ("gained", "#2e7d32")):
        if styles[name]:
            numbers = ",".join(map(str, styles[name]))
            lines.append(f"  linkStyle {numbers} stroke:{colour},stroke-width:2px")
    return "\n".join(lines) + "\n"


def _shown(rights: frozenset[Right], marked: frozenset[Right]) -> list[Right]:
    """Return what changes first; what stays fills the rest."""

    def order(right: Right) -> tuple[bool, int, str, str]:
        return (right not in marked, -right.weight, right.who.casefold(), right.target_key)

    return sorted(rights, key=order)[:MAX_EDGES]


def _nodes(rights: Iterable[Right], side: str) -> dict[str, tuple[str, str]]:
    nodes: dict[str, tuple[str, str]] = {}
    for right in rights:
        opening, closing = {
            "group": ("([", "])"),
            "user": ("([", "])"),
            "everybody": ("([", "])"),
            "application": ("[[", "]]"),
            "workload": ("{{", "}}"),
        }.get(right.who_kind, ("[", "]"))
        key = f"who {right.who_key}"
        shape = f'{opening}"{label(right.who)}"{closing}'
        nodes.setdefault(key, (f"{side}{len(nodes)}", shape))
        nodes.setdefault(
            f"target {right.target}", (f"{side}{len(nodes)}", f'["{label(right.target)}"]')
        )
    return nodes


def label(text: str) -> str:
    """Return `text` as it may stand in a quoted label."""
    short = text if len(text) <= _MAX_LABEL else f"{text[: _MAX_LABEL - 3]}..."
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", short)
