"""Files of users, whatever they come from: an HR export, a spreadsheet, an editor.

A byte-order mark and either kind of line end are taken as they come. What cannot be meant is a
problem: an empty file would clear everybody's values.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from attributes.csv_file import read_csv
from attributes.places import Place, PlacedProblem
from attributes.properties import Property
from attributes.sources import UserEntry
from attributes.yaml_file import read_yaml

Reader = Callable[[str, str, Mapping[str, Property]], tuple[list[UserEntry], list[PlacedProblem]]]
_READERS: Mapping[str, Reader] = MappingProxyType(
    {".csv": read_csv, ".yaml": read_yaml, ".yml": read_yaml}
)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_files(
    folder: Path, names: Iterable[str], properties: Mapping[str, Property]
) -> tuple[list[UserEntry], list[PlacedProblem]]:
    """Return the users of all files, and everything that is wrong in any of them.

    `names` are paths relative to `folder`; a place is a path as it is given here, and a line.
    """
    entries: list[UserEntry] = []
    problems: list[PlacedProblem] = []
    for name in names:
        read, wrong = _read(folder / name, name, properties)
        entries += read
        problems += wrong
    return entries, problems


def _read(
    path: Path, name: str, properties: Mapping[str, Property]
) -> tuple[list[UserEntry], list[PlacedProblem]]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        return _nothing(name, f"must end in {', '.join(_READERS)}")
    try:
        content = path.read_bytes()
    except OSError as error:
        return _nothing(name, f"cannot be read ({error.strerror}); the path starts at the project")
    if content.startswith(_UTF_16):
        return _nothing(name, "is UTF-16; save it as UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        wrong = f"is not UTF-8 (byte 0x{content[error.start]:02x}); save the file as UTF-8"
        return _nothing(name, wrong, line)
    if not text.strip():
        return _nothing(
            name,
            "is empty; to declare no user, leave the file out of userAttributes.files",
        )
    return reader(text, name, properties)


def _nothing(
    name: str, wrong: str, line: int | None = None
) -> tuple[list[UserEntry], list[PlacedProblem]]:
    return [], [PlacedProblem(Place(name, line), wrong)]
