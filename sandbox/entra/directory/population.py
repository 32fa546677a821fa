"""A company of any size: people and groups that follow from a seed.

What matters to clients is like in real directories: names that occur more than once, numbered user
principal names, guests, people without a mailbox, a few disabled accounts, groups of very different
sizes, groups in groups. The same seed gives the same company, object ids included.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate

from sandbox.entra.directory.new_objects import group_properties, timestamp, user_properties
from sandbox.entra.directory.objects import Group, User
from sandbox.entra.directory.tenant import Tenant
from sandbox.entra.identifiers import Identifiers
from sandbox.entra.scenario import Population

_GIVEN = (
    *("Aiko", "Ahmed", "Anna", "Ben", "Björn", "Carla", "Chen", "Daria", "Diego", "Elif", "Emeka"),
    *("Eva", "Farid", "Fiona", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jana", "Joao", "Kofi"),
    *("Lars", "Lea", "Liam", "Linh", "Maria", "Mateo", "Mei", "Nadia", "Noah", "Olga", "Omar"),
    *("Paul", "Priya", "Rosa", "Ravi", "Sara", "Sofia", "Tariq", "Tom", "Uma", "Vera", "Yusuf"),
)
_SURNAMES = (
    *("Abe", "Adeyemi", "Ali", "Andersson", "Bauer", "Becker", "Chen", "Costa", "Diaz", "Dubois"),
    *("Fischer", "Garcia", "Gruber", "Haddad", "Hansen", "Hoffmann", "Ivanov", "Jansen", "Jones"),
    *("Kaya", "Khan", "Kim", "Kowalski", "Kumar", "Larsen", "Lopez", "Maier", "Martin", "Mensah"),
    *("Moreau", "Müller", "Nguyen", "Novak", "O'Brien", "Okafor", "Olsen", "Patel", "Petrov"),
    *("Rossi", "Santos", "Sato", "Schmidt", "Silva", "Singh", "Smith", "Suzuki", "Tanaka", "Wang"),
)
_DEPARTMENTS = ("Engineering", "Sales", "Operations", "Finance", "People", "Support", "Research")
_TITLES = ("Engineer", "Analyst", "Manager", "Consultant", "Specialist", "Director", "Assistant")
_CITIES = (("Berlin", "DE"), ("Lyon", "FR"), ("Porto", "PT"), ("Kraków", "PL"), ("Austin", "US"))
_PARTNERS = ("partner.example", "supplier.example", "agency.example")
_TEAMS = ("developers", "admins", "viewers", "on-call", "reviewers", "all")
_LATIN = str.maketrans({"ö": "o", "ü": "u", "ó": "o", "'": None})
_WITHOUT_MAIL, _DISABLED, _NESTED = 0.02, 0.03, 0.15


def populate(tenant: Tenant, population: Population, ids: Identifiers, now: datetime) -> None:
    """Add the population's people and groups to a tenant, with their memberships."""
    # Nothing of what is made here is garbage, and looking for it takes half of the time.
    gc.disable()
    try:
        _populate(tenant, population, ids, now)
    finally:
        gc.enable()


def _populate(tenant: Tenant, population: Population, ids: Identifiers, now: datetime) -> None:
    chance = random.Random(population.seed)  # noqa: S311 - made-up people, not secrets
    group_ids: list[str] = []
    for group in _groups(population, chance, now):
        tenant.groups.add(group)
        group_ids.append(group.object_id)
    # Group n is the member of at most one group before it, so there is no circle.
    for number in range(1, len(group_ids)):
        if chance.random() < _NESTED:
            tenant.memberships.add(group_ids[chance.randrange(number)], group_ids[number])
    # By rank, as sizes of groups are: the first has most members, half as many have the second...
    weights = list(accumulate(1 / rank for rank in range(1, len(group_ids) + 1)))
    for user in _users(population, tenant, chance, ids, now):
        tenant.users.add(user)
        if group_ids:
            count = min(len(group_ids), int(chance.expovariate(1 / population.groups_per_user)))
            for group_id in chance.choices(group_ids, cum_weights=weights, k=count):
                tenant.memberships.add(group_id, user.object_id)


def _groups(population: Population, chance: random.Random, now: datetime) -> Iterator[Group]:
    for number in range(population.groups):
        department = _DEPARTMENTS[number % len(_DEPARTMENTS)].lower()
        name = f"{department}-{number // len(_TEAMS) + 1:04d}-{_TEAMS[number % len(_TEAMS)]}"
        yield Group(object_id=_guid(chance), properties=group_properties(name, now))


def _users(
    population: Population,
    tenant: Tenant,
    chance: random.Random,
    ids: Identifiers,
    now: datetime,
) -> Iterator[User]:
    created = timestamp(now)
    for number in range(1, population.users + 1):
        given, surname = chance.choice(_GIVEN), chance.choice(_SURNAMES)
        nickname = f"{given}.{surname}{number}".translate(_LATIN).lower()
        particular: dict[str, object] = {
            "displayName": f"{given} {surname}",
            "givenName": given,
            "surname": surname,
        }
        if chance.random() < population.guest_share:
            partner = chance.choice(_PARTNERS)
            mail = f"{nickname}@{partner}"
            name = f"{nickname}_{partner}#EXT#@{tenant.domain}"
            particular |= {
                "mail": mail,
                "userType": "Guest",
                "creationType": "Invitation",
                "externalUserState": "Accepted",
            }
        else:
            name = f"{nickname}@{tenant.domain}"
            city, country = chance.choice(_CITIES)
            particular |= {
                "mail": None if chance.random() < _WITHOUT_MAIL else name,
                "department": chance.choice(_DEPARTMENTS),
                "jobTitle": chance.choice(_TITLES),
                "employeeId": f"{number:06d}",
                "city": city,
                "country": country,
                "usageLocation": country,
            }
            if chance.random() < _DISABLED:
                particular["accountEnabled"] = False
        properties = user_properties(name, created) | particular
        yield User(object_id=_guid(chance), properties=properties, password=ids.opaque())


def _guid(chance: random.Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    version, variant = f"4{digits[13:16]}", f"{'89ab'[int(digits[16], 16) % 4]}{digits[17:20]}"
    return f"{digits[:8]}-{digits[8:12]}-{version}-{variant}-{digits[20:]}"
