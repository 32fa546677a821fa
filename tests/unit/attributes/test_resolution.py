"""Who gets which value of several that are declared, and what cannot be decided."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from attributes.properties import Property
from attributes.resolution import Person, Resolution, resolve
from attributes.sources import UserSources
from tests.unit.attributes.declared import PROPERTIES, entry, person, rule, sources

ALICE, BOB, CAROL = map(person, ("alice", "bob", "carol"))


def resolved(declared: UserSources, *everybody: Person, **members: list[Person]) -> Resolution:
    people = {
        item.name: [
            found
            for found in everybody
            if item.name
            in (found.user_principal_name, found.object_id, found.properties["mail_nickname"])
        ]
        for item in declared.entries
    }
    return resolve(declared, people=people, members=members)


def values(resolution: Resolution) -> dict[str, dict[str, str]]:
    assert resolution.problems == ()
    return {
        user.person.user_principal_name.partition("@")[0]: dict(user.values)
        for user in resolution.users
    }


def problems(resolution: Resolution) -> list[str]:
    return [str(problem) for problem in resolution.problems]


def test_a_users_own_value_goes_before_a_rules_and_a_rules_before_the_default() -> None:
    declared = sources(
        entry("alice", 2, default_namespace="own"),
        rule(0, "team", default_namespace="{mail_nickname}-dev"),
        default_namespace="default",
        picture="https://p.example/{mail_nickname}.png",
    )

    found = resolved(declared, ALICE, team=[ALICE, BOB])

    assert values(found) == {
        "alice": {"default_namespace": "own", "picture": "https://p.example/alice.png"},
        "bob": {"default_namespace": "bob-dev", "picture": "https://p.example/bob.png"},
    }
    places = {user.person.object_id: dict(user.places) for user in found.users}
    assert {name: str(place) for name, place in places[ALICE.object_id].items()} == {
        "default_namespace": "people.csv:2",
        "picture": "userAttributes.defaults",
    }
    assert str(places[BOB.object_id]["default_namespace"]) == "userAttributes.rules[0]"


def test_defaults_are_for_users_that_something_names() -> None:
    assert values(resolved(sources(default_namespace="default"), ALICE)) == {}
    assert values(resolved(sources(entry("alice", 2), default_namespace="d"), ALICE)) == {
        "alice": {"default_namespace": "d"}
    }


def test_a_higher_priority_goes_before_a_lower_one_and_equal_values_agree() -> None:
    declared = sources(
        rule(0, "a", default_namespace="low"),
        rule(1, "b", 10, default_namespace="high"),
        rule(2, "c", 10, default_namespace="high", picture="x"),
    )

    assert values(resolved(declared, a=[ALICE], b=[ALICE], c=[ALICE])) == {
        "alice": {"default_namespace": "high", "picture": "x"}
    }


def test_rules_of_equal_priority_that_disagree_are_both_named_with_the_users() -> None:
    many = [person(f"u{number}") for number in range(7)]
    declared = sources(
        entry("u0", 2, default_namespace="own"),
        rule(0, "a", default_namespace="team-a", picture="x"),
        rule(1, "b", default_namespace="team-b", picture="x"),
    )

    found = resolved(declared, *many, a=many, b=many)

    shown = ", ".join(f"u{number}@contoso.example (team-a, team-b)" for number in range(1, 6))
    assert problems(found) == [
        "userAttributes.rules[1]: and userAttributes.rules[0] (groups 'b' and 'a', both of "
        f"priority 0) disagree about default_namespace of {shown} and 1 more; give one rule a "
        "higher priority, or these users a value of their own"
    ]


def test_unknown_ambiguous_and_repeated_users_are_all_listed_with_their_lines() -> None:
    twin = dataclasses.replace(BOB, object_id="other", user_principal_name="bob2@contoso.example")
    declared = sources(
        entry("ghost@contoso.example", 2, picture="x"),
        entry("bob", 3, picture="x"),
        entry("alice", 4, picture="x"),
        entry("alice@contoso.example", 5, picture="x"),
    )

    assert problems(resolved(declared, ALICE, BOB, twin)) == [
        "people.csv:2: 'ghost@contoso.example' is not in the directory; give an object id, user "
        "principal name or mail address of this tenant",
        "people.csv:3: 'bob' is 2 users in the directory (bob2@contoso.example, "
        "bob@contoso.example); give the object id of the one that is meant",
        "people.csv:5: 'alice@contoso.example' is alice@contoso.example, which is given at "
        "people.csv:4 as 'alice'; give each user in one place",
    ]


def test_what_a_template_lacks_or_comes_out_as_is_told_with_the_users() -> None:
    def no_dots(text: str) -> None:
        if "." in text:
            msg = "must have no dot"
            raise ValueError(msg)

    declared = dataclasses.replace(
        sources(
            entry("carol", 2),
            rule(0, "team", default_namespace="{mail_nickname}", picture="{department}"),
        ),
        properties=PROPERTIES
        | {"default_namespace": Property(name="default_namespace", rule=no_dots)},
    )
    dotted = person("jo.anne", department="sales")

    assert problems(resolved(declared, CAROL, team=[dotted, ALICE, BOB])) == [
        "userAttributes.rules[0]: default_namespace of jo.anne@contoso.example comes out as "
        "'jo.anne', which must have no dot",
        "people.csv:2: 'carol' has no value, and no rule or default gives it one; give it one, or "
        "remove the user",
        "userAttributes.rules[0]: picture takes {department}, which alice@contoso.example, "
        "bob@contoso.example do not have in the directory; set it there, or give a value of their "
        "own",
    ]


def test_a_template_is_not_asked_of_a_user_with_a_value_of_its_own() -> None:
    declared = sources(entry("bob", 2, picture="x"), rule(0, "team", picture="{department}"))

    assert values(resolved(declared, BOB, team=[BOB])) == {"bob": {"picture": "x"}}


NAMES = ("alice", "bob", "carol")
GROUPS = ("a", "b")
VALUE = st.sampled_from(["x", "y"])
SOME_VALUES = st.fixed_dictionaries({}, optional=dict.fromkeys(PROPERTIES, VALUE))
RULES = st.lists(st.tuples(st.sampled_from(GROUPS), st.integers(0, 2), SOME_VALUES), max_size=4)


@given(
    own=st.dictionaries(st.sampled_from(NAMES), SOME_VALUES),
    given_rules=RULES,
    defaults=SOME_VALUES,
    members=st.fixed_dictionaries({group: st.sets(st.sampled_from(NAMES)) for group in GROUPS}),
)
def test_precedence(
    own: dict[str, dict[str, str]],
    given_rules: list[tuple[str, int, dict[str, str]]],
    defaults: dict[str, str],
    members: dict[str, set[str]],
) -> None:
    """Compared with the contract, said once more and as bluntly as possible."""
    entries = [entry(name, line, **held) for line, (name, held) in enumerate(own.items(), 2)]
    rules = [rule(n, group, rank, **held) for n, (group, rank, held) in enumerate(given_rules)]
    expected: dict[str, dict[str, str]] = {}
    undecided = False
    for name in NAMES:
        mine = [r for r in given_rules if name in members[r[0]]]
        if name not in own and not mine:
            continue
        expected[name] = {}
        for property_name in PROPERTIES:
            having = [r for r in mine if property_name in r[2]]
            top = {r[2][property_name] for r in having if r[1] == max(r[1] for r in having)}
            if property_name in own.get(name, {}):
                expected[name][property_name] = own[name][property_name]
            elif len(top) > 1:
                undecided = True
            elif top:
                [expected[name][property_name]] = top
            elif property_name in defaults:
                expected[name][property_name] = defaults[property_name]
        undecided = undecided or (not expected[name] and name in own)

    found = resolved(
        sources(*entries, *rules, **defaults),
        ALICE,
        BOB,
        CAROL,
        **{group: [person(name) for name in sorted(names)] for group, names in members.items()},
    )

    if undecided:
        assert found.problems
    else:
        assert values(found) == {name: held for name, held in expected.items() if held}
