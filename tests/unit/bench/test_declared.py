"""What the benchmark declares."""

from __future__ import annotations

import csv
from pathlib import Path

from bench.users.declared import changed_users, declare, moved, write_csv

IDS = {f"user{number}@contoso.example": f"id-{number}" for number in range(250)}


def test_one_percent_moves_and_everybody_else_stays() -> None:
    before, after = declare(IDS, changed=False), declare(IDS, changed=True)

    changed = moved(before, after)

    assert [user.object_id for user in changed] == ["id-0", "id-100", "id-200"]
    assert len(changed) == changed_users(250)
    assert {user.picture for user in before} == {user.picture for user in after}


def test_a_list_names_users_with_or_without_their_object_ids(tmp_path: Path) -> None:
    users = declare(IDS, changed=False)[:1]
    for object_ids in (True, False):
        write_csv(tmp_path / "users.csv", users, object_ids=object_ids)

        (line,) = csv.DictReader((tmp_path / "users.csv").read_text().splitlines())

        own_id = {"object_id": "id-0"} if object_ids else {}
        assert line == {"user": "user0@contoso.example", **own_id, **users[0].values}
