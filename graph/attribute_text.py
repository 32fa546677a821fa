"""The values of many users as one text: CSV with a header and a sorted line a user.

Pulumi serialises every leaf of an input on its own, so for ten thousand users a text is several
times faster than maps, and it shows the change of a user as the change of a line.
An empty cell means that the property of that user is not managed.
The text is part of the state's format.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_USER_COLUMNS = ("user_principal_name", "object_id")


class AttributeTextError(ValueError):
    """A text that is not a table of user attributes, or values that cannot be in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """The managed values of one user, by property name; a missing one is not managed."""

    user_principal_name: str
    object_id: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeTable:
    """Users by object id, and the properties that the table has columns for."""

    properties: tuple[str, ...] = ()
    rows: Mapping[str, UserRow] = field(default_factory=dict)


def write_text(properties: Sequence[str], rows: Iterable[UserRow]) -> str:
    """Return the text, which is the same for the same users in whatever order they come.

    Raises:
        AttributeTextError: a user is there twice, has a value of another property, or a cell holds
            a control character: a line break would take a line apart.
    """
    listed = sorted(rows, key=lambda row: (row.user_principal_name.casefold(), row.object_id))
    _refuse_repeated("the column", [*_USER_COLUMNS, *properties])
    _refuse_repeated("the object id", [row.object_id for row in listed])
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*_USER_COLUMNS, *properties])
    for row in listed:
        if others := sorted(set(row.values) - set(properties)):
            msg = f"{row.user_principal_name} has values of {', '.join(others)}, not in the table"
            raise AttributeTextError(msg)
        cells = [row.user_principal_name, row.object_id]
        cells += [row.values.get(name, "") for name in properties]
        _refuse_control_characters(cells)
        writer.writerow(cells)
    return text.getvalue()


def parse_text(text: str) -> AttributeTable:
    """Return the table that `write_text` wrote.

    Raises:
        AttributeTextError: saying which line is wrong and why.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        lines = list(reader)
    except csv.Error as error:
        msg = f"line {reader.line_num} of the user attributes is not CSV: {error}"
        raise AttributeTextError(msg) from error
    if not lines or tuple(lines[0][:2]) != _USER_COLUMNS:
        msg = f"the user attributes must start with the columns {', '.join(_USER_COLUMNS)}"
        raise AttributeTextError(msg)
    properties = tuple(lines[0][2:])
    _refuse_repeated("the column", lines[0])
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(lines[0]) or not cells[0] or not cells[1]:
            msg = (
                f"line {number} of the user attributes must have {len(lines[0])} cells, the first "
                f"two not empty; it has {len(cells)}"
            )
            raise AttributeTextError(msg)
    _refuse_repeated("the object id", [cells[1] for cells in lines[1:]])
    rows = {
        cells[1]: UserRow(
            user_principal_name=cells[0],
            object_id=cells[1],
            values={name: cell for name, cell in zip(properties, cells[2:], strict=True) if cell},
        )
        for cells in lines[1:]
    }
    return AttributeTable(properties=properties, rows=rows)


def _refuse_repeated(what: str, values: Sequence[str]) -> None:
    if len(set(values)) != len(values):
        repeated = sorted(value for value, times in Counter(values).items() if times > 1)
        msg = f"the user attributes have {what} {', '.join(repeated)} more than once"
        raise AttributeTextError(msg)


def _refuse_control_characters(cells: Sequence[str]) -> None:
    for cell in cells:
        if any(ord(character) < 0x20 or ord(character) == 0x7F for character in cell):
            msg = f"the value {cell!r} of {cells[0]} holds a line break or control character"
            raise AttributeTextError(msg)
