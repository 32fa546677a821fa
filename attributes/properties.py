"""The extension properties that values are declared for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graph.extension_values import DataType, canonical

__all__ = ["DataType", "Property"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A declared extension property of users; `name` is without Graph's prefix."""

    name: str
    data_type: DataType = "String"
    rule: Callable[[str], object] | None = None
    """What its values have to be besides; raises ValueError with a sentence's rest."""

    def read(self, value: object) -> str:
        """Return the canonical text of a value, which is text or a scalar of YAML.

        Raises:
            ValueError: a sentence that goes on from the property's name and value.
        """
        text = canonical(self.data_type, value)
        if self.rule:
            self.rule(text)
        return text
