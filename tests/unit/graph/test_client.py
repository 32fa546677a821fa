"""The Graph client: what it tries again, what it tells, and what it never tells."""

from __future__ import annotations

import ssl

import httpx
import pytest

from graph.errors import GraphError, GraphRequestError, GraphUnreachableError
from graph.tokens import TokenSource
from tests.unit.graph.fake_graph import FakeClock, FakeGraph, refusal


class CountingCredentials:
    """Gives credentials whose tokens tell how many credentials there were."""

    def __init__(self) -> None:
        self.given: list[Credential] = []

    def __call__(self) -> Credential:
        self.given.append(Credential(f"token-{len(self.given) + 1}"))
        return self.given[-1]


class Credential:
    def __init__(self, token: str) -> None:
        self.token = token
        self.closed = False

    def get_token(self, *_scopes: str) -> Credential:
        return self

    def close(self) -> None:
        self.closed = True


def definitions_of(graph: FakeGraph, **options: object) -> list[dict[str, object]]:
    with graph.client(**options) as client:
        return list(client.pages("/applications/1/extensionProperties"))


def test_every_page_is_followed() -> None:
    graph = FakeGraph(definitions=[{"id": str(n)} for n in range(7)], page_size=3)

    assert [item["id"] for item in definitions_of(graph)] == [str(n) for n in range(7)]
    assert len(graph.asked) == 3


@pytest.mark.parametrize(
    "link", ["https://elsewhere.test/v1.0/users", "https://graph.test/v1.0/applications/1/x"]
)
def test_a_link_to_another_host_or_in_a_circle_is_not_followed(link: str) -> None:
    graph = FakeGraph()
    page = httpx.Response(200, json={"value": [], "@odata.nextLink": link})
    graph.faults["GET /applications/1/extensionProperties"].append(page)
    graph.faults["GET /applications/1/x"].append(page)

    with pytest.raises(GraphError, match=r"next page of .* that cannot be followed"):
        definitions_of(graph)


def test_a_throttled_request_waits_as_long_as_it_was_told() -> None:
    graph = FakeGraph(definitions=[{"id": "1"}])
    graph.fail("GET /applications/1/extensionProperties", 429, retry_after="17")
    told: list[str] = []

    assert definitions_of(graph, on_wait=told.append) == [{"id": "1"}]
    assert graph.clock.sleeps == [17.0]
    assert told == [
        "Microsoft Graph refused GET /applications/1/extensionProperties: 429 Code429: No "
        "(request-id r-1). Trying again in 17 s."
    ]


def test_a_busy_directory_is_asked_less_and_less_often_and_then_given_up() -> None:
    graph = FakeGraph()
    graph.fail("GET /applications/1/extensionProperties", *[503] * 9)

    with pytest.raises(GraphRequestError, match="503"):
        definitions_of(graph)
    assert graph.clock.sleeps == [1.0, 2.0, 4.0]


def test_a_lost_connection_is_tried_again() -> None:
    clock = FakeClock()
    answers = iter([httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), None])

    def answer(_request: httpx.Request) -> httpx.Response:
        if error := next(answers):
            raise error
        return httpx.Response(200, json={"id": "1"})

    with FakeGraph(clock=clock).client(transport=httpx.MockTransport(answer)) as client:
        assert client.get("/users/1") == {"id": "1"}
    assert clock.sleeps == [1.0, 2.0]


def test_a_server_that_is_not_trusted_is_not_asked_again() -> None:
    clock = FakeClock()

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(str(request.url)) from ssl.SSLCertVerificationError("self-signed")

    with (
        FakeGraph(clock=clock).client(transport=httpx.MockTransport(refuse)) as client,
        pytest.raises(GraphUnreachableError, match=r"not trusted.*name its PEM file in SSL_CERT"),
    ):
        client.get("/users/1")
    assert clock.sleeps == []


def test_a_rejected_token_is_renewed_once() -> None:
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["Authorization"])
        return httpx.Response(200, json={}) if len(sent) == 2 else refusal(401, "Invalid", "Old")

    tokens = TokenSource(CountingCredentials(), "scope")
    with FakeGraph().client(transport=httpx.MockTransport(answer), tokens=tokens) as client:
        client.get("/users/1")
        with pytest.raises(GraphRequestError, match="401 Invalid"):
            client.get("/users/1")

    # The second request keeps the good token, and gets another one before it gives up.
    assert sent == ["Bearer token-1", "Bearer token-2", "Bearer token-2", "Bearer token-3"]


def test_no_token_and_no_body_is_in_an_error() -> None:
    tokens = TokenSource(CountingCredentials(), "scope")
    answer = httpx.Response(403, text="<html>secret page</html>", headers={"Set-Cookie": "c=1"})
    transport = httpx.MockTransport(lambda _request: answer)

    with (
        FakeGraph().client(transport=transport, tokens=tokens) as client,
        pytest.raises(GraphRequestError) as caught,
    ):
        client.get("/users/1", needs="User.Read.All")

    assert str(caught.value) == (
        "Microsoft Graph refused GET /users/1: 403 no error code: no message. Give the identity "
        "that runs Pulumi the application permission User.Read.All, with admin consent. A "
        "permission granted less than an hour ago takes effect with the next token: run the "
        "command again."
    )


def test_something_that_is_gone_already_counts_as_deleted() -> None:
    graph = FakeGraph()

    with graph.client() as client:
        client.delete("/applications/1/extensionProperties/e0")
        graph.fail("DELETE /applications/1/extensionProperties/e0", 403)
        with pytest.raises(GraphRequestError, match="403"):
            client.delete("/applications/1/extensionProperties/e0")


def test_every_request_can_be_found_again_by_its_own_id() -> None:
    ids: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        ids.append(request.headers["client-request-id"])
        return httpx.Response(200, json={})

    with FakeGraph().client(transport=httpx.MockTransport(answer)) as client:
        client.get("/users/1")
        client.get("/users/1")

    assert len(set(ids)) == 2


def test_every_credential_is_closed_with_the_client() -> None:
    credentials = CountingCredentials()
    tokens = TokenSource(credentials, "scope")
    transport = httpx.MockTransport(lambda _request: refusal(401, "Invalid", "Old"))

    with (
        FakeGraph().client(transport=transport, tokens=tokens) as client,
        pytest.raises(GraphRequestError),
    ):
        client.get("/users/1")

    assert [credential.closed for credential in credentials.given] == [True, True]
