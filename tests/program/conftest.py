from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pulumi
import pytest

from tests.program.recorder import Recorder


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """A fresh recorder in place of the engine, on event loops of its own."""
    monkeypatch.setenv("PULUMI_ERROR_OUTPUT_STRING", "true")
    loops: list[asyncio.AbstractEventLoop] = []
    of_thread = threading.local()

    def loop_of_thread() -> asyncio.AbstractEventLoop:
        if not hasattr(of_thread, "loop"):
            of_thread.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(of_thread.loop)
            loops.append(of_thread.loop)
        return of_thread.loop

    # Pulumi's mock monitor makes a loop in each of its threads and closes none of them.
    monkeypatch.setattr("pulumi.runtime.mocks._ensure_event_loop", loop_of_thread)
    main_loop = loop_of_thread()
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder, project="entra-eks-sso", stack="test", preview=False)
    yield recorder
    main_loop.run_until_complete(main_loop.shutdown_default_executor())
    asyncio.set_event_loop(None)
    for loop in loops:
        loop.close()
