"""What clients meet on the wire when the directory is in a temper."""

from __future__ import annotations

import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.certificates import CertificateAuthority
from sandbox.entra import Entra, Temper, load_scenario
from sandbox.entra.served import serve_entra
from sandbox.entra.temper import (
    WRITES,
    Connections,
    Fault,
    SlowAnswers,
    Throttling,
    Unavailable,
)
from tests.sandbox.entra.conftest import COMPANY, Clock
from tests.sandbox.entra.directory_client import DirectoryClient

LOST = (httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError)


@pytest.fixture
def bob(entra: Entra) -> str:
    return f"/users/{entra.people[1].object_id}"


def patches(entra: Entra, department: str) -> list[dict[str, Any]]:
    """Items of a batch that write to everybody."""
    return [
        {
            "id": str(number),
            "method": "PATCH",
            "url": f"/users/{person.object_id}",
            "headers": {"Content-Type": "application/json"},
            "body": {"department": department},
        }
        for number, person in enumerate(entra.people)
    ]


def departments(graph: DirectoryClient) -> list[str | None]:
    return [user["department"] for user in graph.items("/users", select="department")]


def test_a_throttled_request_says_when_to_come_back(
    graph: DirectoryClient, entra: Entra, bob: str
) -> None:
    entra.temper = Temper(throttling=Throttling(writes=1))
    allowed = graph.request("PATCH", bob, {"department": "x"})
    assert allowed.headers["x-ms-resource-unit"] == "1"
    assert allowed.headers["x-ms-throttle-limit-percentage"] == "1.00"
    refused = graph.request("PATCH", bob, {"department": "y"})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "150"
    assert refused.headers["x-ms-throttle-information"] == "WriteLimitExceeded"
    app_id, tenant_id = entra.deployer.client_id, entra.tenant.tenant_id
    scope = f"Tenant_Application/Write/{app_id}/{tenant_id}"
    assert refused.headers["x-ms-throttle-scope"] == scope
    error = refused.json()["error"]
    assert (error["code"], error["innerError"]["code"]) == ("TooManyRequests", "429")
    assert departments(graph).count("y") == 0


def test_the_quota_comes_back_with_time(
    graph: DirectoryClient, entra: Entra, bob: str, clock: Clock
) -> None:
    entra.temper = Temper(throttling=Throttling(writes=1))
    graph.patch(bob, {"department": "x"})
    graph.refused(429, "PATCH", bob, {"department": "y"})
    clock.ahead = timedelta(seconds=200)
    graph.patch(bob, {"department": "y"})


def test_items_of_a_batch_are_throttled_one_by_one(graph: DirectoryClient, entra: Entra) -> None:
    entra.temper = Temper(throttling=Throttling(writes=2))
    answer = graph.post("/$batch", {"requests": patches(entra, "x")}, expect=200)["responses"]
    assert [item["status"] for item in answer] == [204, 204, 429, 429, 429]
    assert int(answer[2]["headers"]["Retry-After"]) > 0
    entra.temper = Temper()
    assert sorted(map(str, departments(graph))) == ["None", "None", "None", "x", "x"]


def test_a_batch_may_fail_as_a_whole(graph: DirectoryClient, entra: Entra) -> None:
    entra.temper = Temper(faults=(Fault(path="/$batch", status=429, retry_after_s=7),))
    body = {"requests": patches(entra, "x")}
    refused = graph.request("POST", "/$batch", body)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")
    assert len(graph.post("/$batch", body, expect=200)["responses"]) == 5


