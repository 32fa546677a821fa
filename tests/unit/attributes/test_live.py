"""What is told before values are overwritten."""

from __future__ import annotations

from attributes.live import Overwrite, overwrites, table
from attributes.places import Place
from attributes.resolution import DeclaredUser
from tests.unit.attributes.declared import person

HERE = Place("people.csv", 2)


def declared(name: str, **values: str) -> DeclaredUser:
    return DeclaredUser(person=person(name), values=values, places=dict.fromkeys(values, HERE))


def test_only_values_that_are_there_and_differ_are_overwritten() -> None:
    users = [
        declared("bob", default_namespace="team-a", picture="p"),
        declared("alice", default_namespace="team-a"),
        declared("new", default_namespace="team-a"),
    ]
    live = {
        "id-of-bob": {"default_namespace": "team-b", "picture": "p"},
        "id-of-alice": {"default_namespace": "by-hand"},
        "id-of-new": {"default_namespace": ""},
    }

    found = overwrites(users, live)

    assert table(found) == (
        "  alice@contoso.example  default_namespace  'by-hand' -> 'team-a'  (people.csv:2)\n"
        "  bob@contoso.example    default_namespace  'team-b' -> 'team-a'   (people.csv:2)"
    )


def test_a_long_table_is_cut() -> None:
    found = [
        Overwrite(
            user_principal_name=f"u{number}",
            property_name="picture",
            live="a",
            declared="b",
            place=HERE,
        )
        for number in range(1100)
    ]

    lines = table(found).splitlines()

    assert len(lines) == 51
    assert lines[-1] == "  … and 1,050 more."
