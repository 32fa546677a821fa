"""One sandbox for all conformance tests of a process, or a real tenant."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from sandbox.sandbox import Sandbox
from sandbox.tools.resolver import Tools, resolve
from tests.conformance.selection import MARKER
from tests.conformance.target import Target, real_target, sandbox_target


@pytest.fixture(scope="session")
def tools() -> Tools:
    """Pulumi, etcd and Kubernetes as `make tools` prepared them."""
    return resolve(lambda _line: None)


@pytest.fixture(scope="session")
def sandbox(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with nothing deployed; what a test makes in it, it removes."""
    with Sandbox(tmp_path_factory.mktemp("sandbox"), tools) as running:
        yield running


@pytest.fixture(
    scope="session",
    params=["sandbox", pytest.param("real-tenant", marks=getattr(pytest.mark, MARKER))],
)
def target(request: pytest.FixtureRequest) -> Target:
    """The sandbox; with `--real-tenant` the real one."""
    if request.param == "sandbox":
        return sandbox_target(request.getfixturevalue("sandbox").endpoints)
    return real_target(os.environ)
