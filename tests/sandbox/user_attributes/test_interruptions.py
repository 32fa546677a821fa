"""An update that is interrupted at any moment: the next one does the rest, and only the rest."""

from __future__ import annotations

import signal

import pytest

from sandbox.waiting import wait_until
from tests.sandbox.user_attributes.company import Company
from tests.sandbox.user_attributes.conftest import StartCompany

pytestmark = pytest.mark.engine

TEAM_A = {"default_namespace": "team-a"}


@pytest.fixture
def company(start_company: StartCompany) -> Company:
    """300 users, of whom nobody has a value yet, and answers that take their time."""
    company = start_company(users=300)
    company.declare({})
    company.up()
    company.declare(dict.fromkeys(company.users, TEAM_A))
    company.behave(latency_s=0.4)
    return company


def finish(company: Company) -> None:
    """Run the next update, and count."""
    company.behave()
    company.up()
    assert company.is_as_declared()
    assert sorted(company.patches()) == sorted(set(company.patches())), "nobody is written twice"
    assert len(company.patches()) == len(company.users)
    company.preview("--expect-no-changes")


def test_the_provider_is_killed(company: Company) -> None:
    with company.updating() as update:
        update.wait_for_writes(20)
        update.kill_provider()
        assert update.wait_for_end() != 0

    finish(company)


def test_the_engine_is_killed(company: Company) -> None:
    with company.updating() as update:
        update.wait_for_writes(20)
        update.process.kill()
        update.wait_for_end()
        wait_until(lambda: not update.providers(), what="the provider to end", timeout_s=10)
    written = len(company.patches())
    assert written < len(company.users), "nobody goes on writing"
    # The engine's own lock of the stack stays behind, as always when it is killed.
    company.engine.run("cancel", "--yes", stack="dev")

    finish(company)


@pytest.mark.parametrize("times", [1, 2])
def test_it_is_interrupted_by_a_person(company: Company, times: int) -> None:
    """The first Ctrl-C lets what has begun end; the second ends it at once."""
    with company.updating() as update:
        update.wait_for_writes(20)
        for _ in range(times):
            update.process.send_signal(signal.SIGINT)
        update.wait_for_end()
    assert len(company.patches()) < len(company.users)
    company.engine.run("cancel", "--yes", stack="dev", check=False)

    finish(company)
