"""Ten thousand users in one preview are reviewed in less than two seconds."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest

from review import ReviewSettings, review, write
from tests.unit.review.previews import TODAY, digest, same, step
from tests.unit.review.resources import application, service_principal, users

USERS, SHARDS, LIMIT_S = 10_000, 16, 2.0


def shard(number: int, namespace: str) -> dict[str, Any]:
    lines = ["user_principal_name,object_id,default_namespace,picture"]
    for user in range(number, USERS, SHARDS):
        picture = f"https://people.contoso.com/{user}.png"
        lines.append(f"user{user:05d}@contoso.com,{uuid.UUID(int=user)},{namespace},{picture}")
    table = users("\n".join(lines) + "\n", shard=number)
    return {**table, "outputs": {**table["inputs"], "changed_by_others": ""}}


@pytest.mark.parametrize("form", ["terminal", "markdown", "json", "sarif"])
def test_every_user_of_a_large_company_changes(form: Any) -> None:
    steps = [step("update", shard(n, "team-a"), shard(n, "team-b")) for n in range(SHARDS)]
    text = digest(same(application()), same(service_principal()), *steps)

    # The time of this process alone: others run on the machine.
    started = time.process_time()
    report = review(text, ReviewSettings(today=TODAY))
    write(report, form)
    seconds = time.process_time() - started

    assert len(report.users.changes) == USERS
    assert seconds < LIMIT_S
