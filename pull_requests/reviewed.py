"""Which preview of what is about to be deployed was there for the reviewer to see.

A commit on the deployed branch comes from a pull request; the preview of that pull request's last
commit is an artifact of the workflow that previews. Nobody's word is taken for it: the pull request
is the one that GitHub says the commit came from, and the run is one of that very workflow.
"""

from __future__ import annotations

from dataclasses import dataclass

from pull_requests.errors import NotReviewedError
from pull_requests.github import Repository

WORKFLOW = "preview.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedRun:
    """The run of the workflow that previewed what was merged."""

    pull_request: int
    commit: str
    run_id: int
    url: str


def find_reviewed_run(repository: Repository, commit: str, branch: str) -> ReviewedRun:
    """Return the run that previewed the pull request that `commit` on `branch` came from.

    Raises:
        NotReviewedError: it came from none, or its last commit has no successful preview.
        GitHubError: GitHub refused.
    """
    merged = [
        pull
        for pull in repository.items(f"commits/{commit}/pulls")
        if pull.get("merged_at")
        and pull["merge_commit_sha"] == commit
        and pull["base"]["ref"] == branch
    ]
    if len(merged) != 1:
        found = "no pull request" if not merged else f"{len(merged)} pull requests"
        msg = (
            f"{commit[:12]} on {branch} came from {found}, so nobody has reviewed a preview of it. "
            "Start the workflow by hand, look at what it previews, and approve that."
        )
        raise NotReviewedError(msg)
    number, head = merged[0]["number"], merged[0]["head"]["sha"]
    runs = repository.items(
        f"actions/workflows/{WORKFLOW}/runs",
        "workflow_runs",
        head_sha=head,
        event="pull_request",
        status="success",
    )
    for run in runs:  # the newest first
        if run["head_sha"] == head and run["head_repository"]["full_name"] == repository.name:
            return ReviewedRun(
                pull_request=number, commit=head, run_id=run["id"], url=run["html_url"]
            )
    msg = (
        f"The last commit of pull request {number}, {head[:12]}, has no successful preview. "
        "Start the workflow by hand, look at what it previews, and approve that."
    )
    raise NotReviewedError(msg)
