"""Ten thousand users on the real engine, with the directory's real quota and faster time."""

from __future__ import annotations

import json
import re

import pytest

from sandbox.entra.temper import Throttling
from tests.sandbox.user_attributes.conftest import StartCompany

pytestmark = pytest.mark.engine

USERS = 10_000
TIME_SCALE = 20
_TOLD = re.compile(r"(\d+) of (?:about )?(\d+) users so far, \d+ a second, about [\w ]+ left")


def test_everybody_is_written_once_below_the_quota(start_company: StartCompany) -> None:
    company = start_company(users=USERS, time_scale=TIME_SCALE)
    company.declare({})
    company.up()
    users = {
        user: {"default_namespace": f"team-{number % 9}"}
        for number, user in enumerate(company.users)
    }
    company.declare(users)
    company.behave(time_scale=TIME_SCALE, latency_s=0.2, throttling=Throttling())
    pages = -(-len(company.users) // 999)
    before = len(company.asked())

    done = company.up()

    assert company.is_as_declared()
    told = _TOLD.findall(done.stdout)
    assert len(told) > 3, "people see how far it is"
    # Most shards have not begun by then: the engine begins a few at a time.
    assert all(0.8 < int(total) / len(users) < 1.2 for _done, total in told)
    assert [int(count) for count, _total in told] == sorted(int(count) for count, _total in told)
    assert len(company.patches()) == len(users)
    assert company.throttled() == 0, "what can be avoided is"
    reads = [entry for entry in company.asked()[before:] if "/users" in entry[1]]
    assert len(reads) <= pages + 5
    batches = [entry for entry in company.asked()[before:] if entry[1].endswith("/$batch")]
    assert len(batches) <= len(users) / 20 + 16
    assert sum(len(json.dumps(entry)) for entry in company.state()) < 400 * len(users)

    before = len(company.asked())
    company.preview("--expect-no-changes")
    assert len(company.asked()) == before

    company.refresh("--expect-no-changes")
    assert len(company.asked()) - before <= pages + 5

    # One in a hundred: one read and one batch of writes a shard.
    before = len(company.asked())
    for user in list(users)[::100]:
        users[user] = {"default_namespace": "team-new"}
    company.declare(users)
    company.up()
    assert company.is_as_declared()
    assert len(company.patches()) == len(users) + len(list(users)[::100])
    assert len(company.asked()) - before <= 3 * 16 + 5
