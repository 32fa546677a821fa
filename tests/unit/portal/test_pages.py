from __future__ import annotations

from html.parser import HTMLParser

import pytest

from sandbox.portal import pages
from verify.kubernetes_access import KubernetesIdentity
from verify.portal_user import PortalUser

ALICE = PortalUser(
    sub="s",
    name="Alice <Admin>",
    email="alice@contoso.example",
    preferred_username=None,
    picture="https://pictures.contoso.example/alice.png?a=1&b=2",
    default_namespace="team-a",
    groups=("group-1",),
)
IDENTITY = KubernetesIdentity(username="entra:alice", groups=("entra:group-1",))


class Reader(HTMLParser):
    """Reads a page and checks that every element is closed in order."""

    VOID = frozenset({"meta", "link", "img", "input", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.text = ""
        self.links: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data


EVERY_PAGE = [
    pages.signed_out(),
    pages.signed_in(ALICE, IDENTITY, None),
    pages.signed_in(ALICE, None, "401 <Unauthorized>"),
    pages.failed("Sign in again", "Why <not>"),
]


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_page_is_whole_and_loads_nothing(page: str) -> None:
    reader = Reader(page)
    assert reader.seen.count("h1") == 1
    assert not {"script", "img", "link", "iframe"} & set(reader.seen)
    assert '<html lang="en">' in page


def test_the_page_says_who_one_is_in_the_portal_and_in_the_cluster() -> None:
    text = Reader(pages.signed_in(ALICE, IDENTITY, None)).text
    for fact in ("Alice <Admin>", "alice@contoso.example", "team-a", "group-1", "entra:alice"):
        assert fact in text


def test_a_claim_cannot_become_markup() -> None:
    assert "<Admin>" not in pages.signed_in(ALICE, IDENTITY, None)


def test_a_picture_that_is_no_web_address_is_no_link() -> None:
    user = PortalUser(
        sub="s",
        name="n",
        email="e",
        preferred_username=None,
        picture="javascript:alert(1)",
        default_namespace=None,
        groups=(),
    )
    reader = Reader(pages.signed_in(user, IDENTITY, None))
    assert reader.links == []
    assert "javascript:alert(1)" in reader.text


def test_the_reason_why_the_cluster_said_no_is_shown() -> None:
    reader = Reader(pages.signed_in(ALICE, None, "401 <Unauthorized>"))
    assert "401 <Unauthorized>" in reader.text
