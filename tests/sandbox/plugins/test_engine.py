"""The stand-ins under the real engine: what a preview shows, what a refresh finds."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.cluster import Cluster
from sandbox.engine import Engine
from sandbox.tools.resolver import Tools
from tests.sandbox.plugins.conftest import Tenant

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

PROGRAM = """
import pulumi, pulumi_azuread as azuread, pulumi_kubernetes as k8s

config = pulumi.Config()
entra = azuread.Provider("entra", use_cli=False)
cluster = k8s.Provider("cluster", kubeconfig=config.require("kubeconfig"))
def to(provider, **options):
    return pulumi.ResourceOptions(provider=provider, **options)

me = azuread.get_client_config(opts=pulumi.InvokeOptions(provider=entra)).object_id
app = azuread.Application(
    "portal",
    display_name="portal",
    owners=[me],
    api={"mapped_claims_enabled": True},
    web={"redirect_uris": [config.get("redirectUri") or "https://portal.example/auth/callback"]},
    opts=to(entra),
)
principal = azuread.ServicePrincipal(
    "portal", client_id=app.client_id, owners=[me], opts=to(entra)
)
password = azuread.ApplicationPassword(
    "portal",
    application_id=app.id,
    rotate_when_changed={"reason": config.get("rotation") or "none"},
    opts=to(entra),
)
namespace = k8s.core.v1.Namespace("portal", metadata={"name": "portal"}, opts=to(cluster))
k8s.core.v1.Secret(
    "portal",
    metadata={"name": "portal", "namespace": namespace.metadata.name},
    string_data={"OIDC_CLIENT_SECRET": password.value},
    opts=to(cluster),
)
k8s.core.v1.ConfigMap(
    "portal",
    metadata={"namespace": "portal"},
    data={"OIDC_CLIENT_ID": app.client_id},
    opts=to(cluster, depends_on=[namespace]),
)
pulumi.export("clientId", app.client_id)
pulumi.export("secret", password.value)
"""


@pytest.fixture
def engine(tools: Tools, tenant: Tenant, cluster: Cluster, tmp_path: Path) -> Iterator[Engine]:
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
    engine.run("config", "set", "kubeconfig", str(cluster.admin_kubeconfig), stack="dev")
    yield engine
    engine.destroy("dev")
    assert not engine.export_state("dev")["deployment"].get("resources")


def steps(text: str) -> dict[str, dict[str, Any]]:
    """The steps of a preview that change something, by type and name."""
    changing = [step for step in json.loads(text)["steps"] if step["op"] != "same"]
    return {step["urn"].split("::", 2)[2].split("$")[-1]: step for step in changing}


def test_a_stack_lives_as_a_stack_should(engine: Engine, cluster: Cluster, tmp_path: Path) -> None:
    preview = engine.preview("dev", "--json")
    assert len(steps(preview.stdout)) == 9
    engine.up("dev")
    engine.preview("dev", "--expect-no-changes")
    engine.refresh("dev", "--expect-no-changes")
    engine.preview("dev", "--expect-no-changes")

    secret = engine.outputs("dev", show_secrets=True)["secret"]
    state = json.dumps(engine.export_state("dev"))
    assert secret not in state
    assert engine.outputs("dev")["secret"] == "[secret]"

    engine.run("config", "set", "redirectUri", "https://other.example/", stack="dev")
    changed = steps(engine.preview("dev", "--json").stdout)
    assert set(changed) == {"azuread:index/application:Application::portal"}
    step = changed["azuread:index/application:Application::portal"]
    assert step["op"] == "update"
    assert set(step["detailedDiff"]) == {"web.redirectUris[0]"}
    engine.up("dev")
    engine.preview("dev", "--expect-no-changes")

    engine.run("config", "set", "rotation", "leaked", stack="dev")
    shown = engine.preview("dev", "--json")
    replaced = [s for s in json.loads(shown.stdout)["steps"] if s["op"] == "replace"]
    assert {step["urn"].rsplit("::", 2)[1].split("$")[-1] for step in replaced} == {
        "azuread:index/applicationPassword:ApplicationPassword",
        "kubernetes:core/v1:Secret",
    }
    assert secret not in shown.stdout
    engine.up("dev")
    assert engine.outputs("dev", show_secrets=True)["secret"] != secret
