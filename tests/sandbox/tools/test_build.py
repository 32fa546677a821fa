"""Builds, with a `go` that only pretends to compile; the real one is used by `make tools`."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.tools import build as building
from sandbox.tools.build import build
from sandbox.tools.errors import WayClosedError
from sandbox.tools.recipe import ETCD, PULUMI
from sandbox.waiting import wait_until
from tests.sandbox.tools.executables import write_go

MAKE_IT = 'echo "go: downloading x v1" >&2; echo x/a >&2; echo made > "$out"; chmod +x "$out"'
PROJECT = Path(__file__).parents[3]


def environment(folder: Path) -> dict[str, str]:
    return {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    folder.mkdir()
    return folder


def test_a_build_puts_the_executable_where_it_is_wanted(tmp_path: Path, folder: Path) -> None:
    write_go(tmp_path, build=MAKE_IT)

    origin = build(ETCD, folder, environment(tmp_path), print)

    assert origin == "built from go.etcd.io/etcd/server/v3 v3.6.5 with go1.99.0"
    assert (folder / "etcd").read_text() == "made\n"


def test_pulumi_gets_its_executor_beside_it(tmp_path: Path, folder: Path) -> None:
    write_go(tmp_path, build=MAKE_IT)
    executor = tmp_path / "module" / "python" / "cmd" / "pulumi-language-python-exec"
    executor.parent.mkdir(parents=True)
    executor.write_text("the executor")
    executor.chmod(0o444)

    build(PULUMI, folder, environment(tmp_path), print)

    kept = folder / "pulumi-language-python-exec"
    assert kept.read_text() == "the executor"
    assert kept.stat().st_mode & 0o777 == 0o755


def test_a_build_says_how_far_it_is(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "PROGRESS_EVERY_S", 0.1)
    write_go(tmp_path, build=f"{MAKE_IT}; sleep 0.5")
    said: list[str] = []

    build(ETCD, folder, environment(tmp_path), said.append)

    assert re.fullmatch(r"1 of at most 3 packages compiled, \d+ s", said[-1])


def test_a_build_that_fails_says_what_the_compiler_said(tmp_path: Path, folder: Path) -> None:
    write_go(
        tmp_path, build="echo 'go: downloading x v1' >&2; echo x.go:1: no such thing >&2; exit 1"
    )

    with pytest.raises(WayClosedError, match=r"^`go build` failed:\nx\.go:1: no such thing$"):
        build(ETCD, folder, environment(tmp_path), print)


def test_without_go_the_way_is_closed(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(WayClosedError, match=r"^Go is not on the PATH; 1\.24\.0 or newer is need"):
        build(ETCD, folder, {"PATH": str(tmp_path)}, print)


@pytest.mark.parametrize("version", ["go1.23.4", "devel"])
def test_an_old_or_unknown_go_closes_the_way(tmp_path: Path, folder: Path, version: str) -> None:
    go = write_go(tmp_path, version=version)

    message = f"Go 1.24.0 or newer is needed: {go} is {version}"
    with pytest.raises(WayClosedError, match=f"^{re.escape(message)}$"):
        build(ETCD, folder, environment(tmp_path), print)


def test_compilers_do_not_outlive_an_interrupted_build(tmp_path: Path, folder: Path) -> None:
    write_go(tmp_path, build=f"sleep 600 & echo $! > {tmp_path}/pid; wait")
    program = (
        "import sys; from pathlib import Path; from sandbox.tools.build import build;"
        "from sandbox.tools.recipe import ETCD;"
        f"build(ETCD, Path({str(folder)!r}), {environment(tmp_path)!r}, print)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=PROJECT, stderr=subprocess.DEVNULL
    ) as builder:
        pid_file = tmp_path / "pid"
        wait_until(
            lambda: pid_file.exists() and pid_file.read_text().strip(),
            what="the compiler",
            timeout_s=20,
        )
        builder.send_signal(signal.SIGINT)

    compiler = Path("/proc") / pid_file.read_text().strip() / "cmdline"
    assert not compiler.exists() or not compiler.read_text(), "sleep 600 still runs"
