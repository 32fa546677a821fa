"""What people see of users' values on the real engine: adoption, drift, removal, destruction."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.user_attributes.conftest import StartCompany

pytestmark = pytest.mark.engine


def test_from_adoption_to_destruction(start_company: StartCompany) -> None:
    company = start_company(users=40)
    first, second, third, *_others = company.users
    everybody = {user: {"default_namespace": "team-a"} for user in company.users}
    company.declare({})
    company.up()
    company.put(first, default_namespace="team-a")
    company.put(second, default_namespace="by hand")

    company.declare(everybody)
    company.preview()
    assert company.patches() == []

    company.up()
    assert company.is_as_declared()
    assert len(company.patches()) == len(company.users) - 1, "who was right cost no write"
    before = len(company.asked())
    company.preview("--expect-no-changes")
    assert len(company.asked()) == before, "nothing changes, so nobody is asked"

    # Drift is shown by user, and repaired.
    company.put(third, default_namespace="drifted")
    company.preview("--expect-no-changes")
    drifted = company.preview("--refresh", "--diff").stdout
    assert "drifted" in drifted
    assert third in drifted
    company.refresh()
    assert third in company.preview("--diff").stdout
    company.up()
    assert company.live(third) == {"default_namespace": "team-a"}

    # Who is removed is cleared, unless somebody else has changed the value since.
    company.put(second, default_namespace="theirs")
    del everybody[first], everybody[second]
    company.declare(everybody)
    told = company.up().stdout
    assert company.live(first) == {}
    assert company.live(second) == {"default_namespace": "theirs"}
    assert f"default_namespace of {second} is no longer declared" in told

    # Values go before their definitions do.
    company.destroy()
    assert [user for user in company.users if company.live(user)] == [second]
    assert company.state() == []


def test_the_state_is_small_readable_and_without_secrets(start_company: StartCompany) -> None:
    company = start_company(users=300)
    company.declare({user: {"floor": "7"} for user in company.users})

    company.up()

    shards = [entry for entry in company.state() if entry["type"].endswith(":UserAttributes")]
    assert len(shards) == 16
    assert sum(len(json.dumps(shard)) for shard in shards) < 400 * len(company.users)
    text = json.dumps(company.engine.export_state("dev"))
    assert company.entra.deployer.client_secret not in text
    assert "Bearer" not in text
    for shard in shards:
        assert len(shard["inputs"]["__provider"]) < 80, "a reference, not code"
        assert shard["outputs"]["users"] == shard["inputs"]["users"]
        assert shard["outputs"]["users"].startswith("user_principal_name,object_id,")
