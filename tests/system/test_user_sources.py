"""Values by group rules and files on the real engine: memberships and rows come and go."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.stack import PROJECT_FOLDER
from tests.system.conftest import Deployment
from tests.system.test_living_with_it import changed_steps

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

CAROL, ERIN = (f"{name}@contoso.example" for name in ("carol", "erin"))
GUEST = "dave_partner.example#EXT#@contoso.example"
SHARD = "dynamic/entra:UserAttributes"


def lines_of(step: dict[str, Any], state: str) -> set[str]:
    """A shard's lines before (`oldState`) or after (`newState`) a step."""
    text: str = ((step.get(state) or {}).get("inputs") or {}).get("users", "")
    return set(text.splitlines()[1:])


def changed_lines(deployment: Deployment) -> tuple[set[str], set[str]]:
    """The lines that a preview takes away and those that it adds, in all shards together.

    Nothing but shards may change.
    """
    steps = changed_steps(json.loads(deployment.stack.preview("--json").stdout))
    before: set[str] = set()
    after: set[str] = set()
    for step in steps:
        assert step["urn"].split("::")[2].endswith(SHARD), step["urn"]
        before |= lines_of(step, "oldState")
        after |= lines_of(step, "newState")
    return before - after, after - before


def live(deployment: Deployment, user: str) -> dict[str, str]:
    """What the directory holds of a user, by property."""
    found = deployment.sandbox.entra.tenant.user_called(user)
    assert found
    names = deployment.stack.output("extensionNames")
    return {
        name: found.extension_values[extension_name]
        for name, extension_name in names.items()
        if extension_name in found.extension_values
    }


@pytest.fixture
def erin_joins(deployment: Deployment) -> Iterator[Deployment]:
    """Erin is in a group that is in the group of the rule, for the time of the test."""
    tenant, scenario = deployment.sandbox.entra.tenant, deployment.scenario
    viewers, marketing = (
        scenario.group(name).object_id for name in ("team-a-viewers", "marketing")
    )
    tenant.memberships.add(viewers, marketing)
    yield deployment
    if marketing in tenant.memberships.members(viewers):
        tenant.memberships.remove(viewers, marketing)
    deployment.stack.up()


def test_a_changed_membership_shows_as_exactly_that_user_and_leaving_clears(
    erin_joins: Deployment,
) -> None:
    tenant, scenario = erin_joins.sandbox.entra.tenant, erin_joins.scenario
    erin_id = scenario.person(ERIN).object_id
    line = f"{ERIN},{erin_id},team-a,https://people.contoso.example/erin.png"

    assert changed_lines(erin_joins) == (set(), {line})
    shown = erin_joins.stack.preview("--diff").stdout
    marked = [row.strip() for row in shown.splitlines() if row.lstrip().startswith(("+ ", "- "))]
    assert f"+ {line}" in marked
    assert not any(CAROL in row or GUEST in row for row in marked), shown

    erin_joins.stack.up()
    assert live(erin_joins, ERIN) == {
        "default_namespace": "team-a",
        "picture": "https://people.contoso.example/erin.png",
    }
    erin_joins.stack.preview("--expect-no-changes")

    tenant.memberships.remove(
        scenario.group("team-a-viewers").object_id, scenario.group("marketing").object_id
    )
    assert changed_lines(erin_joins) == ({line}, set())

    erin_joins.stack.up()
    assert live(erin_joins, ERIN) == {}


@pytest.fixture
def rows(deployment: Deployment, tmp_path: Path) -> Iterator[Path]:
    """A file of users in place of the committed one and of the rules."""
    yield tmp_path / "people.csv"
    deployment.stack.configure()
    deployment.stack.up()


def test_rows_of_a_file_and_rules_come_and_go_by_user(deployment: Deployment, rows: Path) -> None:
    scenario = deployment.scenario
    carol, dave = (scenario.person(user).object_id for user in (CAROL, GUEST))
    file = {"files": [os.path.relpath(rows, PROJECT_FOLDER)]}
    rows.write_text("user,default_namespace\r\ndave@partner.example,team-b\r\n")
    deployment.stack.configure({"userAttributes": file | {"rules": None}})

    gone, added = changed_lines(deployment)

    assert gone == {
        f"{GUEST},{dave},team-a,",
        f"{CAROL},{carol},team-a,https://people.contoso.example/carol.png",
    }
    assert added == {f"{GUEST},{dave},team-b,"}
    deployment.stack.up()
    assert live(deployment, CAROL) == {}
    assert live(deployment, GUEST) == {"default_namespace": "team-b"}


def test_wrong_rows_and_unclear_users_stop_it_before_anything_is_changed(
    deployment: Deployment, rows: Path
) -> None:
    name = os.path.relpath(rows, PROJECT_FOLDER)
    deployment.stack.configure({"userAttributes": {"files": [name]}})
    rows.write_text("user,default_namespace\ncarol@contoso.example,Team A\ndave@partner.example,\n")
    wrong = deployment.stack.up(check=False)
    rows.write_text(
        "user,default_namespace\nghost@contoso.example,team-a\ncarol@contoso.example,team-b\n"
        f"{deployment.scenario.person(CAROL).object_id},team-b\n"
    )
    unclear = deployment.stack.up(check=False)

    for result, told in (
        (wrong, (f"{name}:2: default_namespace: 'Team A' must be a Kubernetes namespace name",)),
        (
            unclear,
            (
                f"{name}:2: 'ghost@contoso.example' is not in the directory",
                f"{name}:4: ",
                f"which is given at {name}:3 as 'carol@contoso.example'",
            ),
        ),
    ):
        output = result.stdout + result.stderr
        assert result.returncode != 0
        assert "nothing has been changed" in output
        assert "Traceback" not in output
        for text in told:
            assert text in output
    assert live(deployment, CAROL)["default_namespace"] == "team-a"
