"""What is declared in the benchmark: two values for every user, and one percent of them changed."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TEAMS = 40
_ONE_IN = 100


@dataclass(frozen=True, slots=True)
class DeclaredUser:
    """One user and the two values it shall have."""

    name: str
    """The user principal name."""
    object_id: str
    default_namespace: str
    picture: str

    @property
    def values(self) -> dict[str, str]:
        """The values by property name."""
        return {"default_namespace": self.default_namespace, "picture": self.picture}


def declare(user_ids: Mapping[str, str], *, changed: bool) -> list[DeclaredUser]:
    """Return every user with its values; with `changed`, one percent moves to another team."""
    return [
        DeclaredUser(
            name=name,
            object_id=object_id,
            default_namespace="team-moved"
            if changed and number % _ONE_IN == 0
            else f"team-{number % _TEAMS:02d}",
            picture=f"https://people.contoso.example/{name.partition('@')[0]}.png",
        )
        for number, (name, object_id) in enumerate(user_ids.items())
    ]


def changed_users(users: int) -> int:
    """Return how many of that many users are the one percent."""
    return math.ceil(users / _ONE_IN)


def moved(before: Iterable[DeclaredUser], after: Iterable[DeclaredUser]) -> list[DeclaredUser]:
    """Return the users of `after` that are not the same in `before`."""
    same = set(before)
    return [user for user in after if user not in same]


def write_csv(file: Path, users: Sequence[DeclaredUser], *, object_ids: bool) -> None:
    """Write users with a header; without object ids, a user is known by name alone."""
    id_column = ["object_id"] if object_ids else []
    with file.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["user", *id_column, "default_namespace", "picture"])
        for user in users:
            own_id = [user.object_id] if object_ids else []
            writer.writerow([user.name, *own_id, *user.values.values()])
