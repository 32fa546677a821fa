"""A change's whole way: the commands of the workflows, run as their jobs run them.

Pulumi, the directory, the API server and the tokens are those of the sandbox, GitHub's API is its
stand-in; what the actions do (checkout, artifacts) is done here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.sandbox import Sandbox
from sandbox.serving import Server, bind, url_of
from sandbox.stack import PROJECT_FOLDER, RehearsedStack
from sandbox.tools.resolver import Tools
from tests.sandbox.pull_requests.github_stand_in import REPOSITORY, TOKEN, GitHub
from tests.system.ci_stack import CiStack, bootstrap
from tests.system.workflow_tokens import workflow_tokens
from tests.unit.pull_requests.stack_entry import STACK

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

BOB = "bob@contoso.example"
PULL, HEAD, MERGE, RUN = 12, "a" * 40, "c" * 40, 77
CHANGE = {"users": {BOB: {"default_namespace": "team-b"}}}


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A checkout of this project that lists one stack, and what is at GitHub."""

    ci: CiStack
    github: GitHub
    folder: Path

    def commit(self, changes: Mapping[str, Any]) -> None:
        """Change the stack's file."""
        self.ci.administrator.configure(self.ci.settings | dict(changes))
        shutil.copyfile(self.ci.administrator.config_file, self.folder / "Pulumi.sandbox.yaml")

    def run(
        self, workflow: str, job: str, environment: Mapping[str, str], *, event: str = ""
    ) -> tuple[int, str]:
        """Run a job's commands until one fails; return its status and all that was printed.

        Steps for another event are left out.
        """
        declared = yaml.safe_load((self.folder / ".github" / "workflows" / workflow).read_text())
        printed = ""
        for step in declared["jobs"][job]["steps"]:
            condition = step.get("if", "")
            if "run" not in step or ("event_name" in condition and event not in condition):
                continue
            done = subprocess.run(
                ["bash", "-e", "-o", "pipefail", "-c", step["run"]],  # noqa: S607
                cwd=self.folder,
                env={**environment, "STACK": "sandbox", "ONLY": ""},
                capture_output=True,
                text=True,
                check=False,
            )
            printed += f"$ {step['run']}\n{done.stdout}{done.stderr}"
            if done.returncode:
                return done.returncode, printed
        return 0, printed

    def job(self, stack: RehearsedStack | None, **more: str) -> dict[str, str]:
        """The environment of a job, that of the runner and that of the signed-in stack."""
        of_stack = stack.engine.environment if stack else {"PATH": os.environ["PATH"]}
        return {
            **of_stack,
            "GITHUB_API_URL": self.github.url,
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": str(RUN),
            "GITHUB_SHA": MERGE,
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "SSL_CERT_FILE": self.ci.sandbox.endpoints.ca_file,
            **more,
        }

    def artifact(self, name: str, to: str) -> None:
        """Upload a folder in one job and download it in another."""
        shutil.rmtree(self.folder / to, ignore_errors=True)
        shutil.move(self.folder / name, self.folder / to)


@pytest.fixture(scope="module")
def repository(
    sandbox: Sandbox, tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Repository]:
    folder = tmp_path_factory.mktemp("checkout")
    for entry in PROJECT_FOLDER.iterdir():
        if entry.name not in {".git", ".github", ".sandbox", "Pulumi.sandbox.yaml"}:
            (folder / entry.name).symlink_to(entry)
    (folder / ".github").mkdir()
    (folder / ".github" / "workflows").symlink_to(PROJECT_FOLDER / ".github" / "workflows")
    with workflow_tokens(sandbox.authority) as tokens:
        ci = bootstrap(sandbox, tokens, tools, tmp_path_factory.mktemp("ci"))
        entry = STACK | {
            "name": "sandbox",
            "previewClientId": ci.client_id("preview"),
            "deployClientId": ci.client_id("deploy"),
        }
        (folder / ".github" / "stacks.json").write_text(json.dumps([entry]))
        sock = bind()
        github = GitHub(url_of(sock))
        with Server(github.app, sock, sandbox.authority.issue("github", "localhost"), "github"):
            yield Repository(ci=ci, github=github, folder=folder)


def bob(repository: Repository) -> dict[str, Any]:
    found = repository.ci.sandbox.entra.tenant.user_called(BOB)
    assert found
    return dict(found.extension_values)


def by_hand(repository: Repository, value: str) -> None:
    """Change Bob's default namespace in the directory itself."""
    tenant = repository.ci.sandbox.entra.tenant
    found = tenant.user_called(BOB)
    assert found
    name = repository.ci.administrator.output("extensionNames")["default_namespace"]
    tenant.users.change(found, extension_values={**found.extension_values, name: value})


