"""The stand-ins under the real engine: options, imports, and a creation that half fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.engine import Engine, PulumiFailedError
from sandbox.entra.temper.model import Fault, Temper
from sandbox.tools.resolver import Tools
from tests.sandbox.plugins.conftest import Tenant

pytestmark = pytest.mark.engine

TYPE = "azuread:index/application:Application"
PROGRAM = """
import pulumi, pulumi_azuread as azuread

config = pulumi.Config()
options = config.get_object("options") or {}
aliases = [pulumi.Alias(name=each) for each in options.pop("aliases", [])]
entra = azuread.Provider("entra", use_cli=False)
me = azuread.get_client_config(opts=pulumi.InvokeOptions(provider=entra)).object_id
app = azuread.Application(
    config.get("name") or "portal",
    display_name=config.get("displayName") or "portal",
    notes=config.get("notes"),
    owners=[me],
    opts=pulumi.ResourceOptions(provider=entra, aliases=aliases, **options),
)
pulumi.export("id", app.id)
"""


@pytest.fixture
def engine(tools: Tools, tenant: Tenant, tmp_path: Path) -> Iterator[Engine]:
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: rehearsal\nruntime: python\n")
    (project / "__main__.py").write_text(PROGRAM)
    engine = Engine(
        tools,
        home=tmp_path / "home",
        project=project,
        python=Path(sys.executable),
        env=tenant.environment,
    )
    engine.run("stack", "init", "dev")
    yield engine
    engine.destroy("dev")


def configure(engine: Engine, **values: Any) -> None:
    """Set the program's configuration; None unsets."""
    for name, value in values.items():
        if value is None:
            engine.run("config", "rm", name, stack="dev")
        else:
            text = value if isinstance(value, str) else json.dumps(value)
            engine.run("config", "set", name, text, stack="dev")


def operations(engine: Engine) -> list[str]:
    """What a preview would do with the application, in order; empty if it stays as it is."""
    steps = json.loads(engine.preview("dev", "--json").stdout)["steps"]
    return [step["op"] for step in steps if f"::{TYPE}::" in step["urn"]]


def application(engine: Engine) -> dict[str, Any]:
    resources = engine.export_state("dev")["deployment"]["resources"]
    [found] = [each for each in resources if each["type"] == TYPE]
    return found


def test_aliases_ignored_changes_and_replacements_are_honoured(
    engine: Engine, tenant: Tenant
) -> None:
    engine.up("dev")
    resource_id = application(engine)["id"]

    configure(engine, name="renamed", options={"aliases": ["portal"]})
    assert operations(engine) == []

    configure(engine, notes="changed", options={"aliases": ["portal"], "ignore_changes": ["notes"]})
    assert operations(engine) == []

    replacing = {"aliases": ["portal"], "replace_on_changes": ["notes"]}
    configure(engine, options=replacing | {"delete_before_replace": True})
    assert operations(engine) == ["replace"]
    before = len(tenant.entra.requests)
    engine.up("dev")
    replaced = application(engine)
    assert replaced["id"] != resource_id
    assert replaced["inputs"]["notes"] == "changed"
    calls = [f"{call.method} {call.path}" for call in tenant.entra.requests[before:]]
    deleted = calls.index(f"DELETE /v1.0{resource_id}")
    assert deleted < calls.index("POST /v1.0/applications"), "deleted before it is replaced"


def test_an_existing_application_is_imported_by_command_and_by_option(engine: Engine) -> None:
    engine.up("dev")
    resource_id = application(engine)["id"]
    configure(engine, options={"retain_on_delete": True})
    engine.up("dev")
    engine.run("state", "delete", application(engine)["urn"], "--yes", stack="dev")

    configure(engine, options={"import_": resource_id})
    assert operations(engine) == ["import"]
    engine.up("dev")
    assert application(engine)["id"] == resource_id
    engine.preview("dev", "--expect-no-changes")

    engine.run("state", "delete", application(engine)["urn"], "--yes", stack="dev")
    provider = next(
        each["urn"]
        for each in engine.export_state("dev")["deployment"]["resources"]
        if each["type"] == "pulumi:providers:azuread"
    )
    arguments = ("--provider", f"entra={provider}", "--generate-code=false", "--protect=false")
    engine.run(
        "import", TYPE, "portal", resource_id, *arguments, "--yes", "--skip-preview", stack="dev"
    )
    configure(engine, options={})
    assert application(engine)["id"] == resource_id
    engine.preview("dev", "--expect-no-changes")


def test_a_half_made_application_is_kept_and_completed_by_the_next_update(
    engine: Engine, tenant: Tenant
) -> None:
    tenant.entra.temper = Temper(
        faults=(Fault(methods=("PATCH",), path="/applications/*", status=403, times=None),)
    )
    with pytest.raises(PulumiFailedError):
        engine.up("dev")
    half_made = application(engine)
    assert half_made["initErrors"]

    tenant.entra.temper = Temper()
    engine.up("dev")
    completed = application(engine)
    assert completed["id"] == half_made["id"], "it is not made twice"
    assert "initErrors" not in completed
    assert completed["outputs"]["displayName"] == "portal"
