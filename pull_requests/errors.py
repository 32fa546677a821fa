"""What can go wrong between a job and what it is about.

PullRequestsError
├── JobSettingsError       the job's environment or a file is not as it has to be
├── StacksFileError        .github/stacks.json is wrong
├── GitHubError            GitHub refused a request, or gave no answer
├── NotReviewedError       no preview of this commit has been reviewed
└── PreviewNotReadableError  a preview cannot be compared

No message holds a token, a header or a whole body.
"""

from __future__ import annotations


class PullRequestsError(Exception):
    """Something in the way of a change; the message says what to do."""


class JobSettingsError(PullRequestsError):
    """The job's environment, its event or a file is not as it has to be."""


class StacksFileError(PullRequestsError):
    """The list of stacks is wrong."""


class NotReviewedError(PullRequestsError):
    """Nobody can have reviewed what is about to be applied."""


class PreviewNotReadableError(PullRequestsError):
    """A preview failed or is none, so it cannot be compared."""


class GitHubError(PullRequestsError):
    """GitHub refused a request, or gave no answer; `status` is None for the latter."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
