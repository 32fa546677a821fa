"""The text of user attributes: what the state holds and what a reviewer reads."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.attribute_text import AttributeTextError, UserRow, parse_text, write_text

cells = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30
)  # control characters are refused, see below
names = st.text("abcdefgh_XYZ", min_size=1, max_size=8)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[UserRow]]:
    properties = draw(st.lists(names, unique=True, max_size=4))
    ids = draw(st.lists(cells, unique=True, max_size=6))
    rows = [
        UserRow(
            user_principal_name=draw(cells),
            object_id=object_id,
            values={name: draw(cells) for name in properties if draw(st.booleans())},
        )
        for object_id in ids
    ]
    return properties, rows


@given(tables())
def test_what_is_written_is_what_is_parsed(table: tuple[list[str], list[UserRow]]) -> None:
    properties, rows = table

    parsed = parse_text(write_text(properties, rows))

    assert parsed.properties == tuple(properties)
    assert parsed.rows == {row.object_id: row for row in rows}


@given(tables(), st.randoms())
def test_the_order_of_users_does_not_matter(
    table: tuple[list[str], list[UserRow]], random: Random
) -> None:
    properties, rows = table
    shuffled = list(rows)
    random.shuffle(shuffled)

    assert write_text(properties, shuffled) == write_text(properties, rows)


@given(tables())
def test_a_user_is_one_line(table: tuple[list[str], list[UserRow]]) -> None:
    properties, rows = table

    assert write_text(properties, rows).count("\n") == len(rows) + 1


def test_the_text_reads_well() -> None:
    rows = [
        UserRow(user_principal_name="bob@x", object_id="2", values={"picture": 'a,"b"'}),
        UserRow(user_principal_name="Alice@x", object_id="1", values={"default_namespace": "a"}),
    ]

    assert write_text(["default_namespace", "picture"], rows) == (
        "user_principal_name,object_id,default_namespace,picture\n"
        "Alice@x,1,a,\n"
        'bob@x,2,,"a,""b"""\n'
    )


@pytest.mark.parametrize("character", ["\n", "\r", "\0", "\x7f"])
def test_a_value_that_would_take_a_line_apart_is_refused(character: str) -> None:
    row = UserRow(user_principal_name="a@x", object_id="1", values={"p": f"x{character}"})

    with pytest.raises(AttributeTextError, match="of a@x holds a line break or control character"):
        write_text(["p"], [row])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must start with the columns user_principal_name, object_id"),
        ("object_id,user_principal_name\n", "must start with the columns"),
        ("user_principal_name,object_id,p,p\n", "have the column p more than once"),
        ("user_principal_name,object_id,p\na@x,1\n", "line 2 of the user attributes must have 3"),
        ("user_principal_name,object_id\n,1\n", "line 2 of the user attributes must have 2"),
        ("user_principal_name,object_id\na,1\nb,1\n", "have the object id 1 more than once"),
        ('user_principal_name,object_id\n"a,1\n', "is not CSV"),
    ],
)
def test_a_text_that_is_no_table_is_refused(text: str, message: str) -> None:
    with pytest.raises(AttributeTextError, match=message):
        parse_text(text)


def test_a_value_of_a_property_without_column_is_refused() -> None:
    row = UserRow(user_principal_name="a@x", object_id="1", values={"q": "x", "p": "y"})

    with pytest.raises(AttributeTextError, match="a@x has values of q, not in the table"):
        write_text(["p"], [row])


def test_a_user_given_twice_is_refused() -> None:
    row = UserRow(user_principal_name="a@x", object_id="1", values={})

    with pytest.raises(AttributeTextError, match="object id 1 more than once"):
        write_text([], [row, row])
