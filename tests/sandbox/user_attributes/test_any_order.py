"""Declared, removed, drifted, refused, interrupted, in any order, on the real engine.

`tests/sandbox/graph/test_any_order.py` does the same with the provider alone, many more times.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from sandbox.entra.temper import Fault
from sandbox.waiting import wait_until
from tests.sandbox.user_attributes.company import PROPERTIES, Company, Update
from tests.sandbox.user_attributes.conftest import StartCompany

pytestmark = pytest.mark.engine

TIME_SCALE = 20
"""The program's waits pass this much faster."""
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "default_namespace": st.sampled_from(["team-a", "team-b"]),
        "floor": st.sampled_from(["1", "2"]),
    },
).filter(bool)
NUMBERS = st.integers(0, 4)


class Life(RuleBasedStateMachine):
    """One stack in one tenant; what an example leaves is taken away before the next."""

    company: Company

    @initialize()
    def begin(self) -> None:
        self.killed = False
        self.theirs = 0
        self.company.behave()
        self.company.declare({})
        self.company.up()
        for user in self.company.users:
            self.company.put(user, **dict.fromkeys(PROPERTIES))

    @rule(number=NUMBERS, values=CELLS)
    def declare(self, number: int, values: dict[str, str]) -> None:
        self.company.declare({**self.company.declared, self._user(number): values})

    @rule(number=NUMBERS)
    def remove(self, number: int) -> None:
        rest = {**self.company.declared}
        rest.pop(self._user(number), None)
        self.company.declare(rest)

    @rule(number=NUMBERS)
    def drift(self, number: int) -> None:
        self.theirs += 1
        self.company.put(self._user(number), default_namespace=f"theirs-{self.theirs}")

    @rule()
    def up(self) -> None:
        self.company.up()

    @rule(number=NUMBERS, status=st.sampled_from([403, 429, 503]))
    def up_with_a_refusal(self, number: int, status: int) -> None:
        with self._answering(number, status=status, times=None if status == 403 else 2):
            self.company.up(check=status != 403)

    @rule(number=NUMBERS)
    def up_without_an_answer(self, number: int) -> None:
        """Written, but the gateway says otherwise, until patience ends."""
        with self._answering(number, status=504, times=None, applied=True):
            self.company.up(check=False)

    @rule()
    def up_and_the_provider_is_killed(self) -> None:
        self._up_until_the_first_write(_kill_provider)

    @rule()
    def up_and_the_engine_is_killed(self) -> None:
        self._up_until_the_first_write(lambda update: update.process.kill())

    @rule()
    def refresh(self) -> None:
        self.company.refresh()

    def teardown(self) -> None:
        if not hasattr(self, "killed"):
            return
        self.company.behave()
        self.company.refresh()
        self.company.up()
        written = len(self.company.patches())

        self.company.preview("--expect-no-changes")
        self.company.refresh("--expect-no-changes")

        assert len(self.company.patches()) == written
        for user in self.company.users:
            live, declared = self.company.live(user), self.company.declared.get(user, {})
            assert {name: str(live.get(name)) for name in declared} == declared
            if not self.killed:
                # What a killed update wrote is not recorded: ADR 0014.
                rest = {name: value for name, value in live.items() if name not in declared}
                assert all(str(value).startswith("theirs-") for value in rest.values()), rest

    def _user(self, number: int) -> str:
        return self.company.users[number]

    @contextmanager
    def _answering(self, number: int, **fault: Any) -> Iterator[None]:
        path = f"/users/{self.company.object_id(self._user(number))}"
        self.company.behave(faults=(Fault(methods=("PATCH",), path=path, **fault),))
        yield
        self.company.behave()

    def _up_until_the_first_write(self, kill: Callable[[Update], None]) -> None:
        """Kill an update that has written somebody and goes on; let one end that writes nobody."""
        self.company.behave(latency_s=0.3)
        before = len(self.company.patches())
        with self.company.updating() as update:
            wait_until(
                lambda: len(self.company.patches()) > before or update.process.poll() is not None,
                what="the first write, or the end",
                timeout_s=60,
            )
            if update.process.poll() is None:
                self.killed = True
                kill(update)
            update.wait_for_end()
            wait_until(lambda: not update.providers(), what="the provider to end", timeout_s=10)
        self.company.engine.run("cancel", "--yes", stack="dev", check=False)
        self.company.behave()


def _kill_provider(update: Update) -> None:
    for pid in update.providers():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def machine(start_company: StartCompany) -> type[Life]:
    class Here(Life):
        company = start_company(time_scale=TIME_SCALE)

    return Here


def test_in_any_order_all_ends_as_declared(machine: type[Life]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=5,
            stateful_step_count=8,
            # Every step is a command of some seconds: a shorter example is not worth the hours.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
