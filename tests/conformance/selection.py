"""Which tests run: against the sandbox always, against a real tenant only when asked for.

A test that takes the fixture `target` exists twice, once with the marker `real_tenant`. Those are
left out unless `--real-tenant` is given, and are then the only ones.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest

OPTION = "--real-tenant"
MARKER = "real_tenant"
REQUIRED = {
    "ARM_TENANT_ID": "the tenant's id",
    "ARM_CLIENT_ID": "the client id of an application that may do what the README lists",
    "ARM_CLIENT_SECRET": "its secret",
    "AWS_REGION": "the region of an EKS cluster",
    "CONFORMANCE_EKS_CLUSTER": "its name",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        OPTION,
        action="store_true",
        help="run the conformance tests against a real tenant and account, and nothing else",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption(OPTION) and (missing := missing_variables(os.environ)):
        lines = [f"  {name}: {REQUIRED[name]}" for name in missing]
        msg = f"{OPTION} needs these environment variables as well:\n" + "\n".join(lines)
        raise pytest.UsageError(msg)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.getoption(OPTION):
        tenant, cluster = os.environ["ARM_TENANT_ID"], os.environ["CONFORMANCE_EKS_CLUSTER"]
        line = f"REAL TENANT {tenant}, EKS cluster {cluster}: only tests marked {MARKER} were run"
    else:
        line = (
            f"real tenant: NOT asked; tests marked {MARKER} are left out without {OPTION} "
            "(tests/conformance/README.md)"
        )
    terminalreporter.write_line(line)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = bool(config.getoption(OPTION))
    kept = [item for item in items if (item.get_closest_marker(MARKER) is not None) is wanted]
    left_out = [item for item in items if item not in kept]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def missing_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the names of required variables that are not set."""
    return [name for name in REQUIRED if not environ.get(name)]
