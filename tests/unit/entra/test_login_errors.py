"""The errors of the login service, as a whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.entra.login import access_errors, request_errors, token_errors
from sandbox.entra.login.errors import LoginErrorKind

TESTS = Path(__file__).parents[2] / "sandbox" / "entra"
KINDS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (access_errors, request_errors, token_errors)
    for name, value in vars(module).items()
    if isinstance(value, LoginErrorKind)
}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_error_is_met_by_a_test(name: str) -> None:
    """A refusal that nothing can provoke is not one that a client is proved against."""
    code = re.compile(rf"(?<!\d){KINDS[name].code}(?!\d)")
    assert any(code.search(file.read_text()) for file in TESTS.glob("test_*.py"))


def test_every_error_can_be_told_by_its_number() -> None:
    """One number may have two texts, but never two OAuth codes at the token endpoint."""
    seen: dict[int, set[str]] = {}
    for kind in KINDS.values():
        seen.setdefault(kind.code, set()).add(kind.error)
    several = {code: errors for code, errors in seen.items() if len(errors) > 1}
    # Whoever declines is told so by another word on a device.
    assert several == {65004: {"access_denied", "authorization_declined"}}
