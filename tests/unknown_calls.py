"""Fails a test in which a client asked a stand-in for something that it does not have.

Whoever wants a 501 says so: `@pytest.mark.provokes_unknown_calls`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

import pytest

from sandbox.eks.call_log import CallLog
from sandbox.entra.request_log import RequestLog

_told: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
"""How many unknown calls of each log tests have been told of."""
_new: list[Any] = []
"""Logs made since the last test ended; held, because their sandbox may be gone by then."""


@pytest.fixture(scope="session", autouse=True)
def know_every_log() -> Iterator[None]:
    """Those of sandboxes that many tests share included."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in (RequestLog, CallLog):
            patch.setattr(kind, "__init__", _remembering(kind.__init__))
        yield


@pytest.fixture(autouse=True)
def no_unknown_calls(know_every_log: None, request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    _told.update(dict.fromkeys(_new, 0))
    _new.clear()
    unknown: list[Any] = []
    for log, told in list(_told.items()):
        unknown += (found := log.unexpected)[told:]
        _told[log] = len(found)
    if not request.node.get_closest_marker("provokes_unknown_calls"):
        assert not unknown, "a client asked for something that the sandbox does not have"


def _remembering(make: Any) -> Any:
    def remembered(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        _new.append(self)

    return remembered
