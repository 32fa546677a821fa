"""A server on loopback starts when told, ends at once, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.certificates import CertificateAuthority
from sandbox.serving import Server, bind, url_of


class Slow:
    """An endpoint that says when it was reached and answers when it is released."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.released = threading.Event()

    async def answer(self, _request: Request) -> Response:
        self.reached.set()
        await asyncio.to_thread(self.released.wait, 10)
        return PlainTextResponse("late")


@pytest.fixture
def ca(tmp_path: Path) -> CertificateAuthority:
    return CertificateAuthority(tmp_path / "tls")


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def server(ca: CertificateAuthority, slow: Slow) -> Iterator[Server]:
    async def hello(_request: Request) -> Response:
        return PlainTextResponse("hello")

    app = Starlette(routes=[Route("/", hello), Route("/slow", slow.answer)])
    server = Server(app, bind(), ca.issue("server", "localhost", "127.0.0.1"), "hello")
    yield server
    slow.released.set()
    server.stop()


def _client(ca: CertificateAuthority) -> httpx.Client:
    return httpx.Client(verify=ca.client_context(), trust_env=False, timeout=10)


def test_it_answers_as_localhost_and_by_address(server: Server, ca: CertificateAuthority) -> None:
    with server, _client(ca) as client:
        assert client.get(server.url).text == "hello"
        assert client.get(server.url.replace("localhost", "127.0.0.1")).text == "hello"


def test_its_url_is_known_before_it_starts() -> None:
    with bind() as sock:
        assert url_of(sock) == f"https://localhost:{sock.getsockname()[1]}"


def test_a_client_that_does_not_know_the_authority_refuses_it(server: Server) -> None:
    with server, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(server.url, trust_env=False)


def test_stop_ends_the_thread_and_frees_the_port(server: Server) -> None:
    port = int(server.url.rsplit(":", 1)[1])
    server.start()
    server.stop()
    assert not any(thread.name == "serve-hello" for thread in threading.enumerate())
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED


def test_stop_does_not_wait_for_a_client_that_keeps_its_connection(
    server: Server, ca: CertificateAuthority
) -> None:
    with _client(ca) as client:
        server.start()
        client.get(server.url)
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 2


def test_stop_lets_a_request_under_way_finish(
    server: Server, ca: CertificateAuthority, slow: Slow
) -> None:
    with _client(ca) as client, ThreadPoolExecutor(2) as pool:
        server.start()
        answer = pool.submit(client.get, f"{server.url}/slow")
        assert slow.reached.wait(10)
        stopped = pool.submit(server.stop)
        slow.released.set()
        assert answer.result(10).text == "late"
        stopped.result(10)


def test_stop_is_harmless_before_the_start_and_twice(server: Server) -> None:
    server.stop()
    server.stop()
