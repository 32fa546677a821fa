"""What a method has to be for the benchmark to run it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from bench.users.declared import DeclaredUser

Case = Literal["first", "one_percent", "no_change", "refresh"]
CASES: tuple[Case, ...] = ("first", "one_percent", "no_change", "refresh")


class Method(Protocol):
    """Brings users to their declared values, in one way or another."""

    def first(self, users: Sequence[DeclaredUser]) -> None:
        """Assign values to users that have none."""
        ...

    def one_percent(self, users: Sequence[DeclaredUser], moved: Sequence[DeclaredUser]) -> None:
        """Bring all of `users` to their values, when `moved` alone are not there."""
        ...

    def no_change(self, users: Sequence[DeclaredUser]) -> None:
        """Find out that there is nothing to do."""
        ...

    def refresh(self, users: Sequence[DeclaredUser]) -> None:
        """Look at the live values of every user."""
        ...

    def state_bytes(self) -> int:
        """Return the size of what it remembers between two runs."""
        ...
