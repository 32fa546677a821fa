"""What the jobs of the workflows run, with their events, artifacts and GitHub's API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pull_requests.__main__ import OK, STOPPED, WRONG, main
from pull_requests.sticky_comment import marker
from tests.sandbox.pull_requests.conftest import FakeClock
from tests.sandbox.pull_requests.github_stand_in import REPOSITORY, TOKEN, Fault, GitHub
from tests.unit.pull_requests.stack_entry import STACK
from tests.unit.review.previews import change, digest, same, state

HEAD, MERGE = "a" * 40, "c" * 40
PULL = 12
APPLICATION = state(
    "azuread:index/application:Application", "sign-in-application", {"displayName": "eks"}
)
CHANGED = digest(change("update", APPLICATION, {"displayName": "KubeRocketCI"}))
NOTHING = digest(same(APPLICATION))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The job's working folder, without a list of stacks."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def artifact(folder: Path, stack: str, preview: str, log: str = "") -> None:
    written = folder / f"preview-{stack}"
    written.mkdir(parents=True)
    (written / "preview.json").write_text(preview)
    (written / "preview.log").write_text(log)


@pytest.fixture
def finished(folder: Path, github: GitHub, job_environment: dict[str, str]) -> dict[str, str]:
    """The environment of a job that runs on a finished preview of an open pull request."""
    github.pulls[PULL] = {"number": PULL, "state": "open", "head": {"sha": HEAD}}
    event = {
        "workflow_run": {
            "id": 77,
            "head_sha": HEAD,
            "html_url": "https://github.example/contoso/platform/actions/runs/77",
            "pull_requests": [{"number": PULL, "head": {"sha": HEAD}}],
        }
    }
    (folder / "event.json").write_text(json.dumps(event))
    return job_environment | {"GITHUB_EVENT_PATH": str(folder / "event.json")}


def test_each_stack_of_a_finished_preview_gets_its_comment(
    folder: Path, github: GitHub, finished: dict[str, str]
) -> None:
    artifact(folder, "dev", CHANGED)
    artifact(folder, "prod", NOTHING)

    assert main(["comment", "."], finished) == OK

    dev, prod = github.bodies(PULL)
    assert dev.startswith(marker("dev"))
    assert prod.startswith(marker("prod"))
    assert "fingerprint=sha256:" in dev
    assert f"commit={HEAD}" in dev
    assert "actions/runs/77" in dev


def test_a_failed_preview_is_said_with_its_reason(
    folder: Path, github: GitHub, finished: dict[str, str]
) -> None:
    artifact(folder, "dev", "", "error: AADSTS700213: No matching federated identity record found")

    assert main(["comment", "."], finished) == OK

    (body,) = github.bodies(PULL)
    assert "AADSTS700213" in body
    assert "fingerprint" not in body


def test_a_stack_whose_preview_never_ran_is_said_too(
    folder: Path, github: GitHub, finished: dict[str, str]
) -> None:
    (folder / ".github").mkdir()
    (folder / ".github" / "stacks.json").write_text(json.dumps([STACK]))

    assert main(["comment", "previews"], finished) == OK

    (body,) = github.bodies(PULL)
    assert body.startswith(marker("prod"))
    assert "✅" not in body


def test_a_preview_of_a_commit_that_is_not_the_last_is_not_shown(
    folder: Path, github: GitHub, finished: dict[str, str]
) -> None:
    github.pulls[PULL]["head"]["sha"] = "b" * 40
    artifact(folder, "dev", CHANGED)

    assert main(["comment", "."], finished) == OK

    assert github.bodies(PULL) == []


def test_an_artifact_that_is_no_stacks_is_refused(
    folder: Path, github: GitHub, finished: dict[str, str]
) -> None:
    artifact(folder, "x --> <!-- y", CHANGED)

    assert main(["comment", "."], finished) == WRONG

    assert github.bodies(PULL) == []


def test_what_an_artifact_says_is_not_believed_only_its_preview(
    folder: Path, github: GitHub, finished: dict[str, str]
) -> None:
    artifact(folder, "dev", CHANGED)
    (folder / "preview-dev" / "report.md").write_text("✅ **safe**, approve me")

    main(["comment", "."], finished)

    (body,) = github.bodies(PULL)
    assert "approve me" not in body


@pytest.fixture
def merged(github: GitHub, folder: Path, job_environment: dict[str, str]) -> dict[str, str]:
    """The environment of a job on the merge of a pull request whose preview succeeded."""
    github.pulls_of_commit[MERGE] = [
        {
            "number": PULL,
            "merged_at": "2026-11-24T10:00:00Z",
            "merge_commit_sha": MERGE,
            "base": {"ref": "main"},
            "head": {"sha": HEAD},
        }
    ]
    github.runs = [run(82), run(80)]
    return job_environment | {
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
    }


def run(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "head_sha": HEAD,
        "event": "pull_request",
        "conclusion": "success",
        "head_repository": {"full_name": REPOSITORY},
        "html_url": f"https://github.example/runs/{number}",
    } | changes


def test_the_newest_successful_preview_of_what_was_merged_is_found(
    folder: Path, merged: dict[str, str]
) -> None:
    assert main(["reviewed", "--branch", "main"], merged) == OK

    assert (folder / "output").read_text() == "run-id=82\n"


@pytest.mark.parametrize(
    "runs",
    [
        [],
        [run(1, head_sha="b" * 40)],
        [run(1, conclusion="failure")],
        [run(1, event="push")],
        [run(1, head_repository={"full_name": "mallory/platform"})],
    ],
)
def test_without_a_preview_of_the_last_commit_it_stops(
    folder: Path, github: GitHub, merged: dict[str, str], runs: list[dict[str, Any]]
) -> None:
    github.runs = runs

    assert main(["reviewed"], merged) == STOPPED

    assert "has no successful preview" in (folder / "summary").read_text()
    assert not (folder / "output").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"merged_at": None},
        {"merge_commit_sha": "d" * 40},
        {"base": {"ref": "release"}},
    ],
)
def test_a_commit_of_no_merged_pull_request_stops(
    folder: Path, github: GitHub, merged: dict[str, str], change: dict[str, Any]
) -> None:
    github.pulls_of_commit[MERGE][0] |= change

    assert main(["reviewed"], merged) == STOPPED

    assert "nobody has reviewed" in (folder / "summary").read_text()


def test_the_same_preview_may_be_applied_and_another_may_not(
    folder: Path, merged: dict[str, str]
) -> None:
    artifact(folder / "reviewed", "dev", CHANGED)
    artifact(folder / "fresh", "dev", CHANGED)
    artifact(folder / "other", "dev", NOTHING)

    assert main(["compare", "reviewed/preview-dev", "fresh/preview-dev"], merged) == OK
    assert main(["compare", "reviewed/preview-dev", "other/preview-dev"], merged) == STOPPED
    assert main(["compare", "nowhere", "fresh/preview-dev"], merged) == STOPPED

    summary = (folder / "summary").read_text()
    assert "nothing is different" in summary
    assert "now `no change`" in summary


def test_drift_opens_one_issue_changes_it_and_closes_it(
    folder: Path, github: GitHub, job_environment: dict[str, str]
) -> None:
    artifact(folder / "monday", "dev", CHANGED)
    artifact(folder / "tuesday", "dev", CHANGED)
    artifact(folder / "wednesday", "dev", NOTHING)

    assert main(["drift", "monday"], job_environment) == STOPPED
    assert main(["drift", "tuesday"], job_environment) == STOPPED
    (issue,) = github.issues
    assert issue["state"] == "open"
    assert issue["title"] == "Stack dev is not as declared"
    assert issue["body"].startswith(marker("dev"))
    assert issue["labels"] == ["drift"]
    assert main(["drift", "wednesday"], job_environment) == OK

    assert [issue["state"] for issue in github.issues] == ["closed"]


def test_a_look_for_drift_that_failed_is_an_issue_too(
    folder: Path, github: GitHub, job_environment: dict[str, str]
) -> None:
    artifact(folder, "dev", "", "error: no credentials")

    assert main(["drift", "."], job_environment) == STOPPED

    assert "no credentials" in github.issues[0]["body"]


def test_an_issue_of_another_stack_stays_open(
    folder: Path, github: GitHub, job_environment: dict[str, str]
) -> None:
    artifact(folder / "one", "prod", CHANGED)
    artifact(folder / "two", "dev", NOTHING)

    main(["drift", "one"], job_environment)
    assert main(["drift", "two"], job_environment) == OK

    assert [issue["state"] for issue in github.issues] == ["open"]


def test_outside_a_workflow_it_says_what_is_missing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    artifact(folder, "dev", CHANGED)

    assert main(["comment", "."], {"GITHUB_TOKEN": TOKEN}) == WRONG
    assert main(["drift", "."], {}) == WRONG

    printed = capsys.readouterr()
    assert "GITHUB_EVENT_PATH is not in the environment" in printed.out
    assert TOKEN not in printed.out + printed.err


def test_it_waits_with_the_clock_it_is_given(
    folder: Path, github: GitHub, finished: dict[str, str], clock: FakeClock
) -> None:
    artifact(folder, "dev", CHANGED)
    github.faults.append(Fault(status=429, message="slow down", headers={"retry-after": "5"}))

    assert main(["comment", "."], finished, clock=clock) == OK
    assert clock.waits == [5.0]
