"""The benchmark's own machinery, with so few users that it proves nothing about speed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.directory import Directory
from bench.users.declared import declare
from bench.users.guide import Guide
from sandbox.entra.temper import Fault, Temper
from sandbox.tools.resolver import Tools, resolve
from sandbox.waiting import wait_until

ROOT = Path(__file__).parents[3]
USERS = 30


@pytest.fixture(scope="module")
def tools() -> Tools:
    return resolve(lambda _line: None)


def bench(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bench", *arguments]


@pytest.mark.engine
def test_every_method_does_what_it_says_in_every_case(tools: Tools, tmp_path: Path) -> None:
    run = subprocess.run(
        bench("--users", str(USERS), "--time-scale", "50", "--output", str(tmp_path)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    assert results.keys() == {"users", "meta"}
    assert results["users"].keys() == {"guide", "per_user", "ours"}
    for method, cases in results["users"].items():
        assert list(cases) == ["first", "one_percent", "no_change", "refresh"]
        for cell in cases.values():
            assert {"seconds", "requests", "writes", "throttled", "peak_mb"} <= cell.keys()
            assert {"state_bytes", "ratio_to_limit"} <= cell.keys()
            assert cell["throttled"] == 0
            assert cell["seconds"] > 0
            assert (cell["state_bytes"] > 0) == (method != "guide")
    assert counts(results, "guide") == [(30, 30), (1, 1), (30, 30), (30, 0)]
    assert counts(results, "per_user") == [(30, 30), (1, 1), (0, 0), (30, 0)]
    assert [writes for _, writes in counts(results, "ours")] == [30, 1, 0, 0]
    assert all(requests < 60 for requests, _ in counts(results, "ours"))
    meta = results["meta"]["users"]
    assert (meta["users"], meta["changed_users"], meta["time_scale"]) == (30, 1, 50)
    assert meta["per_user_first_seconds_with_checkpoints"].keys() == {"10"}
    assert (tmp_path / "users.svg").read_text().startswith("<svg ")
    assert "first assignment" in run.stdout


def counts(results: dict, method: str) -> list[tuple[int, int]]:
    cells = results["users"][method].values()
    return [(cell["requests"], cell["writes"]) for cell in cells]


@pytest.fixture
def throttling(tmp_path: Path) -> Iterator[Directory]:
    """The fourth and fifth PATCH are throttled, however fast they come."""
    fault = Fault(methods=("PATCH",), skip=3, times=2, status=429, retry_after_s=1)
    with Directory(tmp_path / "directory", users=6, temper=Temper(faults=(fault,))) as directory:
        yield directory


def test_the_guides_loop_waits_when_it_is_throttled_and_that_is_counted(
    throttling: Directory, tmp_path: Path
) -> None:
    declared = declare(throttling.user_ids, changed=False)
    throttling.begin()

    Guide(throttling, tmp_path / "guide").first(declared)

    told = throttling.counts()
    assert told.writes == len(declared)
    assert told.throttled == 2
    assert told.requests == told.writes + told.throttled
    assert throttling.values() == {user.object_id: user.values for user in declared}
    throttling.begin()
    assert throttling.counts().requests == 0


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_process_and_no_results(
    tools: Tools, tmp_path: Path, ending: signal.Signals
) -> None:
    env = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        bench("--users", "500", "--output", str(tmp_path)),
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        try:
            wait_until(
                lambda: any("guide.sh" in line for line in processes_of(tmp_path)),
                what="the guide's loop to run",
                timeout_s=240,
            )
            run.send_signal(ending)
            output, _ = run.communicate(timeout=240)
        finally:
            run.kill()

    assert run.returncode == 130, output
    assert "nothing is left running" in output
    assert processes_of(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def processes_of(folder: Path) -> list[str]:
    """Command lines of the processes that name the folder."""
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "command="],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    lines = listing.stdout.splitlines()
    return [line for line in lines if str(folder) in line and "-m bench --users" not in line]