def test_from_the_pull_request_to_the_tenant(repository: Repository) -> None:
    github, ci = repository.github, repository.ci
    repository.commit(CHANGE)
    before = bob(repository)

    # The pull request: the list of stacks, a preview that writes nothing, a comment.
    status, printed = repository.run("preview.yaml", "stacks", repository.job(None))
    assert status == 0, printed
    assert '"name": "sandbox"' in (repository.folder / "output").read_text()
    with ci.running_as("preview") as stack:
        status, printed = repository.run("preview.yaml", "preview", repository.job(stack))
    assert status == 0, printed
    assert bob(repository) == before
    assert "team-b" in (repository.folder / "summary").read_text()
    repository.artifact("preview", "reviewed")
    (repository.folder / "previews").mkdir()
    shutil.copytree(repository.folder / "reviewed", repository.folder / "previews/preview-sandbox")
    github.pulls[PULL] = {"number": PULL, "state": "open", "head": {"sha": HEAD}}
    event = {
        "head_sha": HEAD,
        "html_url": "https://github.example/runs/77",
        "pull_requests": [{"number": PULL}],
    }
    (repository.folder / "event.json").write_text(json.dumps({"workflow_run": event}))
    commenting = repository.job(
        None, GITHUB_EVENT_PATH=str(repository.folder / "event.json"), GITHUB_TOKEN=TOKEN
    )
    status, printed = repository.run("comment.yaml", "comment", commenting)
    assert status == 0, printed
    (comment,) = github.bodies(PULL)
    assert BOB.partition("@")[0] in comment
    assert "team-b" in comment
    (fingerprint,) = re.findall(r"fingerprint=(sha256:\w+)", comment)

    # The merge: the reviewed preview is found, and a fresh one is the same.
    merged = {"number": PULL, "merged_at": "now", "merge_commit_sha": MERGE}
    github.pulls_of_commit[MERGE] = [merged | {"base": {"ref": "main"}, "head": {"sha": HEAD}}]
    github.runs = [
        {
            "id": RUN,
            "head_sha": HEAD,
            "event": "pull_request",
            "conclusion": "success",
            "head_repository": {"full_name": REPOSITORY},
            "html_url": "https://github.example/runs/77",
        }
    ]
    with ci.running_as("preview") as stack:
        planning = repository.job(stack, GITHUB_TOKEN=TOKEN)
        status, printed = repository.run("deploy-stack.yaml", "plan", planning, event="push")
    assert status == 0, printed
    assert f"run-id={RUN}" in (repository.folder / "output").read_text()
    assert f"fresh    {fingerprint}" in printed
    repository.artifact("preview", "reviewed")

    # Somebody changes the user between the approval and the deployment: it stops.
    by_hand(repository, "by-hand")
    with ci.running_as("deploy") as stack:
        status, printed = repository.run("deploy-stack.yaml", "deploy", repository.job(stack))
    assert status == 1, printed
    assert "is not the one that was reviewed" in printed
    assert "by-hand" in printed
    assert "pull_requests deploy" not in printed
    assert "by-hand" in bob(repository).values()

    # As it was reviewed: it is applied.
    by_hand(repository, "team-a")
    with ci.running_as("deploy") as stack:
        status, printed = repository.run("deploy-stack.yaml", "deploy", repository.job(stack))
    assert status == 0, printed
    assert "team-b" in bob(repository).values()


def test_drift_is_an_issue_while_it_lasts(repository: Repository) -> None:
    github, ci = repository.github, repository.ci
    declared = bob(repository)[ci.administrator.output("extensionNames")["default_namespace"]]
    for value, expected in (("by-hand", "open"), (declared, "closed")):
        by_hand(repository, value)
        with ci.running_as("preview") as stack:
            status, printed = repository.run("drift.yaml", "look", repository.job(stack))
        assert status == 0, printed
        shutil.rmtree(repository.folder / "previews", ignore_errors=True)
        (repository.folder / "previews").mkdir()
        repository.artifact("preview", "previews/preview-sandbox")
        telling = repository.job(None, GITHUB_TOKEN=TOKEN)
        status, printed = repository.run("drift.yaml", "tell", telling)

        assert status == (1 if expected == "open" else 0), printed
        assert [issue["state"] for issue in github.issues] == [expected]
        assert "by-hand" in github.issues[0]["body"]


def test_a_pull_request_that_writes_fails_and_says_so(repository: Repository) -> None:
    """What a job could try that has the token of a pull request."""
    repository.commit({"users": {BOB: {"default_namespace": "team-c"}}})
    before = bob(repository)
    with repository.ci.running_as("preview") as stack:
        status, printed = repository.run("deploy-stack.yaml", "deploy", repository.job(stack))
        command = [".venv/bin/python", "-m", "pull_requests", "deploy", "--stack", "sandbox"]
        applied = subprocess.run(
            command, cwd=repository.folder, env=repository.job(stack), check=False
        )

    assert status != 0, printed
    assert applied.returncode == 1
    assert bob(repository) == before
