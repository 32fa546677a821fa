"""Commands that do not end by themselves: nothing of them may be left running."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.engine import PulumiTimeoutError
from sandbox.tools.resolver import Tools
from sandbox.waiting import wait_until
from tests.sandbox.engine.conftest import MakeEngine
from tests.sandbox.engine.survivors import processes_of

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes through /proc"),
]

ROOT = Path(__file__).parents[3]
WAITS_FOR_EVER = """
import subprocess, pathlib
print("it has begun", flush=True)
pathlib.Path("begun").touch()
subprocess.run(["sleep", "600"])
"""
RUNS_AN_ENGINE = """
import sys
from pathlib import Path
from sandbox.engine import Engine
from sandbox.tools.resolver import Tools

bin_dir, home, project = map(Path, sys.argv[1:])
tools = Tools(pulumi_bin_dir=bin_dir, etcd=bin_dir, kube_apiserver=bin_dir,
              kube_controller_manager=bin_dir)
engine = Engine(tools, home=home, project=project, python=Path(sys.executable))
engine.preview("dev", on_line=lambda line: print(line, flush=True))
"""


def test_a_command_that_takes_too_long_is_ended_with_all_it_started(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    engine = make_engine(WAITS_FOR_EVER)

    with pytest.raises(PulumiTimeoutError, match="had not finished after 4 s") as timeout:
        engine.preview("dev", timeout_s=4)

    assert "it has begun" in timeout.value.last_lines
    assert processes_of(tmp_path / "home") == []


def test_an_interrupt_ends_everything_quietly(
    make_engine: MakeEngine, tools: Tools, tmp_path: Path, project: Path
) -> None:
    make_engine(WAITS_FOR_EVER)
    home = tmp_path / "home"
    arguments = [str(tools.pulumi_bin_dir), str(home), str(project)]
    with subprocess.Popen(
        [sys.executable, "-c", RUNS_AN_ENGINE, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as person:
        wait_until((project / "begun").exists, what="the program", timeout_s=60)
        person.send_signal(signal.SIGINT)
        printed, complained = person.communicate(timeout=60)

    assert complained.rstrip().endswith("KeyboardInterrupt")
    assert "Traceback" not in printed, "of the program that was ended"
    assert processes_of(home) == []


def test_plugins_end_when_the_engine_is_killed(
    make_engine: MakeEngine, tmp_path: Path, project: Path
) -> None:
    engine = make_engine(WAITS_FOR_EVER)
    home = tmp_path / "home"
    with subprocess.Popen(
        [engine.pulumi, "preview", "--stack", "dev", "--non-interactive"],
        env=dict(engine.environment),
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as pulumi:
        wait_until((project / "begun").exists, what="the program", timeout_s=60)
        assert any("language_host" in line for line in processes_of(home))
        pulumi.kill()

    wait_until(lambda: not processes_of(home), what="the language host to end", timeout_s=15)


def test_what_looks_at_the_output_may_fail(make_engine: MakeEngine, tmp_path: Path) -> None:
    engine = make_engine(WAITS_FOR_EVER)

    def give_up(line: str) -> None:
        raise BrokenPipeError(line)

    with pytest.raises(BrokenPipeError):
        engine.preview("dev", on_line=give_up)

    assert processes_of(tmp_path / "home") == []
