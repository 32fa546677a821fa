"""`make sandbox` and `make sandbox-down`, as a newcomer runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.stack import PROJECT_FOLDER
from sandbox.tools.resolver import Tools

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )


def processes_of(folder: Path) -> list[str]:
    """Command lines of the processes that name the sandbox's folder."""
    listing = subprocess.run(
        ["ps", "-A", "-ww", "-o", "command="],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in listing.stdout.splitlines() if str(folder) in line]


@pytest.fixture
def folder(tools: Tools, tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "sandbox"
    yield folder
    command("down", "--folder", str(folder))


def test_it_rehearses_leaves_the_sandbox_running_and_goes_without_a_trace(folder: Path) -> None:
    up = command("up", "--folder", str(folder))

    assert up.returncode == 0, up.stdout[-3000:] + up.stderr
    assert "Every sign-in is as declared." in up.stdout
    report = json.loads((folder / "report.json").read_text())
    assert [(s["user"], s["client"]) for s in report["sign_ins"]] == [
        (f"{name}@contoso.example", client)
        for name in ("alice", "bob", "carol", "dave_partner.example#EXT#")
        for client in ("kubectl", "portal")
    ]
    assert report["resources"] > 40
    assert {"tools", "start", "up", "sign-ins", "total"} <= report["seconds"].keys()
    endpoints = json.loads((folder / "endpoints.json").read_text())
    assert {"ca_file", "tenant_id", "metadata_host", "login_url", "graph_url"} <= endpoints.keys()
    assert {"issuer", "eks_url", "cluster", "kubeconfig", "portal_url"} <= endpoints.keys()
    assert endpoints["people"][0].keys() == {"user_principal_name", "object_id", "password"}
    for secret in (endpoints["deployer"]["client_secret"], endpoints["people"][0]["password"]):
        assert secret not in up.stdout + up.stderr

    preview = subprocess.run(
        [folder / "bin" / "pulumi", "preview", "--expect-no-changes"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert preview.returncode == 0, preview.stdout + preview.stderr
    assert processes_of(folder), "the sandbox should be running"

    assert command("down", "--folder", str(folder)).returncode == 0
    assert not folder.exists()
    assert processes_of(folder) == []


def test_ending_what_does_not_run_is_no_error(folder: Path) -> None:
    down = command("down", "--folder", str(folder))

    assert down.returncode == 0
    assert down.stdout == "no sandbox is running\n"
