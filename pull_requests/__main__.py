"""`python -m pull_requests`: what the jobs of the workflows run.

    preview   --stack STACK FOLDER     preview into files, and into the step's summary
    comment   FOLDER                   show previews of a finished run in its pull request
    reviewed  --branch BRANCH          find the run that previewed what was merged
    compare   REVIEWED FRESH           stop when a fresh preview is another than the reviewed one
    deploy    --stack STACK            pulumi up
    drift     FOLDER                   tell in an issue what is not as declared

Exit status: 0 done, 1 stopped or failed, 2 wrong arguments or environment.
GITHUB_TOKEN is read from the environment, and never printed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pull_requests import comments, comparison, drift, previews
from pull_requests.errors import JobSettingsError, NotReviewedError, PullRequestsError
from pull_requests.github import Clock, Repository
from pull_requests.job import Job
from pull_requests.reviewed import find_reviewed_run
from pull_requests.stacks import NAME, STACKS_FILE, read_stacks
from pull_requests.sticky_comment import Report
from review.running import CannotRunError
from review.settings import ReviewSettingsError

OK, STOPPED, WRONG = 0, 1, 2
_ARTIFACT = "preview-"
_MAX_STACKS = 50
"""More folders than this were not written by this project's workflow."""


def main(
    argv: Sequence[str] | None = None,
    environment: Mapping[str, str] = os.environ,
    *,
    clock: Clock = time,
) -> int:
    """Run the command line `argv` and return the exit status."""
    known = command_line().parse_args(argv)
    job = Job(environment)
    command: Callable[[argparse.Namespace, Job, Clock], int] = known.run
    try:
        return command(known, job, clock)
    except (JobSettingsError, CannotRunError, ReviewSettingsError) as error:
        _say(f"error: {error}")
        return WRONG
    except PullRequestsError as error:
        _say(f"error: {error}")
        return STOPPED


def _preview(known: argparse.Namespace, job: Job, _clock: Clock) -> int:
    found = previews.preview(known.stack, known.folder, say=_say, policy_pack=known.policy_pack)
    job.summarise(found.markdown)
    _say(found.markdown)
    return STOPPED if found.failed else OK


def _comment(known: argparse.Namespace, job: Job, clock: Clock) -> int:
    run = job.event().get("workflow_run")
    if not isinstance(run, dict):
        msg = "This command is for workflows that run on: workflow_run."
        raise JobSettingsError(msg)
    head = run["head_sha"]
    with Repository.of_job(job.environment, say=_say, clock=clock) as repository:
        for pull in run["pull_requests"]:
            live = repository.get(f"pulls/{pull['number']}")
            if live["state"] != "open" or live["head"]["sha"] != head:
                _say(f"pull request {pull['number']} has moved on since {head[:12]}: nothing said")
                continue
            for stack, folder in _folders(known.folder):
                found = previews.reviewed(stack, folder)
                report = Report(
                    stack=stack,
                    markdown=found.markdown,
                    commit=head,
                    run_url=run["html_url"],
                    fingerprint=found.fingerprint,
                )
                posted = comments.post(repository, pull["number"], report)
                _say(f"{stack}: {posted.action} {posted.url}")
    return OK


def _reviewed(known: argparse.Namespace, job: Job, clock: Clock) -> int:
    try:
        with Repository.of_job(job.environment, say=_say, clock=clock) as repository:
            run = find_reviewed_run(repository, job.commit, known.branch)
    except NotReviewedError as error:
        job.summarise(f"**Stopped:** {error}")
        raise
    job.output("run-id", str(run.run_id))
    _say(f"pull request {run.pull_request}, {run.commit[:12]}: reviewed was {run.url}")
    return OK


def _compare(known: argparse.Namespace, job: Job, _clock: Clock) -> int:
    reviewed, fresh = (
        comparison.read_steps(previews.preview_json(folder))
        for folder in (known.reviewed, known.fresh)
    )
    found = comparison.differences(reviewed, fresh)
    told = comparison.describe(found)
    job.summarise(told)
    _say(told)
    _say(f"reviewed {comparison.fingerprint(reviewed)}\nfresh    {comparison.fingerprint(fresh)}")
    return STOPPED if found else OK


def _deploy(known: argparse.Namespace, _job: Job, _clock: Clock) -> int:
    return STOPPED if previews.deploy(known.stack) else OK


def _drift(known: argparse.Namespace, job: Job, clock: Clock) -> int:
    differs = False
    with Repository.of_job(job.environment, say=_say, clock=clock) as repository:
        for stack, folder in _folders(known.folder):
            found = previews.reviewed(stack, folder)
            report = Report(
                stack=stack, markdown=found.markdown, commit=job.commit, run_url=job.run_url
            )
            issue = drift.tell(repository, report, differs=found.changes or found.failed)
            _say(f"{stack}: {issue.action} {issue.url}".rstrip())
            differs = differs or found.changes or found.failed
    return STOPPED if differs else OK


def _folders(parent: Path) -> list[tuple[str, Path]]:
    """Return each stack with its folder, also those that a job did not come to write one for.

    Raises:
        JobSettingsError: a folder has no stack's name; a pull request's workflow chose it.
        StacksFileError: the list of stacks is wrong.
    """
    listed = read_stacks(STACKS_FILE.read_text(encoding="utf-8")) if STACKS_FILE.is_file() else []
    names = {stack["name"] for stack in listed}
    names |= {folder.name.removeprefix(_ARTIFACT) for folder in parent.glob(f"{_ARTIFACT}*")}
    wrong = [name for name in names if not NAME.fullmatch(name)]
    if wrong or len(names) > _MAX_STACKS:
        msg = (
            f"{parent} must hold at most {_MAX_STACKS} folders {_ARTIFACT}<stack>; "
            f"it holds {len(names)}, of which {len(wrong)} have no stack's name"
        )
        raise JobSettingsError(msg)
    return [(name, parent / f"{_ARTIFACT}{name}") for name in sorted(names)]


def command_line() -> argparse.ArgumentParser:
    """Return the commands and their arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m pull_requests",
        description="What the jobs of the workflows run.",
        epilog="Exit status: 0 done, 1 stopped or failed, 2 wrong arguments or environment.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace, Job, Clock], int], text: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    preview = command("preview", _preview, "preview into files, and into the step's summary")
    preview.add_argument("--stack", required=True)
    preview.add_argument("--policy-pack", type=Path, metavar="DIR", help="run a policy pack too")
    preview.add_argument("folder", type=Path, metavar="FOLDER")
    comment = command("comment", _comment, "show previews of a finished run in its pull request")
    comment.add_argument("folder", type=Path, metavar="FOLDER")
    reviewed = command("reviewed", _reviewed, "find the run that previewed what was merged")
    reviewed.add_argument("--branch", default="main")
    compare = command("compare", _compare, "stop when a fresh preview is not the reviewed one")
    compare.add_argument("reviewed", type=Path, metavar="REVIEWED")
    compare.add_argument("fresh", type=Path, metavar="FRESH")
    deploy = command("deploy", _deploy, "pulumi up")
    deploy.add_argument("--stack", required=True)
    found = command("drift", _drift, "tell in an issue what is not as declared")
    found.add_argument("folder", type=Path, metavar="FOLDER")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
