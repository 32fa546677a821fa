"""The tenant as a process of its own: `python -m sandbox.entra`."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[3]


class Tenant:
    """The process, and what it told."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.entra", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.endpoints = self.read()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def switch(self, temper: dict[str, Any]) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(temper) + "\n")
        self.process.stdin.flush()
        return self.read()


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    tenant = Tenant("--users", "2000", "--groups", "20")
    with tenant.process:
        yield tenant
        tenant.process.kill()


def get(tenant: Tenant, path: str) -> httpx.Response:
    told = tenant.endpoints
    context = ssl.create_default_context(cafile=told["ca_file"])
    credentials = json.loads(Path(told["credentials_file"]).read_text())
    form = {
        "grant_type": "client_credentials",
        "scope": f"{told['graph_url']}/.default",
        **credentials,
    }
    with httpx.Client(verify=context, timeout=30) as http:
        token_url = f"{told['login_url']}/{told['tenant_id']}/oauth2/v2.0/token"
        token = http.post(token_url, data=form).json()["access_token"]
        return http.get(
            f"{told['graph_url']}/v1.0{path}", headers={"Authorization": f"Bearer {token}"}
        )


def test_it_says_where_it_is_and_keeps_the_secret_in_a_file(tenant: Tenant) -> None:
    assert tenant.endpoints["users"] == 2005
    credentials = Path(tenant.endpoints["credentials_file"])
    assert credentials.stat().st_mode & 0o077 == 0
    assert json.loads(credentials.read_text())["client_secret"] not in json.dumps(tenant.endpoints)
    assert len(get(tenant, "/users?$top=999").json()["value"]) == 999


def test_its_temper_is_switched_by_a_line(tenant: Tenant) -> None:
    assert tenant.switch({"faults": [{"status": 503}]}) == {"requests": {}}
    assert get(tenant, "/groups").status_code == 503
    assert tenant.switch({}) == {"requests": {"GET": {"503": 1}}}
    assert get(tenant, "/groups").status_code == 200
    assert "latency" in tenant.switch({"latency": 1})["error"]


def test_it_ends_with_its_parent_and_removes_its_files(tenant: Tenant) -> None:
    assert tenant.process.stdin
    tenant.process.stdin.close()
    assert tenant.process.wait(30) == 0
    assert not Path(tenant.endpoints["ca_file"]).exists()


def test_a_file_that_is_no_scenario_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("domain: contoso.example\n")
    ended = subprocess.run(
        [sys.executable, "-m", "sandbox.entra", "--scenario", str(wrong)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert f"{wrong} is not a scenario:\n  tenant_id: Field required" in ended.stderr
