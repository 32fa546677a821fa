"""Made-up companies: the same from the same seed, and like real ones where it matters."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.entra import Entra, EntraEndpoints, ScenarioError, load_scenario
from sandbox.entra.directory.new_objects import user_properties
from sandbox.entra.directory.tenant import Tenant

COMPANY = Path(__file__).parents[3] / "sandbox" / "scenarios" / "company.yaml"
ENDPOINTS = EntraEndpoints(
    login="https://localhost:1", sts="https://localhost:2", graph="https://localhost:3"
)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NAMED_USERS, NAMED_GROUPS = 5, 5


def tenant(users: int, groups: int) -> Tenant:
    return Entra(load_scenario(COMPANY, users, groups), ENDPOINTS, now=lambda: NOON).tenant


@pytest.fixture(scope="module")
def large() -> Tenant:
    return tenant(100_000, 2000)


def test_a_tenant_has_as_many_people_and_groups_as_it_says(large: Tenant) -> None:
    assert len(large.users) == 100_000 + NAMED_USERS
    assert len(large.groups) == 2000 + NAMED_GROUPS


def test_names_in_the_tenant_are_unique_and_display_names_are_not(large: Tenant) -> None:
    names = Counter(user.user_principal_name.casefold() for user in large.users)
    assert max(names.values()) == 1
    assert len({user.display_name for user in large.users}) < len(large.users) / 10


def test_some_are_guests_and_some_have_no_mail(large: Tenant) -> None:
    guests = [user for user in large.users if user.is_guest]
    assert 0.06 < len(guests) / len(large.users) < 0.10
    assert all("#EXT#@" in guest.user_principal_name and guest.mail for guest in guests)
    assert any(user.mail is None for user in large.users)
    assert any(user.properties["accountEnabled"] is False for user in large.users)


def test_groups_differ_much_in_size_and_hold_groups(large: Tenant) -> None:
    members = [large.memberships.members(group.object_id) for group in large.groups]
    sizes = sorted(map(len, members))
    assert sizes[-1] > 100 * sizes[len(sizes) // 2]
    nested = [large.groups.get(item) for listed in members for item in listed]
    assert sum(group is not None for group in nested) > 100


def test_no_group_is_in_itself(large: Tenant) -> None:
    for group in large.groups:
        assert group.object_id not in large.memberships.transitive_groups(group.object_id)


def test_everybody_is_found_by_an_index(large: Tenant) -> None:
    last = list(large.users)[-1]
    assert large.users.find("userPrincipalName", last.user_principal_name.upper()) == [last]
    assert last in large.users.find("displayName", last.display_name)


def test_the_same_seed_makes_the_same_company() -> None:
    def shown(made: Tenant) -> list[object]:
        return [
            (user.object_id, user.properties, made.memberships.groups(user.object_id))
            for user in made.users
        ]

    assert shown(tenant(50, 7)) == shown(tenant(50, 7))
    assert len(tenant(50, 0).groups) == NAMED_GROUPS


def test_a_user_has_every_property_and_keeps_only_its_own() -> None:
    properties = user_properties("a@b", "2026-11-24T12:00:00Z") | {"department": "x"}
    assert properties["accountEnabled"] is True
    assert properties.get("city") is None
    assert "city" in properties
    assert "nonsense" not in properties
    assert dict(properties).keys() == {
        "userPrincipalName", "mailNickname", "createdDateTime", "department",
    }  # fmt: skip


def test_a_population_that_cannot_be_is_an_error() -> None:
    with pytest.raises(ScenarioError, match=r"population\.users"):
        load_scenario(COMPANY, -1)
