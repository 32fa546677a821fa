"""Declared, removed, drifted, refused, interrupted, in any order: in the end all is as declared.

The provider is called as the engine calls it, against the emulated directory over its socket.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from graph.attribute_text import UserRow, write_text
from graph.client import GraphClient
from graph.pacing import WritePace
from graph.user_attributes import Provider
from sandbox.entra.temper import Fault, Temper
from tests.sandbox.graph.conftest import Directory, DirectoryWithout
from tests.sandbox.graph.test_user_attributes import PROPERTIES, register

USERS = ("alice", "bob", "carol")
TYPES = dict.fromkeys(PROPERTIES, "String")
cells = st.dictionaries(st.sampled_from(PROPERTIES), st.sampled_from(["a", "b"]), min_size=1)
users = st.sampled_from(USERS)


class Killed(BaseException):
    """The process is gone: nothing it would have returned reaches the engine."""


class FastClock:
    """A second passes in ten milliseconds."""

    def now(self) -> float:
        return time.monotonic() * 100

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / 100)


class Stack(RuleBasedStateMachine):
    """One resource of users, and the engine's record of it."""

    directory: Directory
    client: GraphClient

    @initialize()
    def begin(self) -> None:
        self.declared: dict[str, dict[str, str]] = {}
        self.outs: dict[str, Any] | None = None
        self.interrupted = False
        self.theirs = 0
        self.directory.entra.temper = Temper()
        for user in USERS:
            self._user(user).extension_values.clear()
        self._new_process()

    @rule(user=users, values=cells)
    def declare(self, user: str, values: dict[str, str]) -> None:
        self.declared[user] = values

    @precondition(lambda self: self.declared)
    @rule(user=users)
    def remove(self, user: str) -> None:
        self.declared.pop(user, None)

    @rule(user=users, name=st.sampled_from(PROPERTIES))
    def drift(self, user: str, name: str) -> None:
        self.theirs += 1
        self._user(user).extension_values[self._extension(name)] = f"theirs-{self.theirs}"

    @rule()
    def up(self) -> None:
        self._up()

    @rule(user=users, status=st.sampled_from([403, 409, 429, 503]))
    def up_with_a_refusal(self, user: str, status: int) -> None:
        path = f"/users/{self.directory.object_id(user)}"
        times = None if status == 403 else 2
        with self._temper(Fault(methods=("PATCH",), path=path, status=status, times=times)):
            self._up()

    @rule(user=users)
    def up_without_an_answer(self, user: str) -> None:
        """Written, but the gateway says otherwise, until patience ends."""
        path = f"/users/{self.directory.object_id(user)}"
        fault = Fault(methods=("PATCH",), path=path, status=504, times=None, applied=True)
        with self._temper(fault):
            self._up()

    @rule(after=st.integers(1, 3))
    def up_and_be_killed(self, after: int) -> None:
        progress = self.provider._writing.progress
        left = [after]

        def die(_users: int = 1) -> None:
            left[0] -= 1
            if not left[0]:
                raise Killed

        progress.finish = die  # type: ignore[method-assign]
        try:
            self._up()
        except Killed:
            self.interrupted = True
        finally:
            self._new_process()

    @precondition(lambda self: self.outs is not None)
    @rule()
    def refresh(self) -> None:
        self.outs = self.provider.read("id", self.outs or {}).outs

    def teardown(self) -> None:
        if not hasattr(self, "provider"):
            return
        self.directory.entra.temper = Temper()
        self._new_process()
        if self.outs is not None:
            self.refresh()
        self._up()
        before = len(self.directory.asked("PATCH"))
        assert self.outs is not None
        assert self.outs["failures"] == []
        assert self.provider.diff("id", self.outs, self._inputs()).changes is False
        assert self.provider.read("id", self.outs).outs == self.outs
        assert len(self.directory.asked("PATCH")) == before
        for user in USERS:
            for name in PROPERTIES:
                live = self._user(user).extension_values.get(self._extension(name))
                wanted = self.declared.get(user, {}).get(name)
                if wanted is not None:
                    assert live == wanted
                elif not self.interrupted:
                    # What a killed creation wrote is not recorded: ADR 0014.
                    assert live is None or live.startswith("theirs-")

    def _up(self) -> None:
        news = self._inputs()
        if self.outs is None:
            self.outs = self.provider.create(news).outs
        elif self.provider.diff("id", self.outs, news).changes:
            self.outs = self.provider.update("id", self.outs, news).outs

    def _inputs(self) -> dict[str, Any]:
        rows = [
            UserRow(
                user_principal_name=f"{user}@contoso.example",
                object_id=self.directory.object_id(user),
                values=values,
            )
            for user, values in self.declared.items()
        ]
        return {
            "extension_names": {name: self._extension(name) for name in PROPERTIES},
            "data_types": TYPES,
            "users": write_text(PROPERTIES, rows),
        }

    def _new_process(self) -> None:
        self.provider = Provider()
        self.provider.use(self.client, WritePace(self.client.clock))

    def _user(self, name: str) -> Any:
        return self.directory.entra.tenant.user_called(f"{name}@contoso.example")

    def _extension(self, name: str) -> str:
        return self.directory.extension_name(name)

    @contextmanager
    def _temper(self, fault: Fault) -> Iterator[None]:
        self.directory.entra.temper = Temper(faults=(fault,))
        yield
        self.directory.entra.temper = Temper()


@pytest.fixture
def machine(directory_without: DirectoryWithout) -> Iterator[type[Stack]]:
    with directory_without() as directory:
        register(directory)
        directory.client.clock = FastClock()

        class Here(Stack):
            pass

        Here.directory, Here.client = directory, directory.client
        yield Here


def test_in_any_order_all_ends_as_declared(machine: type[Stack]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
