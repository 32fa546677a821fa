"""The stack `sandbox` on a day on which its directory is in a temper: the same, only later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.sandbox import COMPANY, Sandbox
from sandbox.sign_ins import ClientName
from sandbox.tools.resolver import Tools
from tests.system.conftest import deploy

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

CLIENTS: tuple[ClientName, ...] = ("kubectl", "portal")
BAD_DAY = COMPANY.with_name("bad-day.yaml")


@pytest.fixture(scope="module")
def sandbox(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with the company of that day."""
    with Sandbox(tmp_path_factory.mktemp("sandbox"), tools, scenario=BAD_DAY) as running:
        yield running


def test_everything_comes_out_the_same(
    sandbox: Sandbox, tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = _directory(sandbox)
    deployment = deploy("sandbox", sandbox, tools, tmp_path_factory)

    for client in CLIENTS:
        assert deployment.sign_in("bob@contoso.example", client).differences == ()
    deployment.stack.refresh("--expect-no-changes")
    deployment.stack.preview("--expect-no-changes")
    deployment.stack.destroy()

    assert _directory(sandbox) == before
    assert {429, 503} <= {request.status for request in sandbox.entra.requests}


def _directory(sandbox: Sandbox) -> dict[str, Any]:
    tenant = sandbox.entra.tenant
    return {
        "applications": {application.app_id for application in tenant.applications},
        "values": {user.user_principal_name: dict(user.extension_values) for user in tenant.users},
    }
