"""Values made of a user's directory properties."""

from __future__ import annotations

import pytest

from attributes.templates import DIRECTORY_PROPERTIES, MissingPropertyError, Template

JO = {"mail_nickname": "Jo.Anne_O'Hara", "department": None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("team-a", "team-a"),
        ("{mail_nickname}-dev", "Jo.Anne_O'Hara-dev"),
        ("{mail_nickname:lower}", "jo.anne_o'hara"),
        ("{mail_nickname:dns}-dev", "jo-anne-o-hara-dev"),
        ("{{{mail_nickname}}}", "{Jo.Anne_O'Hara}"),
    ],
)
def test_properties_are_put_into_text(text: str, expected: str) -> None:
    assert Template.parse(text).render(JO) == expected


def test_a_dns_label_has_at_most_63_characters_and_ends_in_one_of_its_own() -> None:
    nickname = "a" * 62 + "_" + "b" * 10

    assert Template.parse("{mail_nickname:dns}").render({"mail_nickname": nickname}) == "a" * 62


@pytest.mark.parametrize("name", ["department", "surname"])
def test_a_property_that_the_user_lacks_is_named(name: str) -> None:
    with pytest.raises(MissingPropertyError, match=f"the user has no {name}"):
        Template.parse(f"x-{{{name}}}").render(JO)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{nickname}",
            "names {nickname}, which is not a property of a user; known are "
            + ", ".join(DIRECTORY_PROPERTIES),
        ),
        (
            "{mail_nickname",
            "must have its braces in pairs: {mail_nickname} for a property of the user, {{ or }} "
            "for a brace itself",
        ),
        (
            "{mail_nickname:upper}",
            "must write {mail_nickname} so, as {mail_nickname:lower} or as {mail_nickname:dns}",
        ),
        (
            "{mail_nickname!r}",
            "must write {mail_nickname} so, as {mail_nickname:lower} or as {mail_nickname:dns}",
        ),
    ],
)
def test_a_wrong_template_is_told_what_is_allowed(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        Template.parse(text)

    assert str(caught.value) == expected
