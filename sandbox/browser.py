"""A person at a browser, without the browser: fetches the sign-in pages and fills in their forms.

It knows no more of the login service than a person sees: it follows redirects, fills in fields
named `login` and `passwd`, presses the button, and reads the error on the page. It keeps cookies
for one visit only, so that no two people's sign-ins ever mix.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from verify.errors import SignInError, SignInRefused
from verify.http_client import open_client

_MAX_PAGES = 20
_ERROR_TEXT = re.compile(r"AADSTS\d+:[^\n]*")


@dataclass(frozen=True, slots=True)
class HttpBrowser:
    """A `verify.relying_party.Browser` for one person of the sandbox's directory."""

    user_principal_name: str
    password: str = field(repr=False)
    ca_file: Path
    """The sandbox's certificate authority; nothing else is trusted."""

    def visit(self, url: str, *, redirect_uri: str) -> str:
        """Sign the person in from `url` on and return the address the browser was sent back to.

        Raises:
            SignInRefused: a page showed an AADSTS error.
            SignInError: a page without a form to go on with, or pages without end.
        """
        try:
            with open_client(self.ca_file) as http:
                return self._go_through(http, url, redirect_uri)
        except httpx.HTTPError as error:
            msg = f"The browser could not go on from {_address(url)}: {error}"
            raise SignInError(msg) from error

    def _go_through(self, http: httpx.Client, url: str, redirect_uri: str) -> str:
        response, submitted = http.get(url), False
        for _ in range(_MAX_PAGES):
            if response.has_redirect_location:
                target = urljoin(str(response.url), response.headers["location"])
                if _is_at(target, redirect_uri):
                    return target
                response = http.get(target)
                continue
            page = _Page.read(response.text)
            if page.action is None:
                raise _refusal(page, response)
            action = urljoin(str(response.url), page.action)
            if _is_at(action, redirect_uri):
                return f"{action}?{urlencode(page.fields)}"
            if not {"login", "passwd"} <= page.fields.keys() or submitted:
                raise _refusal(page, response)
            submitted = True
            filled_in = {"login": self.user_principal_name, "passwd": self.password}
            response = http.post(action, data={**page.fields, **filled_in})
        msg = f"{_address(url)} led through {_MAX_PAGES} pages without an end."
        raise SignInError(msg)


@dataclass(slots=True)
class _Page:
    """What a person can read on a page, and its form."""

    text: str
    action: str | None
    """Where the page's form goes; None without one."""
    fields: dict[str, str]

    @classmethod
    def read(cls, html: str) -> _Page:
        parser = _Parser()
        parser.feed(html)
        parser.close()
        return cls("\n".join(parser.lines), parser.action, parser.fields)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.lines: list[str] = []
        self._unseen: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"}:
            self._unseen = tag
        elif tag == "form" and attributes.get("method", "").lower() == "post":
            self.action = attributes.get("action", "")
        elif tag == "input" and attributes.get("name"):
            self.fields[attributes["name"]] = attributes.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._unseen:
            self._unseen = None

    def handle_data(self, data: str) -> None:
        if self._unseen is None and data.strip():
            self.lines.append(" ".join(data.split()))


def _is_at(address: str, redirect_uri: str) -> bool:
    """Tell whether an address is the redirect URI, whatever parameters it carries."""
    here, there = urlsplit(address), urlsplit(redirect_uri)
    return (here.scheme, here.netloc, here.path or "/") == (
        there.scheme,
        there.netloc,
        there.path or "/",
    )


def _refusal(page: _Page, response: httpx.Response) -> SignInError:
    if error := _ERROR_TEXT.search(page.text):
        return SignInRefused(where="sign-in page", error=None, description=error[0])
    return SignInError(
        f"{_address(str(response.url))} answered {response.status_code} with neither a sign-in"
        f" form nor an AADSTS error: {page.text[:200]!r}"
    )


def _address(url: str) -> str:
    """Leave the parameters out: they hold the state and the nonce."""
    return url.partition("?")[0]
