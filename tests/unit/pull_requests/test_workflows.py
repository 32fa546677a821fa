"""The workflows keep the rules that make them safe, whatever is changed in them.

https://docs.github.com/actions/reference/security/secure-use
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pull_requests import __main__ as commands
from pull_requests.reviewed import WORKFLOW

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yaml"))
RUNS_FOREIGN_CODE = {"preview.yaml"}
OURS = ".venv/bin/python -m pull_requests "


def load(file: Path) -> dict[Any, Any]:
    # YAML 1.1 takes the key `on` for a truth value.
    return {("on" if k is True else k): v for k, v in yaml.safe_load(file.read_text()).items()}


def jobs(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from load(file)["jobs"].items()


def steps(file: Path) -> Iterator[dict[str, Any]]:
    for _, job in jobs(file):
        yield from job.get("steps", ())


every_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


def test_there_are_workflows() -> None:
    assert {file.name for file in FILES} == {
        *("comment.yaml", "deploy.yaml", "deploy-stack.yaml", "drift.yaml", "preview.yaml"),
    }
    assert (FOLDER / WORKFLOW).is_file()


@every_file
def test_nothing_is_permitted_that_a_job_does_not_ask_for(file: Path) -> None:
    assert load(file)["permissions"] == {}
    assert all("permissions" in job for _, job in jobs(file))


@every_file
def test_no_secret_is_used_and_no_foreign_code_gets_the_right_to_write(file: Path) -> None:
    text = file.read_text()

    assert "secrets." not in text
    assert "secrets:" not in text
    assert "pull_request_target" not in text
    for name, job in jobs(file):
        writes = {p for p, right in job["permissions"].items() if right == "write"}
        # A job that signs in to the tenant writes nothing on GitHub, and the other way round.
        assert len(writes) <= 1, name
        if file.name in RUNS_FOREIGN_CODE:
            assert writes <= {"id-token"}, name
            assert "environment" not in job, "it would have the subject of a deployment"


def test_a_fork_is_not_previewed() -> None:
    first = load(FOLDER / "preview.yaml")["jobs"]["stacks"]

    assert first["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    assert load(FOLDER / "preview.yaml")["on"] == {"pull_request": None}


def test_the_comment_is_written_by_the_default_branchs_code() -> None:
    workflow = load(FOLDER / "comment.yaml")

    assert set(workflow["on"]) == {"workflow_run"}
    assert workflow["on"]["workflow_run"]["workflows"] == [load(FOLDER / "preview.yaml")["name"]]
    (job,) = workflow["jobs"].values()
    assert "github.event.workflow_run.head_repository.full_name == github.repository" in job["if"]
    checkout = job["steps"][0]
    assert "ref" not in checkout["with"]
    assert "repository" not in checkout["with"]


@every_file
def test_actions_are_pinned_and_leave_no_token_behind(file: Path) -> None:
    for line in re.findall(r"uses: (.+)", file.read_text()):
        assert line.startswith("./") or re.fullmatch(
            r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line
        ), line
    for step in steps(file):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"] == {"persist-credentials": False}


def test_the_same_action_is_pinned_to_one_version() -> None:
    used = {line for file in FILES for line in re.findall(r"uses: ([^.].+)", file.read_text())}

    assert len({line.partition("@")[0] for line in used}) == len(used)


@every_file
def test_what_is_run_is_a_command_of_this_project_and_no_script(file: Path) -> None:
    for step in steps(file):
        if "run" not in step:
            continue
        command = step["run"].strip()
        assert "${{" not in command, "a value of an event would be run as a script"
        assert "\n" not in command
        if command.startswith(OURS):
            commands.command_line().parse_args(shlex.split(command.removeprefix(OURS)))
        else:
            assert command in {
                "make setup",
                "python3 -m pull_requests.stacks",
                'python3 -m pull_requests.stacks "$ONLY"',
            }


@every_file
def test_every_job_ends(file: Path) -> None:
    assert all("timeout-minutes" in job or "uses" in job for _, job in jobs(file))


def test_a_deployment_is_approved_alone_and_compared_before_it_is_applied() -> None:
    declared = load(FOLDER / "deploy-stack.yaml")["jobs"]
    plan, deploy = declared["plan"], declared["deploy"]

    assert list(declared) == ["plan", "deploy"]
    assert deploy["needs"] == "plan"
    assert deploy["environment"]
    assert deploy["concurrency"]["cancel-in-progress"] is False
    assert "name" in deploy["concurrency"]["group"]
    assert "environment" not in plan
    assert "previewClientId" in plan["env"]["ARM_CLIENT_ID"]
    assert "deployClientId" in deploy["env"]["ARM_CLIENT_ID"]
    ran = [step["run"].removeprefix(OURS).split()[0] for step in deploy["steps"] if "run" in step]
    assert ran == ["make", "preview", "compare", "deploy"]
    assert not any("if" in step or step.get("continue-on-error") for step in deploy["steps"])
    on_push = [step for step in plan["steps"] if "if" in step]
    assert {step["if"] for step in on_push} == {"github.event_name == 'push'"}
    assert [step["run"].split()[3] for step in on_push if "run" in step] == ["reviewed", "compare"]


@pytest.mark.parametrize("name", ["deploy.yaml", "drift.yaml"])
def test_only_the_deployed_branch_deploys_and_is_looked_at(name: str) -> None:
    assert load(FOLDER / name)["jobs"]["stacks"]["if"] == "github.ref == 'refs/heads/main'"


def test_the_cli_is_of_the_sdks_version() -> None:
    sdk = re.search(r"^pulumi==(\S+)$", (ROOT / "requirements.in").read_text(), re.MULTILINE)
    assert sdk
    for file in FILES:
        for version in re.findall(r"pulumi-version: (\S+)", file.read_text()):
            assert version == sdk[1]
