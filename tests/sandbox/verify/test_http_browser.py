"""The browser against pages of a login service that is none: only its manners are tested here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.browser import HttpBrowser
from sandbox.certificates import CertificateAuthority
from sandbox.serving import Server, bind
from verify.errors import SignInError, SignInRefused

REDIRECT_URI = "http://localhost:8000"
FORM = """<!doctype html><style>input { color: red }</style><h1>Sign in</h1>{message}
<form method="post" action="/login?step=2"><input type="hidden" name="ctx" value="a&amp;b">
<input name="login"><input type="password" name="passwd"><button>Next</button></form>"""


def sign_in_page(_: Request) -> Response:
    return HTMLResponse(FORM.replace("{message}", ""))


async def login(request: Request) -> Response:
    form = dict(parse_qsl((await request.body()).decode()))
    if form == {"ctx": "a&b", "login": "alice@contoso.example", "passwd": "right"}:
        return RedirectResponse("http://localhost:8000/?code=c&state=s", 302)
    return HTMLResponse(
        FORM.replace("{message}", "<p>AADSTS50126: Wrong user name or password.</p>")
    )


def form_post(_: Request) -> Response:
    return HTMLResponse(
        f'<form method="POST" action="{REDIRECT_URI}/"><input type="hidden" name="code"'
        ' value="c"><input type="hidden" name="state" value="a b"></form>'
    )


def error(_: Request) -> Response:
    return HTMLResponse(
        "<h1>Sorry</h1><p>AADSTS50105: Not assigned &lt;to&gt;\n the application.</p>", 400
    )


def around(_: Request) -> Response:
    return RedirectResponse("/around", 302)


def aside(_: Request) -> Response:
    return RedirectResponse("/authorize", 302)


def blank(_: Request) -> Response:
    return HTMLResponse("<p>Nothing here</p>", 500)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    app = Starlette(
        routes=[
            Route("/authorize", sign_in_page),
            Route("/login", login, methods=["POST"]),
            Route("/form_post", form_post),
            Route("/error", error),
            Route("/around", around),
            Route("/aside", aside),
            Route("/blank", blank),
        ]
    )
    certificate = CertificateAuthority(tmp_path).issue("login", "localhost")
    with Server(app, bind(), certificate, "login") as server:
        yield server.url


def visit(tmp_path: Path, url: str, knows: str = "right") -> str:
    browser = HttpBrowser("alice@contoso.example", knows, tmp_path / "ca.pem")
    return browser.visit(url, redirect_uri=REDIRECT_URI)


@pytest.mark.parametrize("start", ["/authorize", "/aside"])
def test_the_form_is_filled_in_and_the_redirect_is_returned(
    address: str, tmp_path: Path, start: str
) -> None:
    assert visit(tmp_path, f"{address}{start}?state=s") == f"{REDIRECT_URI}/?code=c&state=s"


def test_a_form_that_posts_to_the_redirect_uri_is_returned_as_its_parameters(
    address: str, tmp_path: Path
) -> None:
    assert visit(tmp_path, f"{address}/form_post") == f"{REDIRECT_URI}/?code=c&state=a+b"


def test_a_wrong_password_is_tried_once_and_told(address: str, tmp_path: Path) -> None:
    with pytest.raises(SignInRefused) as caught:
        visit(tmp_path, f"{address}/authorize", knows="wrong-one")
    assert caught.value.aadsts == 50126
    assert "wrong-one" not in str(caught.value)


def test_an_error_page_is_told_with_its_code_and_text(address: str, tmp_path: Path) -> None:
    with pytest.raises(SignInRefused) as caught:
        visit(tmp_path, f"{address}/error")
    assert (caught.value.aadsts, caught.value.where) == (50105, "sign-in page")
    assert caught.value.description == "AADSTS50105: Not assigned <to> the application."


def test_a_page_that_leads_nowhere_is_an_error_with_its_text(address: str, tmp_path: Path) -> None:
    with pytest.raises(SignInError, match=r"answered 500 .*'Nothing here'") as caught:
        visit(tmp_path, f"{address}/blank?state=hidden")
    assert "hidden" not in str(caught.value)


def test_pages_without_end_are_given_up(address: str, tmp_path: Path) -> None:
    with pytest.raises(SignInError, match="20 pages"):
        visit(tmp_path, f"{address}/around")


def test_a_server_of_another_authority_is_not_trusted(address: str, tmp_path: Path) -> None:
    CertificateAuthority(tmp_path / "other")
    browser = HttpBrowser("alice@contoso.example", "right", tmp_path / "other" / "ca.pem")
    with pytest.raises(SignInError, match="certificate"):
        browser.visit(f"{address}/authorize", redirect_uri=REDIRECT_URI)
