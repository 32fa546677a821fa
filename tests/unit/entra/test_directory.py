from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sandbox.entra import Entra, EntraEndpoints, Scenario, load_scenario
from sandbox.entra.directory.memberships import Memberships
from sandbox.entra.directory.objects import ClientSecret, User
from sandbox.entra.directory.table import Table
from sandbox.entra.identifiers import Identifiers
from sandbox.entra.login.mapped_claims import RESTRICTED
from sandbox.entra.scenario import ScenarioPerson

COMPANY = Path(__file__).parents[3] / "sandbox" / "scenarios" / "company.yaml"
ENDPOINTS = EntraEndpoints(
    login="https://localhost:1", sts="https://localhost:2", graph="https://localhost:3"
)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def user(object_id: str, name: str) -> User:
    return User(object_id=object_id, properties={"displayName": name}, password="")


def test_an_index_follows_changes_and_removals() -> None:
    table: Table[User] = Table("displayName")
    first, second = user("1", "Bob"), user("2", "BOB")
    table.add(first)
    table.add(second)
    assert table.find("displayName", "bob") == [first, second]
    table.update(first, {"displayName": "Robert"})
    assert table.find("displayName", "bob") == [second]
    assert table.find("displayName", "ROBERT") == [first]
    table.remove(second)
    assert table.find("displayName", "bob") == []
    assert list(table) == [first]


def test_a_value_of_null_is_not_in_the_index() -> None:
    table: Table[User] = Table("mail")
    nobody = user("1", "Bob")
    table.add(nobody)
    table.update(nobody, {"mail": "bob@contoso.example"})
    table.update(nobody, {"mail": None})
    assert table.find("mail", "bob@contoso.example") == []


def test_groups_that_contain_each_other_do_not_run_forever() -> None:
    memberships = Memberships()
    for group, member in (("a", "b"), ("b", "a"), ("a", "person")):
        memberships.add(group, member)
    assert sorted(memberships.transitive_members("a")) == ["b", "person"]
    assert sorted(memberships.transitive_groups("person")) == ["a", "b"]


def test_the_same_seed_gives_the_same_identifiers_and_none_gives_others() -> None:
    def made(seed: int | None) -> list[str]:
        ids = Identifiers(seed)
        return [ids.guid(), ids.opaque(), ids.client_secret(), ids.url_safe_id()]

    assert made(1) == made(1)
    assert made(1) != made(2)
    assert made(None) != made(None)
    assert len(set(made(1))) == 4


def test_a_client_secret_has_forty_characters_and_entras_mark() -> None:
    secret = Identifiers(1).client_secret()
    assert len(secret) == 40
    assert secret[3:6] == "8Q~"


def test_only_a_digest_of_a_client_secret_is_kept() -> None:
    kept = ClientSecret(key_id="1", digest=ClientSecret.digest_of("secret"), ends=NOON)
    assert kept.matches("secret")
    assert not kept.matches("Secret")
    assert "secret" not in repr(kept).replace("ClientSecret", "")


def test_nobody_is_found_by_reading_all_users() -> None:
    """Ten thousand people: a lookup by name goes through an index."""
    company = load_scenario(COMPANY)
    people = tuple(
        ScenarioPerson(
            user_principal_name=f"user{number}@contoso.example",
            display_name=f"User {number}",
            object_id=f"00000000-0000-4000-8000-{number:012}",
        )
        for number in range(10_000)
    )
    large: Scenario = company.model_copy(update={"people": people})
    entra = Entra(large, ENDPOINTS, now=lambda: NOON, seed=1)
    users = entra.tenant.users
    assert len(users) == 10_000
    assert all(users.has_index(name) for name in ("id", "userPrincipalName", "mail", "displayName"))
    [found] = users.find("userPrincipalName", "USER9999@contoso.example")
    assert found.object_id.endswith("9999")


def test_claims_that_the_program_maps_are_not_restricted() -> None:
    assert not {"picture", "default_namespace", "name"} & RESTRICTED
    assert {"email", "groups", "upn", "roles", "sub", "oid"} <= RESTRICTED


def test_secrets_are_not_in_any_repr() -> None:
    entra = Entra(load_scenario(COMPANY), ENDPOINTS)
    shown = repr(entra.people) + repr(entra.deployer) + repr(list(entra.tenant.users))
    for secret in (entra.deployer.client_secret, *(person.password for person in entra.people)):
        assert secret not in shown
