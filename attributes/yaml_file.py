"""Users in a YAML file: a mapping of users to mappings of property names to values.

Values are read as they are written: what `007` or `yes` means is decided by the property's data
type, not by YAML.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import yaml

from attributes.csv_file import shown
from attributes.places import Place, PlacedProblem
from attributes.properties import Property
from attributes.sources import UserEntry

# LibYAML's composer is some ten times faster, which 100,000 users need.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = "tag:yaml.org,2002:null"


def read_yaml(
    text: str, source: str, properties: Mapping[str, Property]
) -> tuple[list[UserEntry], list[PlacedProblem]]:
    """Return the users of a file's text, and everything that is wrong in it."""
    entries: list[UserEntry] = []
    problems: list[PlacedProblem] = []
    try:
        with _without_cycles():
            root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(source, mark.line + 1 if mark else None)
        reason = error.problem or error.context
        return entries, [PlacedProblem(place, f"is not YAML ({reason})")]
    except yaml.YAMLError as error:
        return entries, [PlacedProblem(Place(source), f"is not YAML ({error})")]
    if not isinstance(root, yaml.MappingNode):
        message = "must be a mapping of users to their values, such as alice@contoso.com: {…}"
        line = root.start_mark.line + 1 if root else None
        return entries, [PlacedProblem(Place(source, line), message)]
    for key, node in root.value:
        place = _place(source, key)
        if not isinstance(key, yaml.ScalarNode) or not key.value.strip():
            problems.append(PlacedProblem(place, "names no user"))
            continue
        if not isinstance(node, yaml.MappingNode):
            problems.append(
                PlacedProblem(place, f"{key.value!r} must have a mapping of property names")
            )
            continue
        values: dict[str, str] = {}
        for name, text_or_problem in _values(node, source, properties):
            if isinstance(text_or_problem, PlacedProblem):
                problems.append(text_or_problem)
            elif name in values:
                problems.append(PlacedProblem(place, f"{key.value!r} has {name} twice"))
            else:
                values[name] = text_or_problem
        entries.append(UserEntry(name=key.value.strip(), values=values, place=place))
    return entries, problems


def _values(
    node: yaml.MappingNode, source: str, properties: Mapping[str, Property]
) -> Iterator[tuple[str, str | PlacedProblem]]:
    for key, value in node.value:
        place = _place(source, key)
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        declared = properties.get(name)
        if declared is None:
            known = ", ".join(properties)
            message = f"{name!r} is not one of extensionProperties ({known})"
        elif not isinstance(value, yaml.ScalarNode):
            message = f"{name}: must be one value"
        elif value.tag == _NULL:
            message = f"{name}: has no value; leave the line out"
        else:
            try:
                yield name, declared.read(value.value)
                continue
            except ValueError as error:
                message = f"{name}: {shown(value.value)} {error}"
        yield name, PlacedProblem(place, message)


@contextmanager
def _without_cycles() -> Iterator[None]:
    """A million nodes without a cycle among them: looking for some takes longer than reading."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _place(source: str, node: yaml.Node) -> Place:
    return Place(source, node.start_mark.line + 1)
