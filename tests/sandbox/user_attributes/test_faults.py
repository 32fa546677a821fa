"""A directory on a bad day: nobody is stopped by another's failure, and nothing is forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from graph.user_failures import NOT_AVAILABLE
from sandbox.engine import PulumiFailedError
from sandbox.entra.temper import (
    Connections,
    Fault,
    Replication,
    SlowAnswers,
    Throttling,
    Unavailable,
)
from sandbox.waiting import wait_until
from tests.sandbox.user_attributes.company import Company
from tests.sandbox.user_attributes.conftest import StartCompany

pytestmark = pytest.mark.engine

TEAM_A, TEAM_B = {"default_namespace": "team-a"}, {"default_namespace": "team-b"}
TIME_SCALE = 20
"""The program's waits, of up to 300 s, pass this much faster."""


def refuse(company: Company, user: str) -> None:
    path = f"/users/{company.object_id(user)}"
    company.behave(faults=(Fault(methods=("PATCH",), path=path, status=403, times=None),))


def test_one_users_refusal_stops_nobody_and_the_next_update_does_only_the_rest(
    start_company: StartCompany,
) -> None:
    company = start_company(users=60, time_scale=TIME_SCALE)
    everybody = company.users
    refused, left = everybody[:2]
    company.declare(dict.fromkeys(everybody, TEAM_A))
    refuse(company, refused)
    gone = company.entra.tenant.user_called(left)
    assert gone is not None
    company.entra.tenant.users.remove(gone)

    with pytest.raises(PulumiFailedError) as failed:
        company.up()

    assert "2 users could not be brought to the declared values" in str(failed.value)
    assert "403 Authorization_RequestDenied" in str(failed.value)
    assert f"  {left}: The user is no longer in the directory" in str(failed.value)
    assert len(set(company.patches())) == len(company.patches()) == len(everybody) - 2

    # The user who has left is taken out, the other is allowed: one write is left to do.
    company.declare(dict.fromkeys(company.users, TEAM_A))
    company.behave()
    before = len(company.patches())
    company.up()
    assert company.is_as_declared()
    (path,) = company.patches()[before:]
    assert path.endswith(company.object_id(refused))
    company.preview("--expect-no-changes")


def test_who_is_removed_after_a_failed_update_is_cleared(start_company: StartCompany) -> None:
    company = start_company(users=20, time_scale=TIME_SCALE)
    company.declare(dict.fromkeys(company.users, TEAM_A))
    company.up()
    refused = company.users[0]
    refuse(company, refused)
    company.declare(dict.fromkeys(company.users, TEAM_B))
    with pytest.raises(PulumiFailedError, match="1 user could not be brought"):
        company.up()
    assert company.live(refused) == TEAM_A
    assert all(company.live(user) == TEAM_B for user in company.users[1:])
    company.behave()

    company.declare({})
    company.up()

    assert [user for user in company.users if company.live(user)] == []


ITEM_FAULTS = {
    "throttled": Fault(status=429, retry_after_s=2, times=2),
    "unavailable": Fault(status=503, times=2),
    "timed out": Fault(status=504),
    "timed out and done": Fault(status=504, applied=True),
    "conflict": Fault(status=409, times=2),
    "dependency failed": Fault(status=424, times=2),
    "token expired": Fault(status=401),
    "just created": Fault(status=404, times=2),
    "extension not available": Fault(
        status=400, message=f"{NOT_AVAILABLE}: default_namespace.", times=2
    ),
}
BATCH_FAULTS = (
    Fault(status=429, retry_after_s=2),
    Fault(status=503),
    Fault(status=504, applied=True),
    Fault(status=401),
    Fault(lose_connection=True),
    Fault(lose_connection=True, applied=True),
)


def test_each_fault_that_passes_is_survived(start_company: StartCompany) -> None:
    company = start_company(users=100, time_scale=TIME_SCALE)
    company.declare({user: TEAM_A | {"floor": "3"} for user in company.users})
    struck = {
        f"/users/{company.object_id(user)}": fault
        for user, fault in zip(company.users, ITEM_FAULTS.values(), strict=False)
    }
    company.behave(
        faults=(
            *(
                fault.model_copy(update={"methods": ("PATCH",), "path": path})
                for path, fault in struck.items()
            ),
            *(
                fault.model_copy(update={"path": "/$batch", "skip": number})
                for number, fault in enumerate(BATCH_FAULTS)
            ),
        )
    )

    company.up()

    for path, fault in struck.items():
        answers = [
            entry.status
            for entry in company.entra.requests
            if entry.method == "PATCH" and entry.path.endswith(path)
        ]
        assert answers.count(fault.status or 0) == fault.times, fault
        assert answers[-1] == 204, fault
    batches = [status for _, path, status in company.asked() if path.endswith("/$batch")]
    assert sorted(status for status in batches if status != 200) == [0, 0, 401, 429, 503, 504]
    company.behave()
    assert company.is_as_declared()
    company.preview("--expect-no-changes")


def test_everything_at_once_is_survived(start_company: StartCompany) -> None:
    company = start_company(users=200, time_scale=TIME_SCALE)
    company.declare(dict.fromkeys(company.users, TEAM_A))
    company.behave(
        seed=6,  # connections are lost before and after early batches
        latency_s=0.3,
        slow_answers=SlowAnswers(rate=0.2, seconds=0.5),
        throttling=Throttling(rate=0.05, retry_after_s=1),
        unavailable=Unavailable(rate=0.1, item_rate=0.05),
        connections=Connections(lost_before_rate=0.05, lost_after_rate=0.05),
        replication=Replication(at_most_s=3),
        tokens_refused_after_s=3,
    )

    company.up()

    statuses = {entry.status for entry in company.entra.requests}
    assert {0, 401, 429, 503, 504} <= statuses
    company.behave()
    assert company.is_as_declared()
    company.preview("--expect-no-changes")


def test_the_directory_goes_away_in_the_middle(start_company: StartCompany) -> None:
    """Connections are refused from one moment on, and for longer than the program's patience."""
    company = start_company(users=300, time_scale=3 * TIME_SCALE)
    company.declare(dict.fromkeys(company.users, TEAM_A))
    company.behave(latency_s=0.4)

    with ThreadPoolExecutor(1) as beside:
        update = beside.submit(company.up, check=False)
        wait_until(
            lambda: len(company.patches()) >= 20 or update.done(), what="20 writes", timeout_s=60
        )
        assert not update.done(), "it ended before the directory could go away"
        with company.graph.away():
            failed = update.result(60)

    assert failed.returncode != 0
    assert "No answer from Microsoft Graph" in failed.stdout
    assert "Connection refused" in failed.stdout
    assert "Traceback" not in failed.stdout + failed.stderr
    assert 20 <= len(company.patches()) < len(company.users)

    company.behave()
    company.up()
    assert company.is_as_declared()
    assert len(set(company.patches())) == len(company.patches()) == len(company.users)
    company.preview("--expect-no-changes")
