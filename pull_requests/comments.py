"""Posting the comment: the first time a new one, from then on the same one changed in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pull_requests.errors import GitHubError
from pull_requests.github import Repository
from pull_requests.sticky_comment import MAX_CHARS, Report, ours, render

AUTHOR = "github-actions[bot]"
"""Who comments with a workflow's own token."""
_TOO_LONG = 422
_SHORTER = (MAX_CHARS, MAX_CHARS // 2, MAX_CHARS // 8)
"""A body that GitHub still finds too long is cut further: how it counts is not documented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What was done; `removed` are ids of second comments of the same stack."""

    action: Literal["created", "updated"]
    url: str
    removed: tuple[int, ...] = ()


def post(
    repository: Repository, pull_request: int, report: Report, *, author: str = AUTHOR
) -> Posted:
    """Show `report` in the pull request's one comment of that stack.

    Raises:
        GitHubError: GitHub refused.
    """
    found = ours(repository.items(f"issues/{pull_request}/comments"), report.stack, author)
    if not found:
        written = _written(repository, "POST", f"issues/{pull_request}/comments", report)
        return Posted(action="created", url=written["html_url"])
    first, *others = found
    try:
        written = _written(repository, "PATCH", f"issues/comments/{first}", report)
        action: Literal["created", "updated"] = "updated"
    except GitHubError as error:
        if error.status != 404:
            raise
        # Somebody has deleted it since it was listed.
        written = _written(repository, "POST", f"issues/{pull_request}/comments", report)
        action = "created"
    for comment in others:
        repository.delete(f"issues/comments/{comment}")
    return Posted(action=action, url=written["html_url"], removed=tuple(others))


def _written(repository: Repository, method: str, path: str, report: Report) -> dict[str, str]:
    send = repository.post if method == "POST" else repository.patch
    for limit in _SHORTER[:-1]:
        try:
            return send(path, {"body": render(report, limit)})
        except GitHubError as error:
            if error.status != _TOO_LONG:
                raise
    return send(path, {"body": render(report, _SHORTER[-1])})
