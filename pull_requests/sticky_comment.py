"""The one comment that a stack has in a pull request: its text, and which of many it is.

The Markdown in it is made of a preview that a pull request's own code may have written: it is text
to be shown, and must not be able to pass for a comment of another stack.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MAX_CHARS = 65_536
"""GitHub refuses longer bodies with 422: https://github.com/orgs/community/discussions/27190"""
_MARKER = "<!-- entra-eks-sso preview stack={stack} -->"
_FINGERPRINT = "<!-- entra-eks-sso fingerprint={fingerprint} commit={commit} -->"
_OURS = re.compile(r"<!--\s*entra-eks-sso\b[^>]*-->")
_MENTION = re.compile(r"(?<![\w`/])@(?=[A-Za-z0-9])")
_CUT = "\n\n…\n\n**The rest does not fit into a comment.** {where}\n"
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is to be shown of one stack's preview."""

    stack: str
    markdown: str
    commit: str
    """The commit that was previewed, in full."""
    run_url: str
    """Page of the workflow run, which has the whole report."""
    fingerprint: str = ""
    """What a fresh preview has to come to before it is applied; empty when the preview failed."""


def marker(stack: str) -> str:
    """Return the line by which the comment of a stack is found again."""
    return _MARKER.format(stack=stack)


def render(report: Report, limit: int = MAX_CHARS) -> str:
    """Return the comment's body, at most `limit` characters long.

    The head stays whole as far as it can: the verdict and the consequences are written first.
    """
    head = f"{marker(report.stack)}\n"
    if report.fingerprint:
        line = _FINGERPRINT.format(fingerprint=report.fingerprint, commit=report.commit)
        head += f"{line}\n"
    foot = (
        f"\n\n<sub>Stack `{report.stack}`, commit {report.commit[:12]}, "
        f"[whole report]({report.run_url})</sub>\n"
    )
    text = _harmless(report.markdown).strip()
    room = limit - _length(head) - _length(foot)
    if _length(text) > room:
        text = _cut(text, room, _CUT.format(where=f"[All of it]({report.run_url})."))
    return f"{head}{text}{foot}"


def ours(comments: Iterable[Mapping[str, Any]], stack: str, author: str) -> list[int]:
    """Return the ids of the comments of `stack` that `author` wrote, the oldest first.

    Somebody else's comment with the same marker is left alone: anybody can write one.
    """
    return sorted(
        comment["id"]
        for comment in comments
        if (comment.get("body") or "").startswith(marker(stack))
        and (comment.get("user") or {}).get("login") == author
    )


def _harmless(markdown: str) -> str:
    """Leave out our markers, and let `@somebody` be text instead of a notification."""
    return _MENTION.sub("@\u200b", _OURS.sub("", markdown))


def _length(text: str) -> int:
    # GitHub counts as JavaScript does: a character outside the basic plane is two.
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, room: int, notice: str) -> str:
    """Cut at the end of a line, and close what is open there."""
    kept: list[str] = []
    used = 0
    budget = room - _length(notice) - 200  # what closing may take
    for line in text.splitlines():
        used += _length(line) + 1
        if used > budget:
            break
        kept.append(line)
    return "\n".join(kept) + _closing(kept) + notice


def _closing(lines: Iterable[str]) -> str:
    fence = ""
    open_details = 0
    for line in lines:
        if match := _FENCE.match(line):
            if not fence:
                fence = match[1]
            elif match[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif not fence:
            open_details += line.count("<details") - line.count("</details>")
    closing = f"\n{fence}" if fence else ""
    # Deeper than this no report goes; the room for it is kept above.
    return closing + "\n\n</details>" * min(max(open_details, 0), 10)
