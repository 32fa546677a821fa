"""https://learn.microsoft.com/entra/identity-platform/reply-url"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sandbox.entra.directory.new_objects import application_properties
from sandbox.entra.directory.objects import Application
from sandbox.entra.login.redirect_uri import platform_of, with_path


def application(**platforms: list[str]) -> Application:
    properties = application_properties("app", "contoso.example", datetime.now(UTC))
    for platform, uris in platforms.items():
        properties[platform] = properties[platform] | {"redirectUris": uris}
    return Application(object_id="1", properties=properties)


@pytest.mark.parametrize(
    ("registered", "asked", "matches"),
    [
        ("http://localhost:8000", "http://localhost:8000", True),
        ("http://localhost:8000", "http://localhost:18000", True),
        ("http://localhost", "http://localhost:8000/", True),
        ("http://localhost:8000/", "http://localhost:8000", True),
        ("http://127.0.0.1/", "http://127.0.0.1:1234", True),
        ("http://localhost:8000", "http://127.0.0.1:8000", False),
        ("http://localhost:8000", "http://localhost:8000/callback", False),
        ("https://localhost:8000", "https://localhost:8001", False),
        ("https://portal.example/auth/callback", "https://PORTAL.example/auth/callback", True),
        ("https://portal.example/auth/callback", "https://portal.example/auth/Callback", False),
        ("https://portal.example/auth/callback", "https://portal.example/auth/callback/", False),
        ("https://portal.example/auth/callback", "https://portal.example/auth/callback?x=1", False),
        ("https://portal.example/", "https://portal.example.evil.example/", False),
    ],
)
def test_redirect_uris_are_compared_as_documented(
    registered: str, asked: str, *, matches: bool
) -> None:
    found = platform_of(application(publicClient=[registered]), asked)
    assert found == ("publicClient" if matches else None)


def test_of_two_that_differ_in_the_port_the_stricter_platform_wins() -> None:
    both = application(publicClient=["http://localhost:8000"], web=["http://localhost:9000"])
    assert platform_of(both, "http://localhost:8000") == "web"


def test_a_redirect_uri_without_path_gets_a_slash() -> None:
    assert with_path("http://localhost:8000") == "http://localhost:8000/"
    assert with_path("https://portal.example/a") == "https://portal.example/a"
