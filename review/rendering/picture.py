"""Who reaches what, before and after or once for both, as a Mermaid flowchart.

https://mermaid.js.org/syntax/flowchart.html. Labels are quoted, and what Mermaid would read as
its own (quotes, semicolons, hashes, brackets) is written as an entity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from review.access import AccessChange, Right, worst_first

MAX_EDGES = 24
"""A side with more is a tangle that nobody reads."""
_SPECIAL = re.compile(r"[^\w .,:@/+\-]")
_MAX_LABEL = 60


def picture(access: AccessChange) -> str:
    """Return the flowchart, of one side when both look the same; "" when neither shows a right."""
    if not access.before and not access.after:
        return ""
    if not changes_anything(access):
        return _written(["flowchart LR", *_Side("now", access.after).lines()])
    before = _Side("before", access.before, access.before - access.after, "-.->")
    after = _Side("after", access.after, access.after - access.before, "==>")
    lines = ["flowchart TB"]
    for side, title in ((before, "Before"), (after, "After")):
        lines.append(f'  subgraph {side.key}["{title}"]')
        lines += ["    direction LR", *(f"  {line}" for line in side.lines()), "  end"]
    # Unseen: without it Mermaid may draw what comes after first.
    lines.append("  before ~~~ after")
    styled = (
        (before.marked_edges(), "#c62828"),
        ([len(before.shown) + edge for edge in after.marked_edges()], "#2e7d32"),
    )
    for edges, colour in styled:
        if edges:
            numbers = ",".join(map(str, edges))
            lines.append(f"  linkStyle {numbers} stroke:{colour},stroke-width:2px")
    return _written(lines)


def changes_anything(access: AccessChange) -> bool:
    """Whether the two sides look different: in rights, or in what somebody is called."""
    before, after = (
        {(right, right.who, right.target) for right in side}
        for side in (access.before, access.after)
    )
    return before != after


@dataclass(frozen=True)
class _Side:
    key: str
    rights: frozenset[Right]
    marked: frozenset[Right] = frozenset()
    arrow: str = "-->"
    """Of what is marked."""

    @cached_property
    def shown(self) -> list[Right]:
        """What changes first; what stays fills the rest."""
        ordered = worst_first(self.rights)
        return sorted(ordered, key=lambda right: right not in self.marked)[:MAX_EDGES]

    def marked_edges(self) -> list[int]:
        return [edge for edge, right in enumerate(self.shown) if right in self.marked]

    def lines(self) -> Iterator[str]:
        if not self.rights:
            yield f'  {self.key}none["nobody reaches anything"]'
        nodes = _nodes(self.shown, self.key)
        yield from (f"  {node}{shape}" for node, shape in nodes.values())
        for right in self.shown:
            arrow = self.arrow if right in self.marked else "-->"
            who, target = nodes[f"who {right.who_key}"][0], nodes[f"target {right.target}"][0]
            yield f"  {who} {arrow} {target}"
        if hidden := len(self.rights) - len(self.shown):
            yield f'  {self.key}more["and {hidden} more that stay as they are"]'


def _written(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


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
