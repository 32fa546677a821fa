"""What settings say about users' values, and every way in which they can be wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from attributes.resolution import Person, resolve
from attributes.sources import UserSources
from sandbox.entra.login import mapped_claims
from settings import Settings, SettingsError
from settings.load import settings_from
from settings.restricted_claims import is_restricted
from tests.unit.settings.test_load import good

PROPERTIES = [
    "default_namespace",
    {"name": "badge", "dataType": "Integer"},
    {"name": "team", "claim": False},
]


def load(folder: Path, **config: Any) -> tuple[Settings, UserSources]:
    whole = {"extensionProperties": PROPERTIES} | good() | config
    values = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in whole.items()
    }
    return settings_from(
        values,
        secret_settings=frozenset(),
        project="entra-eks-sso",
        stack="dev",
        folder=folder,
    )


def error(folder: Path, **config: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        load(folder, **config)
    return str(caught.value)


def problems(folder: Path, **config: Any) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(folder, **config)
    return [str(problem) for problem in caught.value.problems]


def test_users_files_rules_and_defaults_become_sources(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("user,badge\nbob@c.example,2\n")

    settings, sources = load(
        tmp_path,
        users={"alice@c.example": {"default_namespace": "team-a", "badge": 1}},
        userAttributes={
            "files": ["people.csv"],
            "rules": [
                {"group": "devs", "values": {"team": "{department}"}, "priority": 5},
                {"group": "devs", "values": {"badge": 7}},
            ],
            "defaults": {"default_namespace": "{mail_nickname:dns}"},
            "writesPerWindow": 100,
        },
    )

    assert settings.claims == ("default_namespace",)
    assert settings.user_attributes.writes_per_window == 100
    assert {name: p.data_type for name, p in sources.properties.items()} == {
        "default_namespace": "String",
        "badge": "Integer",
        "team": "String",
    }
    assert [(str(entry.place), entry.name, entry.values) for entry in sources.entries] == [
        (
            'users["alice@c.example"]',
            "alice@c.example",
            {"default_namespace": "team-a", "badge": "1"},
        ),
        ("people.csv:2", "bob@c.example", {"badge": "2"}),
    ]
    assert [(str(rule.place), rule.priority) for rule in sources.rules] == [
        ("userAttributes.rules[0]", 5),
        ("userAttributes.rules[1]", 0),
    ]
    assert sources.rules[1].values["badge"].render({}) == "7"
    assert sources.groups == ("devs",)
    assert sources.directory_properties == {"department", "mail_nickname"}


def test_a_list_of_names_means_text_that_becomes_a_claim(tmp_path: Path) -> None:
    settings, sources = load(tmp_path, extensionProperties=["team", "picture"])

    assert settings.claims == ("team", "picture")
    assert {p.data_type for p in sources.properties.values()} == {"String"}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            {"extensionProperties": [{"name": "a", "dataType": "Int"}]},
            "extensionProperties[0].dataType: \"Int\" must be one of 'String', 'Integer', "
            "'LargeInteger', 'Boolean', 'DateTime' or 'Binary'",
        ),
        (
            {"extensionProperties": [{"name": "a", "dataType": "Boolean", "claim": True}]},
            "extensionProperties[0].claim: true is for properties of text, and a is of type "
            "Boolean; remove it, or keep the value as String",
        ),
        (
            {"extensionProperties": ["9"]},
            'extensionProperties[0].name: "9" must be the name of a directory extension property: '
            "a letter, then letters, digits or '_', without Microsoft Graph's prefix "
            "'extension_<client id>_'",
        ),
        (
            {"extensionProperties": ["picture", "email"]},
            'extensionProperties[1].name: "email" cannot be a claim: Entra keeps that name for '
            "itself; choose another, or set claim to false",
        ),
        (
            {"extensionProperties": ["a", {"name": "A"}]},
            'extensionProperties: "A" is named twice; name it once',
        ),
        (
            {"extensionProperties": [f"p{number}" for number in range(101)]},
            "extensionProperties: has 101 properties; Microsoft Graph keeps at most 100 values on "
            "a user",
        ),
        (
            {"users": {"a@c.example": {"badge": "x"}}},
            'users["a@c.example"].badge: "x" must be a whole number from -2147483648 to 2147483647',
        ),
        (
            {"users": {"a@c.example": {"badge": 1.5}}},
            'users["a@c.example"].badge: 1.5 must be text, a whole number, true or false',
        ),
        (
            {"userAttributes": {"writesPerWindow": 3001}},
            "userAttributes.writesPerWindow: 3001 must be at most 3000",
        ),
        (
            {"userAttributes": {"writesPerWindow": 0}},
            "userAttributes.writesPerWindow: 0 must be at least 1",
        ),
        (
            {"userAttributes": {"rules": [{"group": "g", "values": {}}]}},
            "userAttributes.rules[0].values: must not be empty",
        ),
        (
            {"userAttributes": {"rules": [{"group": "g", "values": {"nick": "x"}}]}},
            "userAttributes.rules[0].values.nick: is not one of extensionProperties (badge, "
            "default_namespace, team); declare it",
        ),
        (
            {"userAttributes": {"rules": [{"group": "g", "values": {"team": "{nick"}}]}},
            'userAttributes.rules[0].values.team: "{nick" must have its braces in pairs: '
            "{mail_nickname} for a property of the user, {{ or }} for a brace itself",
        ),
        (
            {"userAttributes": {"defaults": {"default_namespace": "Team A"}}},
            'userAttributes.defaults.default_namespace: "Team A" must be a Kubernetes namespace '
            "name: at most 63 of a-z, 0-9 and '-', starting and ending with a letter or digit",
        ),
        (
            {"userAttributes": {"files": ["/etc/people.csv"]}},
            'userAttributes.files[0]: "/etc/people.csv" must be relative to the project, so that '
            "it is the same file for everyone",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_value_and_what_is_allowed(
    tmp_path: Path, config: dict[str, Any], expected: str
) -> None:
    assert expected in problems(tmp_path, **config)


def test_the_list_of_restricted_claims_is_the_one_that_the_sandbox_goes_by() -> None:
    """Two readings of one page: what is refused here would be missing from a token there."""
    assert all(is_restricted(name.upper()) for name in mapped_claims.RESTRICTED)
    assert is_restricted("xms_cc")
    assert not any(is_restricted(name) for name in ("picture", "default_namespace", "name"))
    load_one = {"extensionProperties": [{"name": "email", "claim": False}]}
    assert load(Path(), **load_one)[0].claims == ()


def test_settings_and_files_are_told_in_one_error(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("user,badge\nalice@c.example,x\nbob@c.example,1\n")
    (tmp_path / "b.yaml").write_text("BOB@c.example: {badge: 1}\n")

    message = error(
        tmp_path,
        issuer="v3",
        users={"alice@c.example": {"badge": 1}},
        userAttributes={"files": ["a.csv", "b.yaml", "b.yaml"]},
    )

    assert message == (
        "2 settings are wrong in Pulumi.dev.yaml; nothing has been changed:\n"
        "  entra-eks-sso:issuer: \"v3\" must be one of 'v1' or 'v2'\n"
        '  entra-eks-sso:userAttributes.files[2]: "b.yaml" is named twice; name it once\n'
        "Mend them in that file, or one by one, such as: "
        "pulumi config set --path 'entra-eks-sso:issuer' <value>\n"
        "4 problems are in the user attributes; nothing has been changed:\n"
        "  a.csv:2: badge: 'x' must be a whole number from -2147483648 to 2147483647\n"
        "  a.csv:2: 'alice@c.example' is given at users[\"alice@c.example\"] as well; give each "
        "user in one place\n"
        "  b.yaml:1: 'BOB@c.example' is given at a.csv:3 as well; give each user in one place\n"
        "  b.yaml:1: 'BOB@c.example' is given at a.csv:3 as well; give each user in one place"
    )


def test_a_user_given_twice_is_told_with_those_whom_the_directory_does_not_know(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.csv").write_text("user,badge\nALICE@c.example,1\nghost@c.example,1\n")

    _, sources = load(
        tmp_path,
        users={"alice@c.example": {"badge": 1}},
        userAttributes={"files": ["a.csv"]},
    )
    alice = Person(object_id="a", user_principal_name="alice@c.example")
    found = resolve(
        sources, people={"alice@c.example": [alice], "ALICE@c.example": [alice]}, members={}
    )

    assert list(map(str, found.problems)) == [
        "a.csv:2: 'ALICE@c.example' is alice@c.example, which is given at "
        "users[\"alice@c.example\"] as 'alice@c.example'; give each user in one place",
        "a.csv:3: 'ghost@c.example' is not in the directory; give an object id, user principal "
        "name or mail address of this tenant",
    ]
