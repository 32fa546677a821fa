"""Workloads that sign in to Entra with tokens of their own issuer, and those of a CI system.

https://learn.microsoft.com/entra/workload-id/workload-identity-federation
Issuer, subject and audience of a token are compared to the letter, so the subjects that GitHub
Actions writes are put together here and nowhere else.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.strict import StrictModel
from settings.text import HttpsUrl

GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
_OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?"
_REPOSITORY = re.compile(
    rf"{_OWNER}/[A-Za-z0-9._-]+|{_OWNER}@[1-9][0-9]*/[A-Za-z0-9._-]+@[1-9][0-9]*"
)
_ENVIRONMENT = re.compile(r"[A-Za-z0-9._-]+")
_BRANCH = re.compile(r"[A-Za-z0-9._/-]+")
_KUBERNETES_GROUP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]*")
_RESERVED_BY_EKS = ("system:", "eks:", "aws:", "amazon:", "iam:")


def _github_repository(value: str) -> str:
    if not _REPOSITORY.fullmatch(value):
        msg = (
            "must be OWNER/REPOSITORY, or OWNER@<id>/REPOSITORY@<id> where GitHub writes immutable "
            "subjects (repositories made since 15 July 2026, and those that opted in)"
        )
        raise ValueError(msg)
    return value


def _github_environment(value: str) -> str:
    if not _ENVIRONMENT.fullmatch(value):
        msg = "must be the name of a GitHub environment, of letters, digits, '.', '_' and '-'"
        raise ValueError(msg)
    return value


def _branch(value: str) -> str:
    if not _BRANCH.fullmatch(value):
        msg = "must be the name of a branch, without refs/heads/ and without wildcards"
        raise ValueError(msg)
    return value


def _kubernetes_group(value: str) -> str:
    if not _KUBERNETES_GROUP.fullmatch(value) or value.startswith(_RESERVED_BY_EKS):
        msg = (
            "must be a group for an EKS access entry: letters, digits and '._:/-', not starting "
            f"with {', '.join(_RESERVED_BY_EKS)}"
        )
        raise ValueError(msg)
    return value


GitHubRepository = Annotated[str, AfterValidator(_github_repository)]
"""https://docs.github.com/actions/reference/security/oidc"""
KubernetesGroup = Annotated[str, AfterValidator(_kubernetes_group)]
"""https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html"""


class FederatedCredential(StrictModel):
    """A workload whose tokens an application accepts instead of a secret."""

    issuer: HttpsUrl = Field(description="issuer of the workload's tokens")
    subject: str = Field(min_length=1, max_length=600, description="exact subject of the tokens")
    audience: str = Field(default="api://AzureADTokenExchange", min_length=1, max_length=600)


class GitHub(StrictModel):
    """The repository whose GitHub Actions workflows preview and deploy this stack."""

    repository: GitHubRepository = Field(
        description="OWNER/REPOSITORY, with the ids behind each where subjects are immutable"
    )
    environment: Annotated[str, AfterValidator(_github_environment)] = Field(
        description="environment that the deploying job runs in, with its approval"
    )
    branch: Annotated[str, AfterValidator(_branch)] = Field(
        default="main", description="branch that is deployed from and looked at for drift"
    )

    def preview_credentials(self) -> dict[str, FederatedCredential]:
        """Return the workloads that only read: pull requests, and the branch's own jobs."""
        return {
            "github-pull-request": self._credential("pull_request"),
            "github-branch": self._credential(f"ref:refs/heads/{self.branch}"),
        }

    def deploy_credentials(self) -> dict[str, FederatedCredential]:
        """Return the one workload that deploys: a job in the environment, whatever its branch.

        Which branches reach the environment, and whose approval it takes, is set on GitHub.
        """
        return {"github-environment": self._credential(f"environment:{self.environment}")}

    def _credential(self, context: str) -> FederatedCredential:
        return FederatedCredential(
            issuer=GITHUB_ISSUER, subject=f"repo:{self.repository}:{context}"
        )


class CiIdentity(StrictModel):
    """An application that a CI system signs in as; it has no secret."""

    display_name: str | None = Field(
        default=None,
        min_length=1,
        max_length=120,
        description="by default the application's display name with 'CI preview' or 'CI deploy'",
    )
    federated_credentials: dict[str, FederatedCredential] = Field(
        default_factory=dict,
        description="workloads that may sign in as it beside GitHub's, by name",
    )


class CiPreview(CiIdentity):
    """The identity that previews: it reads, and can change nothing."""

    kubernetes_group: KubernetesGroup | None = Field(
        default=None,
        description="group of its EKS access entry, which then may read what is declared",
    )


class ContinuousIntegration(StrictModel):
    """The two identities of the CI system; each is declared when something may sign in as it."""

    github: GitHub | None = Field(default=None, description="GitHub Actions of one repository")
    preview: CiPreview = CiPreview()
    deploy: CiIdentity = CiIdentity()

    @property
    def preview_credentials(self) -> dict[str, FederatedCredential]:
        """Every workload that may sign in to preview, by name."""
        own = self.github.preview_credentials() if self.github else {}
        return own | self.preview.federated_credentials

    @property
    def deploy_credentials(self) -> dict[str, FederatedCredential]:
        """Every workload that may sign in to deploy, by name."""
        own = self.github.deploy_credentials() if self.github else {}
        return own | self.deploy.federated_credentials