def test_a_503_does_nothing_and_a_504_hides_what_was_done(
    graph: DirectoryClient, entra: Entra, bob: str
) -> None:
    entra.temper = Temper(unavailable=Unavailable(rate=1, statuses=(503,), retry_after_s=3))
    refused = graph.request("PATCH", bob, {"department": "x"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "3")
    entra.temper = Temper(unavailable=Unavailable(rate=1, statuses=(504,)))
    graph.refused(504, "PATCH", bob, {"jobTitle": "y"})
    entra.temper = Temper()
    found = graph.get(bob, select="department,jobTitle")
    assert (found["department"], found["jobTitle"]) == (None, "y")


def test_a_connection_is_lost_before_or_after_the_request_is_done(
    graph: DirectoryClient, entra: Entra, bob: str
) -> None:
    for behaviour, expected in (("lost_before_rate", None), ("lost_after_rate", "x")):
        entra.temper = Temper(connections=Connections.model_validate({behaviour: 1}))
        with pytest.raises(LOST):
            graph.request("PATCH", bob, {"department": "x"})
        entra.temper = Temper()
        assert graph.get(bob, select="department")["department"] == expected
    assert [request.status for request in entra.requests if request.method == "PATCH"] == [0, 0]


def test_a_connection_lost_within_a_batch_leaves_it_half_done(
    graph: DirectoryClient, entra: Entra
) -> None:
    entra.temper = Temper(faults=(Fault(methods=WRITES, skip=2, times=None, lose_connection=True),))
    for _ in range(2):
        with pytest.raises(LOST):
            graph.request("POST", "/$batch", {"requests": patches(entra, "x")})
    assert departments(graph).count("x") == 2, "reading goes on"
    entra.temper = Temper()
    graph.post("/$batch", {"requests": patches(entra, "x")}, expect=200)
    assert departments(graph).count("x") == 5


def test_a_scripted_fault_strikes_one_user_so_many_times(
    graph: DirectoryClient, entra: Entra, bob: str
) -> None:
    alice = f"/users/{entra.people[0].object_id}"
    entra.temper = Temper(faults=(Fault(methods=("PATCH",), path=bob, times=3, status=403),))
    for _ in range(3):
        graph.patch(alice, {"department": "x"})
        error = graph.refused(403, "PATCH", bob, {"department": "x"})
        assert error["code"] == "Authorization_RequestDenied"
    graph.patch(bob, {"department": "x"})


def test_a_fault_may_say_what_it_likes(graph: DirectoryClient, entra: Entra, bob: str) -> None:
    fault = Fault(status=409, code="Directory_Whatever", message="Not now.", applied=True)
    entra.temper = Temper(faults=(fault,))
    error = graph.refused(409, "PATCH", bob, {"department": "x"})
    assert (error["code"], error["message"]) == ("Directory_Whatever", "Not now.")
    assert graph.get(bob, select="department")["department"] == "x"


def test_tokens_live_as_long_as_the_temper_says(
    entra: Entra, http: httpx.Client, clock: Clock
) -> None:
    entra.temper = Temper(token_lifetime_s=60)
    graph = DirectoryClient.of_deployer(entra, http)
    graph.items("/users")
    clock.ahead = timedelta(seconds=61)
    assert graph.refused(401, "GET", "/users")["code"] == "InvalidAuthenticationToken"
    DirectoryClient.of_deployer(entra, http).items("/users")


def test_a_token_may_be_refused_before_it_expires(
    entra: Entra, graph: DirectoryClient, clock: Clock
) -> None:
    entra.temper = Temper(tokens_refused_after_s=30)
    clock.ahead = timedelta(seconds=31)
    assert graph.refused(401, "GET", "/users")["code"] == "InvalidAuthenticationToken"


def test_a_hundred_slow_requests_take_as_long_as_one(
    entra: Entra, graph: DirectoryClient, trust: ssl.SSLContext
) -> None:
    latency_s, count = 1.0, 100
    entra.temper = Temper(latency_s=latency_s)
    limits = httpx.Limits(max_connections=count)
    with httpx.Client(verify=trust, timeout=30, limits=limits) as client:
        many = DirectoryClient(entra, client, graph.token)
        begun = time.monotonic()
        with ThreadPoolExecutor(count) as pool:
            answers = list(pool.map(lambda _: many.request("GET", "/users"), range(count)))
        took_s = time.monotonic() - begun
    assert {answer.status_code for answer in answers} == {200}
    assert latency_s < took_s < count * latency_s / 5


def test_the_same_seed_disturbs_the_same_requests(graph: DirectoryClient, entra: Entra) -> None:
    def statuses(seed: int) -> list[int]:
        entra.temper = Temper(seed=seed, unavailable=Unavailable(rate=0.5))
        return [graph.request("GET", "/groups").status_code for _ in range(20)]

    assert statuses(1) == statuses(1) != statuses(2)
    assert set(statuses(1)) == {200, 503, 504}


def test_a_link_to_a_next_page_gets_too_old(
    graph: DirectoryClient, entra: Entra, clock: Clock
) -> None:
    entra.temper = Temper(page_tokens_expire_after_s=60)
    link = graph.get("/users", top="2")["@odata.nextLink"]
    assert len(graph.get(link)["value"]) == 2
    clock.ahead = timedelta(seconds=62)
    assert graph.refused(400, "GET", link)["code"] == "Directory_ExpiredPageToken"


def test_what_waits_is_done_at_once(authority: CertificateAuthority, http: httpx.Client) -> None:
    """Waiting is injected; the request has been carried out before."""
    waits: list[float] = []
    seen: list[str | None] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        bob = entra.tenant.user_called("bob@contoso.example")
        seen.append(bob and bob.properties["department"])

    temper = Temper(
        latency_s=2, slow_answers=SlowAnswers(rate=1, seconds=30), faults=(Fault(delay_s=600),),
    )  # fmt: skip
    with serve_entra(load_scenario(COMPANY), authority, temper=temper, sleep=sleep) as entra:
        graph = DirectoryClient.of_deployer(entra, http)
        path = f"/users/{entra.people[1].object_id}"
        graph.patch(path, {"department": "x"})
        item = {"id": "1", "method": "GET", "url": path}
        graph.post("/$batch", {"requests": [item]}, expect=200)
    assert waits == [632, 32]
    assert seen == ["x", "x"]
