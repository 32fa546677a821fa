from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest

from verify.errors import SignInError
from verify.system_browser import SystemBrowser


@pytest.fixture
def redirect_uri() -> str:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://localhost:{sock.getsockname()[1]}"


class Person:
    """Visits addresses from a thread, as a browser that was started does."""

    def __init__(self) -> None:
        self.answers: list[httpx.Response] = []
        self._threads: list[threading.Thread] = []

    def visits(self, *addresses: str) -> Callable[[str], bool]:
        def browse() -> None:
            with httpx.Client(trust_env=False) as http:
                self.answers += [http.get(address) for address in addresses]

        def open_url(_: str) -> bool:
            thread = threading.Thread(target=browse)
            self._threads.append(thread)
            thread.start()
            return True

        return open_url

    def leaves(self) -> None:
        for thread in self._threads:
            thread.join(10)


@pytest.fixture
def person() -> Iterator[Person]:
    person = Person()
    yield person
    person.leaves()


def test_the_browser_comes_back_with_the_answer(redirect_uri: str, person: Person) -> None:
    said: list[str] = []
    browser = SystemBrowser(
        said.append, open_url=person.visits(f"{redirect_uri}/?code=c&state=s"), timeout_s=10
    )
    came_back = browser.visit("https://login.test/authorize", redirect_uri=redirect_uri)
    person.leaves()
    assert came_back == f"{redirect_uri}?code=c&state=s"
    assert "close this page" in person.answers[0].text
    assert said == ["Sign in by the browser; if none opens, visit https://login.test/authorize"], (
        "whoever has no browser must see where to go"
    )


def test_other_requests_do_not_end_the_wait(redirect_uri: str, person: Person) -> None:
    """Browsers ask for an icon, and anybody on the machine can knock."""
    visits = person.visits(
        f"{redirect_uri}/favicon.ico",
        f"{redirect_uri}/other?code=c",
        f"{redirect_uri}/",
        f"{redirect_uri}/?error=access_denied&state=s",
    )
    browser = SystemBrowser(lambda _: None, open_url=visits, timeout_s=10)
    came_back = browser.visit("https://login.test/authorize", redirect_uri=redirect_uri)
    person.leaves()
    assert came_back == f"{redirect_uri}?error=access_denied&state=s"
    assert [answer.status_code for answer in person.answers] == [404, 404, 404, 200]


def test_nobody_comes_back(redirect_uri: str) -> None:
    browser = SystemBrowser(lambda _: None, open_url=lambda _: False, timeout_s=0.05)
    with pytest.raises(SignInError, match=r"within 0\.05 s"):
        browser.visit("https://login.test/authorize", redirect_uri=redirect_uri)


def test_a_taken_port_is_named(redirect_uri: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(redirect_uri.rpartition(":")[2])))
        other.listen()
        with pytest.raises(SignInError, match="another kubectl"):
            SystemBrowser(lambda _: None).visit("https://x", redirect_uri=redirect_uri)


def test_the_portals_redirect_uri_cannot_be_listened_on() -> None:
    with pytest.raises(SignInError, match="cannot listen"):
        SystemBrowser(lambda _: None).visit(
            "https://x", redirect_uri="https://portal.contoso.example/auth/callback"
        )
