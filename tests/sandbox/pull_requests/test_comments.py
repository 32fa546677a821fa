"""The comment of a stack in a pull request, against GitHub's API on real sockets."""

from __future__ import annotations

import pytest

from pull_requests.comments import post
from pull_requests.errors import GitHubError, JobSettingsError
from pull_requests.github import Repository
from pull_requests.sticky_comment import Report, marker
from tests.sandbox.pull_requests.conftest import FakeClock
from tests.sandbox.pull_requests.github_stand_in import REPOSITORY, TOKEN, Fault, GitHub

PULL = 12


def report(markdown: str = "✅ **safe**: nothing changes", stack: str = "dev") -> Report:
    return Report(
        stack=stack,
        markdown=markdown,
        commit="a" * 40,
        run_url="https://github.example/run",
        fingerprint="sha256:0",
    )


def test_the_first_time_a_comment_is_written_and_then_changed_in_place(
    github: GitHub, repository: Repository
) -> None:
    first = post(repository, PULL, report("one"))
    second = post(repository, PULL, report("two"))

    assert (first.action, second.action) == ("created", "updated")
    (body,) = github.bodies(PULL)
    assert "two" in body
    assert "one" not in body


def test_it_is_found_on_the_third_page_of_comments(github: GitHub, repository: Repository) -> None:
    for number in range(250):
        github.add_comment(PULL, f"a remark, number {number}", "alice")
    github.add_comment(PULL, f"{marker('dev')}\nold")
    for number in range(30):
        github.add_comment(PULL, f"a later remark, number {number}", "alice")

    assert post(repository, PULL, report("new")).action == "updated"

    assert len(github.bodies(PULL)) == 281
    assert len([r for r in github.requests if r[0] == "GET"]) == 3


def test_each_stack_has_its_own(github: GitHub, repository: Repository) -> None:
    for stack in ("dev", "prod", "dev-2"):
        post(repository, PULL, report(stack=stack))
    post(repository, PULL, report("changed", stack="dev"))

    assert len(github.bodies(PULL)) == 3
    assert [("changed" in body) for body in github.bodies(PULL)] == [True, False, False]


def test_second_ones_are_removed_and_the_oldest_stays(
    github: GitHub, repository: Repository
) -> None:
    oldest = github.add_comment(PULL, f"{marker('dev')}\none")
    others = [github.add_comment(PULL, f"{marker('dev')}\nanother") for _ in range(2)]
    github.add_comment(PULL, f"{marker('prod')}\nof another stack")

    posted = post(repository, PULL, report("now"))

    assert posted.removed == tuple(others)
    assert next(comment["id"] for comment in github.comments[PULL]) == oldest
    assert len(github.bodies(PULL)) == 2


def test_what_somebody_else_wrote_with_our_marker_is_left_alone(
    github: GitHub, repository: Repository
) -> None:
    github.add_comment(PULL, f"{marker('dev')}\n✅ **safe**, believe me", "mallory")

    assert post(repository, PULL, report("blocked")).action == "created"

    assert github.bodies(PULL)[0].endswith("believe me")


def test_one_that_was_deleted_meanwhile_is_written_again(
    github: GitHub, repository: Repository
) -> None:
    github.add_comment(PULL, f"{marker('dev')}\nold")
    github.faults.append(Fault(status=404, message="Not Found", only="PATCH"))

    assert post(repository, PULL, report()).action == "created"


def test_a_report_that_is_too_long_keeps_verdict_and_consequences(
    github: GitHub, repository: Repository
) -> None:
    text = "⛔ **blocked**: client id\n\n- kubectl is down\n\n" + "🔑 a very long line\n" * 9000

    post(repository, PULL, report(text))

    (body,) = github.bodies(PULL)
    assert "⛔ **blocked**: client id" in body
    assert "- kubectl is down" in body
    assert "[All of it](https://github.example/run)" in body


def test_a_body_that_github_still_finds_too_long_is_cut_further(
    github: GitHub, repository: Repository
) -> None:
    github.faults.append(Fault(status=422, message="body is too long", only="POST"))

    post(repository, PULL, report("verdict\n" + "x\n" * 60_000))

    (body,) = github.bodies(PULL)
    assert len(body) < 33_000
    assert "verdict" in body


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (
            Fault(
                status=403,
                message="You have exceeded a secondary rate limit. Please wait.",
                headers={"retry-after": "37"},
            ),
            [37.0],
        ),
        (
            Fault(
                status=403,
                message="API rate limit exceeded for installation.",
                headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000120"},
            ),
            [121.0],
        ),
        (Fault(status=403, message="You have exceeded a secondary rate limit."), [60.0]),
        (Fault(status=429, message="Too many requests"), [60.0]),
        (Fault(status=502, message="Bad Gateway"), [1.0]),
    ],
)
def test_it_waits_as_long_as_github_says(
    github: GitHub, repository: Repository, clock: FakeClock, fault: Fault, waits: list[float]
) -> None:
    github.faults.append(fault)

    assert post(repository, PULL, report()).action == "created"

    assert clock.waits == waits


def test_it_does_not_wait_for_ever(
    github: GitHub, repository: Repository, clock: FakeClock
) -> None:
    limited = Fault(status=429, message="Too many requests", headers={"retry-after": "400"})
    github.faults.extend([limited] * 9)

    with pytest.raises(GitHubError, match="429 Too many requests"):
        post(repository, PULL, report())

    assert sum(clock.waits) <= 900


def test_a_missing_permission_is_an_error_at_once_that_says_what_to_do(
    github: GitHub, repository: Repository, clock: FakeClock, said: list[str]
) -> None:
    github.faults.append(
        Fault(status=403, message="Resource not accessible by integration", only="POST")
    )

    with pytest.raises(GitHubError, match="permission that this takes") as caught:
        post(repository, PULL, report())

    assert clock.waits == []
    assert TOKEN not in str(caught.value) + "".join(said)


def test_a_wrong_token_is_refused_and_not_shown(
    github: GitHub, job_environment: dict[str, str], said: list[str]
) -> None:
    environment = job_environment | {"GITHUB_TOKEN": "ghs_another"}
    with (
        Repository.of_job(environment, say=said.append) as repository,
        pytest.raises(GitHubError, match="401 Bad credentials") as caught,
    ):
        post(repository, PULL, report())

    assert "ghs_another" not in str(caught.value)


def test_without_a_token_nothing_is_asked(github: GitHub, said: list[str]) -> None:
    with pytest.raises(JobSettingsError, match="GITHUB_TOKEN must be in the environment"):
        Repository.of_job({"GITHUB_REPOSITORY": REPOSITORY}, say=said.append)

    assert github.requests == []


def test_a_server_that_does_not_answer_is_an_error_that_says_so(
    clock: FakeClock, said: list[str]
) -> None:
    with (
        Repository(
            REPOSITORY, TOKEN, api_url="https://127.0.0.1:1", clock=clock, say=said.append
        ) as repository,
        pytest.raises(GitHubError, match="no answer") as caught,
    ):
        repository.get("pulls/1")

    assert caught.value.status is None
    assert len(clock.waits) == 5
