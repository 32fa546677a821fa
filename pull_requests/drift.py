"""The one open issue that a stack has while it is not as declared.

It is opened when a preview with `--refresh` finds something, changed in place while it goes on, and
closed when there is nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pull_requests.comments import AUTHOR
from pull_requests.github import Repository
from pull_requests.sticky_comment import Report, ours, render

LABEL = "drift"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftIssue:
    """What was done, and the issue it was done to."""

    action: Literal["opened", "updated", "closed", "none"]
    url: str = ""


def tell(
    repository: Repository, report: Report, *, differs: bool, author: str = AUTHOR
) -> DriftIssue:
    """Open, update or close the issue of the report's stack.

    Raises:
        GitHubError: GitHub refused.
    """
    issues = repository.items("issues", state="open", labels=LABEL, creator=author)
    open_issues = {issue["id"]: issue for issue in issues if "pull_request" not in issue}
    found = [open_issues[i] for i in ours(open_issues.values(), report.stack, author)]
    if not differs:
        for issue in found:
            repository.patch(
                f"issues/{issue['number']}", {"state": "closed", "state_reason": "completed"}
            )
        if not found:
            return DriftIssue(action="none")
        return DriftIssue(action="closed", url=found[0]["html_url"])
    body = {"title": f"Stack {report.stack} is not as declared", "body": render(report)}
    if found:
        written = repository.patch(f"issues/{found[0]['number']}", body)
        return DriftIssue(action="updated", url=written["html_url"])
    written = repository.post("issues", {**body, "labels": [LABEL]})
    return DriftIssue(action="opened", url=written["html_url"])
