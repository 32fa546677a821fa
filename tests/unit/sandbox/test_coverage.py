from __future__ import annotations

from sandbox.coverage import LEDGER, render


def test_the_ledger_is_what_the_routes_say() -> None:
    assert LEDGER.read_text() == render(), "run `python -m sandbox.coverage`"
