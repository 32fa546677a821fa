"""The plugin as the engine sees it: a process with one line on stdout."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from sandbox.plugins.install import DISTRIBUTIONS, write_plugin
from sandbox.waiting import wait_until
from tests.sandbox.plugins.engine import PROJECT, plugin_process

NAMES = sorted(DISTRIBUTIONS)


@pytest.fixture(params=NAMES)
def executable(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    version = metadata.version(DISTRIBUTIONS[request.param])
    return write_plugin(request.param, version, tmp_path, Path(sys.executable), PROJECT)


def bare_environment(home: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home)}


def test_it_reports_the_sdks_version_and_ends_quietly_on_sigterm(
    executable: Path, tmp_path: Path
) -> None:
    env = bare_environment(tmp_path)
    with plugin_process(str(executable), "127.0.0.1:1", env=env) as (plugin, process):
        info = plugin.call("GetPluginInfo", empty_pb2.Empty())
        assert info.version in executable_versions()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
        assert process.stdout is not None
        assert process.stdout.read() == "", "stdout belongs to the port alone"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_fast_enough_for_the_plugins_that_are_closed_after_it(
    executable: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """In time on the processor: that on the clock says more of what else the machine does."""
    env = bare_environment(tmp_path)
    with plugin_process(str(executable), "127.0.0.1:1", env=env) as (plugin, process):
        plugin.call("GetPluginInfo", empty_pb2.Empty())
        used, of_others = _processor_time(process.pid), _processor_time_of_ended_children()
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
        assert _processor_time_of_ended_children() - of_others - used < 0.04


def test_it_is_ready_fast_enough_for_every_engine_command(executable: Path, tmp_path: Path) -> None:
    with plugin_process(str(executable), "127.0.0.1:1", env=bare_environment(tmp_path)):
        pass  # the first start may have to compile the modules
    started = time.monotonic()
    with plugin_process(str(executable), "127.0.0.1:1", env=bare_environment(tmp_path)):
        # Half a second on an idle machine; the rest is for a busy one.
        assert time.monotonic() - started < 5


def test_it_knows_what_the_engine_offers_and_does_not_take_secrets(
    executable: Path, tmp_path: Path
) -> None:
    env = bare_environment(tmp_path)
    with plugin_process(str(executable), "127.0.0.1:1", env=env) as (plugin, _):
        request = provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1")
        assert not plugin.call("Handshake", request).accept_secrets


def test_it_ends_when_the_engine_dies_without_a_word(tmp_path: Path) -> None:
    write_plugin("kubernetes", metadata.version("pulumi-kubernetes"), tmp_path,
                 Path(sys.executable), PROJECT)  # fmt: skip
    # This process stands for the engine: it starts the plugin, tells its id and is killed.
    engine = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys, time\n"
            f"p = subprocess.Popen([{str(tmp_path / 'pulumi-resource-kubernetes')!r}, 'x'],"
            " stdout=subprocess.PIPE)\n"
            "p.stdout.readline()\n"
            "print(p.pid, flush=True)\n"
            "time.sleep(60)\n",
        ],
        stdout=subprocess.PIPE,
        text=True,
        env=bare_environment(tmp_path),
    )
    assert engine.stdout is not None
    with engine.stdout:
        plugin_id = int(engine.stdout.readline())
        engine.kill()
        engine.wait()
    wait_until(lambda: not _runs(plugin_id), what="the plugin to end", timeout_s=20)


def executable_versions() -> set[str]:
    return {metadata.version(distribution) for distribution in DISTRIBUTIONS.values()}


def _processor_time(process_id: int) -> float:
    """Return the seconds that its threads have run; `schedstat` has nanoseconds, `stat` ticks."""
    threads = Path(f"/proc/{process_id}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def _processor_time_of_ended_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _runs(process_id: int) -> bool:
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rsplit(")", 1)[-1].split()[0] != "Z"
