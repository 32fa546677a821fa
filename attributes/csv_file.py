"""Users in a CSV file: a header with `user` and property names, then a row a user.

RFC 4180, comma-separated. An empty cell means that the user has no value of its own there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from attributes.places import Place, PlacedProblem
from attributes.properties import Property
from attributes.sources import UserEntry

USER_COLUMN = "user"


def read_csv(
    text: str, source: str, properties: Mapping[str, Property]
) -> tuple[list[UserEntry], list[PlacedProblem]]:
    """Return the users of a file's text, and everything that is wrong in it."""
    entries: list[UserEntry] = []
    problems: list[PlacedProblem] = []
    rows = _rows(text, source, problems)
    line, header = next(rows, (1, []))
    names = [name.strip() for name in header]
    problems += _header_problems(Place(source, line), names, properties)
    if USER_COLUMN not in names:
        return entries, problems
    user_column = names.index(USER_COLUMN)
    columns = [
        (number, name, properties[name]) for number, name in enumerate(names) if name in properties
    ]
    for line, cells in rows:
        place = Place(source, line)
        if len(cells) != len(names):
            problems.append(
                PlacedProblem(place, f"has {len(cells)} cells, and the header has {len(names)}")
            )
            continue
        values: dict[str, str] = {}
        for number, name, declared in columns:
            if cell := cells[number]:
                try:
                    values[name] = declared.read(cell)
                except ValueError as error:
                    problems.append(PlacedProblem(place, f"{name}: {shown(cell)} {error}"))
        if user := cells[user_column].strip():
            entries.append(UserEntry(name=user, values=values, place=place))
        else:
            problems.append(PlacedProblem(place, "names no user"))
    return entries, problems


def shown(value: str, most: int = 60) -> str:
    """Return a value in quotes, cut where it is long."""
    return repr(value if len(value) <= most else f"{value[: most - 1]}…")


def _rows(
    text: str, source: str, problems: list[PlacedProblem]
) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield each row that is not blank with the line it begins at."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(
                PlacedProblem(
                    Place(source, line),
                    f"is not CSV from here on ({error}); a quote that is opened must be closed, "
                    'and one inside a cell is written ""',
                )
            )
            return
        if any(cell.strip() for cell in cells):
            yield line, cells


def _header_problems(
    place: Place, names: Sequence[str], properties: Mapping[str, Property]
) -> Iterator[PlacedProblem]:
    known = ", ".join(properties)
    if USER_COLUMN not in names:
        message = f"must be a header with the column {USER_COLUMN}, then columns of {known}"
        for separator, called in ((";", "semicolons"), ("\t", "tabs")):
            if len(names) == 1 and separator in names[0]:
                message = f"has its columns separated by {called}; save the file with commas"
        yield PlacedProblem(place, message)
        return
    for number, name in enumerate(names):
        if name in names[:number]:
            yield PlacedProblem(place, f"has the column {name!r} twice")
        elif name != USER_COLUMN and name not in properties:
            yield PlacedProblem(
                place,
                f"has the column {name!r}, which is not one of extensionProperties ({known})",
            )
