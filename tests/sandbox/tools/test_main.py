"""`python -m sandbox.tools`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.sandbox.tools.executables import write_executable

PROJECT = Path(__file__).parents[3]


def prepare_tools(path: Path) -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(path), "HOME": str(path), "HTTPS_PROXY": "http://127.0.0.1:9"}
    return subprocess.run(
        [sys.executable, "-m", "sandbox.tools"],
        cwd=PROJECT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_says_where_each_tool_is(tmp_path: Path) -> None:
    versions = {
        "pulumi": "v3.250.0",
        "pulumi-language-python": "",
        "etcd": "etcd Version: 3.6.5",
        "kube-apiserver": "Kubernetes v1.34.1",
        "kube-controller-manager": "Kubernetes v1.34.1",
    }
    for name, version in versions.items():
        write_executable(tmp_path / name, f"echo {version}")

    result = prepare_tools(tmp_path)

    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[4] == "all tools are ready after 0 s:"
    assert lines[5:] == [
        f"  {tmp_path / name}"
        for name in ("pulumi", "etcd", "kube-apiserver", "kube-controller-manager")
    ]


def test_a_tool_that_cannot_be_had_is_an_exit_status_and_no_traceback(tmp_path: Path) -> None:
    result = prepare_tools(tmp_path)

    assert result.returncode == 1
    assert result.stderr.startswith("etcd 3.6.5 is needed and could not be had:\n")
    assert "Traceback" not in result.stderr
