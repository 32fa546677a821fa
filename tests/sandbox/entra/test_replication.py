"""Reads after writes while the directory's servers do not agree yet."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.entra import Entra, Temper
from sandbox.entra.temper import Replication
from tests.sandbox.entra.conftest import Clock
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import LoginApplication

LAG = timedelta(seconds=5)


@pytest.fixture
def lagging(entra: Entra, graph: DirectoryClient) -> DirectoryClient:
    entra.temper = Temper(replication=Replication(at_least_s=5, at_most_s=5))
    return graph


@pytest.fixture
def bob(entra: Entra) -> str:
    return f"/users/{entra.people[1].object_id}"


def test_a_changed_object_is_read_as_it_was(
    lagging: DirectoryClient, bob: str, clock: Clock
) -> None:
    lagging.patch(bob, {"department": "x"})
    lagging.patch(bob, {"department": "y", "jobTitle": "z"})
    assert lagging.get(bob, select="department")["department"] is None
    assert lagging.items("/users", filter="department eq 'y'") == []
    clock.ahead = LAG
    found = lagging.get(bob, select="department,jobTitle")
    assert (found["department"], found["jobTitle"]) == ("y", "z")


def test_a_new_object_is_not_there_yet(lagging: DirectoryClient, clock: Clock) -> None:
    made = lagging.post("/applications", {"displayName": "new"})
    path = f"/applications/{made['id']}"
    lagging.refused(404, "GET", path)
    lagging.refused(404, "PATCH", path, {"notes": "x"})
    lagging.refused(404, "DELETE", path)
    assert lagging.items("/applications", filter="displayName eq 'new'") == []
    error = lagging.refused(400, "POST", "/servicePrincipals", {"appId": made["appId"]})
    assert "does not reference a valid application object" in error["message"]
    clock.ahead = LAG
    lagging.patch(path, {"notes": "x"})
    lagging.post("/servicePrincipals", {"appId": made["appId"]})


def test_a_deleted_object_is_still_there(entra: Entra, app: LoginApplication, clock: Clock) -> None:
    entra.temper = Temper(replication=Replication(at_least_s=5, at_most_s=5))
    app.graph.delete(app.path)
    assert app.graph.get(app.path)["appId"] == app.client_id
    app.graph.refused(404, "DELETE", app.path)
    clock.ahead = LAG
    app.graph.refused(404, "GET", app.path)


def test_an_extension_is_not_yet_available(
    entra: Entra, app: LoginApplication, bob: str, clock: Clock
) -> None:
    entra.temper = Temper(replication=Replication(at_least_s=5, at_most_s=5))
    name = app.register_extension("default_namespace")
    graph = app.graph
    assert graph.items(f"{app.path}/extensionProperties") == []
    error = graph.refused(400, "PATCH", bob, {name: "x"})
    assert error["message"] == f"The following extension properties are not available: {name}."
    path = "/directoryObjects/getAvailableExtensionProperties"
    assert graph.post(path, {}, expect=200)["value"] == []
    clock.ahead = LAG
    graph.patch(bob, {name: "x"})


def test_what_is_taken_is_checked_against_the_truth(entra: Entra, app: LoginApplication) -> None:
    entra.temper = Temper(replication=Replication(at_least_s=5, at_most_s=5))
    app.register_extension("picture")
    body = {"name": "Picture", "dataType": "String", "targetObjects": ["User"]}
    error = app.graph.refused(400, "POST", f"{app.path}/extensionProperties", body)
    assert error["code"] == "Request_MultipleObjectsWithSameKeyValue"


def test_the_same_seed_delays_the_same_objects(entra: Entra, graph: DirectoryClient) -> None:
    def stale(seed: int) -> list[bool]:
        entra.temper = Temper(seed=seed, replication=Replication(rate=0.5, at_most_s=60))
        for person in entra.people:
            graph.patch(f"/users/{person.object_id}", {"city": f"city-{seed}"})
        found = graph.items("/users", select="city")
        return [user["city"] != f"city-{seed}" for user in found]

    seen = {seed: stale(seed) for seed in (1, 2, 3)}
    assert {seed: stale(seed) for seed in (1, 2, 3)} == seen
    assert len({tuple(delayed) for delayed in seen.values()}) > 1


def test_a_calm_directory_forgets_the_lag(entra: Entra, lagging: DirectoryClient, bob: str) -> None:
    lagging.patch(bob, {"department": "x"})
    entra.temper = Temper()
    assert lagging.get(bob, select="department")["department"] == "x"


def test_only_some_kinds_may_lag(entra: Entra, graph: DirectoryClient, bob: str) -> None:
    entra.temper = Temper(
        replication=Replication(kinds=("application",), at_least_s=5, at_most_s=5)
    )
    graph.patch(bob, {"department": "x"})
    assert graph.get(bob, select="department")["department"] == "x"
    made = graph.post("/applications", {"displayName": "new"})
    graph.refused(404, "GET", f"/applications/{made['id']}")
