"""What is declared beside what the directory holds now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from attributes.places import MOST_SHOWN, Place
from attributes.resolution import DeclaredUser


@dataclass(frozen=True, slots=True, kw_only=True)
class Overwrite:
    """A value in the directory that is not the declared one."""

    user_principal_name: str
    property_name: str
    live: str
    declared: str
    place: Place


def overwrites(
    users: Iterable[DeclaredUser], live: Mapping[str, Mapping[str, str]]
) -> list[Overwrite]:
    """Return the live values that differ from declared ones, by user name.

    `live` are texts by object id and property; no value is no difference.
    """
    found = [
        Overwrite(
            user_principal_name=user.person.user_principal_name,
            property_name=name,
            live=now,
            declared=value,
            place=user.places[name],
        )
        for user in users
        for name, value in user.values.items()
        if (now := live.get(user.person.object_id, {}).get(name)) and now != value
    ]
    return sorted(found, key=lambda o: (o.user_principal_name.casefold(), o.property_name))


def table(found: Sequence[Overwrite], *, most: int = MOST_SHOWN) -> str:
    """Return a line an overwrite, in columns, the first `most` of them and how many more."""
    rows = [
        (
            overwrite.user_principal_name,
            overwrite.property_name,
            f"{overwrite.live!r} -> {overwrite.declared!r}",
            f"({overwrite.place})",
        )
        for overwrite in found[:most]
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, (*widths, 0), strict=True))
        for row in rows
    ]
    if len(found) > most:
        lines.append(f"… and {len(found) - most:,} more.")
    return "\n".join(f"  {line}" for line in lines)
