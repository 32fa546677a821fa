"""The table of reviewed changes in the documentation, made of the golden reviews."""

from __future__ import annotations

from tests.system.review.changes import ALL, GOLDEN


def changes_table() -> str:
    """Return a row a change: what a team does, the verdict, the reason in the first line."""
    lines = ["| What a team does | Verdict | Because |", "|---|---|---|"]
    for change in ALL:
        first = (GOLDEN / f"{change.key}.md").read_text(encoding="utf-8").splitlines()[0]
        verdict, _colon, reason = first.partition(": ")
        link = f"../tests/system/review/golden/{change.key}.md"
        # A name of somebody stays as it is.
        said = reason if "@" in reason.split()[0] else reason[0].upper() + reason[1:]
        lines.append(f"| [{change.title}]({link}) | {verdict} | {said} |")
    return "\n".join(lines) + "\n"
