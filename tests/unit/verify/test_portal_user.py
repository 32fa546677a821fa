from __future__ import annotations

from typing import Any

import pytest

from verify.errors import PortalUserError
from verify.portal_user import PortalUser

CLAIMS = {"sub": "s", "name": "Alice Admin", "email": "alice@contoso.example"}


def problems(**claims: Any) -> tuple[str, ...]:
    with pytest.raises(PortalUserError) as caught:
        PortalUser.from_claims(claims)
    return caught.value.problems


def test_three_claims_make_a_user() -> None:
    user = PortalUser.from_claims(CLAIMS)
    assert (user.name, user.email) == ("Alice Admin", "alice@contoso.example")
    assert (user.picture, user.default_namespace, user.groups) == (None, None, ())


def test_the_mapped_claims_reach_the_user() -> None:
    user = PortalUser.from_claims(
        CLAIMS | {"default_namespace": "team-a", "picture": "https://p/1.png", "groups": ["g"]}
    )
    assert (user.default_namespace, user.picture, user.groups) == (
        "team-a",
        "https://p/1.png",
        ("g",),
    )


def test_without_email_the_portal_refuses_and_the_remedy_is_told() -> None:
    assert problems(sub="s", name="n") == (
        "The account has no email address. Set the user's mail in the directory; the application"
        " must have the optional claim `email` or the scope `email`.",
    )


def test_optional_claims_must_be_text_when_they_are_there() -> None:
    """A multi-valued extension property comes out as a list, which the portal's schema refuses."""
    assert problems(**CLAIMS, default_namespace=["a", "b"], picture=None) == (
        "The claim `picture` must be text, not NoneType.",
        "The claim `default_namespace` must be text, not list.",
    )


@pytest.mark.parametrize(
    ("claim", "groups"), [('["a", "b"]', ("a", "b")), ("a", ("a",)), (["a"], ("a",)), ([], ())]
)
def test_groups_may_be_written_in_json(claim: object, groups: tuple[str, ...]) -> None:
    assert PortalUser.from_claims(CLAIMS | {"groups": claim}).groups == groups


@pytest.mark.parametrize("claim", [[1], {"a": "b"}, 7, "[1]"])
def test_groups_of_another_type_are_refused(claim: object) -> None:
    assert problems(**CLAIMS, groups=claim) == ("The claim `groups` must be a list of text.",)
