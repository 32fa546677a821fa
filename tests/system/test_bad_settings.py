"""A wrong setting stops the program before anything is touched."""

from __future__ import annotations

import pytest

from sandbox.sandbox import Sandbox
from sandbox.stack import RehearsedStack
from sandbox.tools.resolver import Tools

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

READ_BY_POST = ("/$batch", "/getAvailableExtensionProperties")
"""A batch's items are recorded beside it, each with its own method."""


@pytest.fixture(scope="module")
def stack(
    sandbox: Sandbox, tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> RehearsedStack:
    stack = RehearsedStack("sandbox", sandbox.endpoints, tools, tmp_path_factory.mktemp("stack"))
    stack.init()
    return stack


def test_all_wrong_settings_are_told_at_once_and_nobody_is_asked(
    stack: RehearsedStack, sandbox: Sandbox
) -> None:
    stack.configure(
        {"issuer": "v3", "portal": {"url": "http://portal"}, "users": {"x@y.example": {"z": "1"}}}
    )
    before = len(sandbox.entra.requests)

    result = stack.up(check=False)

    assert result.returncode != 0
    output = result.stdout + result.stderr
    assert "3 settings are wrong in Pulumi.sandbox.yaml; nothing has been changed:" in output
    for setting in ("issuer", "portal.url", 'users["x@y.example"].z'):
        assert f"entra-eks-sso:{setting}: " in output
    assert "Traceback" not in output
    assert len(sandbox.entra.requests) == before


def test_all_unknown_names_are_told_at_once_and_nothing_is_changed(
    stack: RehearsedStack, sandbox: Sandbox
) -> None:
    stack.configure(
        {
            "users": {"nobody@contoso.example": {"default_namespace": "team-a"}},
            "access": {"clusterAdmins": ["no-such-group"]},
        }
    )

    result = stack.up(check=False)

    assert result.returncode != 0
    output = result.stdout + result.stderr
    assert "nobody@contoso.example" in output
    assert "no-such-group" in output
    assert "nothing has been changed" in output
    assert "Traceback" not in output
    written = [
        request
        for request in sandbox.entra.requests
        if request.method != "GET"
        and request.path.startswith(("/v1.0", "/beta"))
        and not request.path.endswith(READ_BY_POST)
    ]
    assert written == []


def test_an_unknown_permission_is_told_by_its_setting(stack: RehearsedStack) -> None:
    stack.configure({"graphPermissions": {"application": ["User.Destroy.All"]}})

    result = stack.up(check=False)

    assert result.returncode != 0
    assert "graphPermissions.application: User.Destroy.All" in result.stdout + result.stderr
