"""The tests that could reach a real tenant run only when they are asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.selection import OPTION, REQUIRED

ROOT = Path(__file__).parents[3]
SOMEWHERE = {name: f"a-{name.lower()}" for name in REQUIRED}


def collect(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Collect the conformance tests; nothing of them runs."""
    env = {name: value for name, value in os.environ.items() if name not in REQUIRED}
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"),
            *("tests/conformance/test_boto3.py", *options),
        ],
        cwd=ROOT,
        env=env | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def nodes(collected: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in collected.stdout.splitlines() if "::" in line]


def test_without_the_option_only_the_sandbox_is_asked_and_that_is_said() -> None:
    collected = collect(**SOMEWHERE)

    assert collected.returncode == 0, collected.stdout
    assert nodes(collected)
    assert not any("real-tenant" in node for node in nodes(collected))
    assert "real tenant: NOT asked" in collected.stdout
    assert "deselected" in collected.stdout


def test_with_the_option_only_the_real_tenant_is_asked() -> None:
    collected = collect(OPTION, **SOMEWHERE)

    assert collected.returncode == 0, collected.stdout
    assert nodes(collected)
    assert all("[real-tenant" in node for node in nodes(collected))
    assert f"REAL TENANT {SOMEWHERE['ARM_TENANT_ID']}" in collected.stdout


@pytest.mark.parametrize("missing", ["ARM_TENANT_ID", "CONFORMANCE_EKS_CLUSTER"])
def test_a_missing_variable_stops_everything_and_is_named(missing: str) -> None:
    given = {name: value for name, value in SOMEWHERE.items() if name != missing}
    collected = collect(OPTION, **given)

    assert collected.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"  {missing}: {REQUIRED[missing]}" in collected.stderr
    assert not nodes(collected)
