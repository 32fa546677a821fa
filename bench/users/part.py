"""Runs the part `users`: each method in a directory of its own, case after case."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.directory import Counts, Directory
from bench.memory import PeakMemory
from bench.progress import Progress, clock
from bench.results import Measurement
from bench.users.declared import DeclaredUser, changed_users, declare, moved
from bench.users.guide import Guide
from bench.users.limit import WINDOW_S, WRITES, limit_s
from bench.users.method import CASES, Case, Method
from bench.users.pulumi_program import ours, per_user
from sandbox.entra.temper import Temper, Throttling
from sandbox.tools.resolver import Tools

LATENCY_S = 0.02
METHODS = ("guide", "per_user", "ours")
Say = Callable[[str], None]


class WrongOutcomeError(Exception):
    """A method has not done what it was asked to do, so its time means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersBench:
    """One run of the part.

    `time_scale` makes latency and quota window of the directory that many times shorter; the
    seconds of the results are those of the real service.
    """

    users: int
    time_scale: float
    tools: Tools
    folder: Path
    say: Say
    latency_s: float = LATENCY_S

    def run(self, methods: Sequence[str] = METHODS) -> dict[str, dict[Case, Measurement]]:
        """Return the measurements by method and case.

        Raises:
            WrongOutcomeError: after a case, the directory is not as declared.
        """
        return {name: self._run_method(name) for name in methods}

    def run_with_checkpoints(self, sizes: Sequence[int]) -> dict[int, float]:
        """Return the seconds of `per_user`'s first assignment for fewer users, checkpoints on."""
        seconds: dict[int, float] = {}
        for users in sizes:
            with self._directory(f"checkpoints-{users}", users) as directory:
                folder = self.folder / f"checkpoints-{users}" / "method"
                method = per_user(directory, folder, self.tools, checkpoints=True)
                declared = declare(directory.user_ids, changed=False)
                directory.begin()
                started = time.monotonic()
                with Progress(f"per_user with checkpoints, {users} users", 0, lambda: 0):
                    method.first(declared)
                seconds[users] = (time.monotonic() - started) * self.time_scale
        return seconds

    def _directory(self, name: str, users: int) -> Directory:
        temper = Temper(
            latency_s=self.latency_s, throttling=Throttling(), time_scale=self.time_scale
        )
        return Directory(self.folder / name, users=users, temper=temper)

    def _run_method(self, name: str) -> dict[Case, Measurement]:
        with self._directory(name, self.users) as directory:
            method = self._method(name, directory)
            before = declare(directory.user_ids, changed=False)
            after = declare(directory.user_ids, changed=True)
            changed = moved(before, after)
            cases: Mapping[Case, tuple[Callable[[], None], Sequence[DeclaredUser], int]] = {
                "first": (lambda: method.first(before), before, len(before)),
                "one_percent": (lambda: method.one_percent(after, changed), after, len(changed)),
                "no_change": (lambda: method.no_change(after), after, 0),
                "refresh": (lambda: method.refresh(after), after, 0),
            }
            measured: dict[Case, Measurement] = {}
            for case in CASES:
                run, declared, writes = cases[case]
                title = f"users: {name}, {case}"
                measured[case] = self._measure(title, directory, method, run, writes)
                _require_declared(title, directory, declared)
                self.say(describe(title, measured[case], self.time_scale))
        shutil.rmtree(self.folder / name)
        return measured

    def _method(self, name: str, directory: Directory) -> Method:
        folder = self.folder / name / "method"
        match name:
            case "guide":
                return Guide(directory, folder)
            case "per_user":
                return per_user(directory, folder, self.tools, checkpoints=False)
            case "ours":
                return ours(directory, folder, self.tools, time_scale=self.time_scale)
        raise KeyError(name)

    def _measure(
        self,
        title: str,
        directory: Directory,
        method: Method,
        run: Callable[[], None],
        writes: int,
    ) -> Measurement:
        directory.begin()

        def users_done() -> int:
            counts = directory.counts()
            return counts.writes if writes else counts.writes or counts.reads

        total = writes or self.users
        with PeakMemory(directory.pid) as memory, Progress(title, total, users_done):
            started = time.monotonic()
            run()
            seconds = (time.monotonic() - started) * self.time_scale
        counts: Counts = directory.counts()
        limit = limit_s(users=self.users, writes=writes, latency_s=self.latency_s)
        return Measurement(
            seconds=seconds,
            requests=counts.requests,
            writes=counts.writes,
            throttled=counts.throttled,
            peak_mb=memory.mb,
            state_bytes=method.state_bytes(),
            ratio_to_limit=seconds / limit,
            directory_cpu_seconds=counts.cpu_seconds,
        )

    def conditions(self) -> dict[str, Any]:
        """Return what the numbers depend on, for the results."""
        return {
            "users": self.users,
            "changed_users": changed_users(self.users),
            "latency_s": self.latency_s,
            "quota": {"writes": WRITES, "window_s": WINDOW_S},
            "time_scale": self.time_scale,
            "per_user_checkpoints": False,
        }


def describe(title: str, measured: Measurement, time_scale: float) -> str:
    """Return a line about one case."""
    return (
        f"{title}: {measured.seconds:,.1f} s ({clock(measured.seconds / time_scale)} here), "
        f"{measured.requests:,} requests, {measured.writes:,} writes, "
        f"{measured.throttled:,} throttled, {measured.peak_mb:,.0f} MB, "
        f"{measured.ratio_to_limit:,.2f} x the limit"
    )


def _require_declared(title: str, directory: Directory, declared: Sequence[DeclaredUser]) -> None:
    live = directory.values()
    wrong = [user.name for user in declared if live.get(user.object_id) != user.values]
    if wrong:
        msg = f"{title}: {len(wrong):,} users do not have their declared values: {wrong[0]}, ..."
        raise WrongOutcomeError(msg)
