"""The stack `sandbox`, once it is up: sign-ins, quiet previews, small changes, no secrets."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.endpoints import DeployerCredentials
from sandbox.entra.directory.seeding import add_deployer
from sandbox.entra.entra import utcnow
from sandbox.entra.identifiers import Identifiers
from sandbox.sign_ins import ClientName
from sandbox.stack import RehearsedStack
from sandbox.tools.resolver import Tools
from tests.system.conftest import Deployment

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

ALICE, BOB, CAROL = (f"{name}@contoso.example" for name in ("alice", "bob", "carol"))
GUEST = "dave_partner.example#EXT#@contoso.example"


@pytest.mark.parametrize("client", ["kubectl", "portal"])
@pytest.mark.parametrize("user", [ALICE, BOB, CAROL, GUEST])
def test_everybody_signs_in_as_declared(
    deployment: Deployment, user: str, client: ClientName
) -> None:
    signed_in = deployment.sign_in(user, client)

    assert signed_in.differences == ()
    assert signed_in.claims["email"]
    assert signed_in.kubernetes.username == f"entra:{signed_in.claims['upn']}"


def test_roles_differ_in_what_the_api_server_allows(deployment: Deployment) -> None:
    alice, bob, carol = (
        set(deployment.sign_in(user, "kubectl").kubernetes.allowed) for user in (ALICE, BOB, CAROL)
    )

    assert "create clusterrolebindings.rbac.authorization.k8s.io" in alice - bob - carol
    assert "create pipelineruns.tekton.dev -n team-a" in alice & bob - carol
    assert "get pods -n team-a" in alice & bob & carol
    assert "get secrets -n krci" not in bob | carol


def test_the_sandbox_was_asked_nothing_it_does_not_know(deployment: Deployment) -> None:
    assert deployment.sandbox.entra.unexpected == []


def test_a_second_preview_shows_no_change(deployment: Deployment) -> None:
    deployment.stack.preview("--expect-no-changes")


def test_a_refresh_finds_no_drift(deployment: Deployment) -> None:
    deployment.stack.refresh("--expect-no-changes")
    deployment.stack.preview("--expect-no-changes")


def test_a_preview_by_a_colleague_shows_no_change(deployment: Deployment, tools: Tools) -> None:
    """Whoever runs Pulumi next must not take the ownership of the applications."""
    scenario, entra = deployment.scenario, deployment.sandbox.entra
    somebody_else = scenario.deployer.model_copy(update={"display_name": "colleague"})
    colleague = add_deployer(
        entra.tenant,
        scenario.model_copy(update={"deployer": somebody_else}),
        Identifiers(None),
        utcnow(),
    )
    credentials = DeployerCredentials(
        client_id=colleague.client_id, client_secret=colleague.client_secret
    )
    endpoints = dataclasses.replace(deployment.sandbox.endpoints, deployer=credentials)

    RehearsedStack("sandbox", endpoints, tools, deployment.folder).preview("--expect-no-changes")


@pytest.fixture
def restored(deployment: Deployment) -> Iterator[Deployment]:
    """The deployment, brought back to what is committed after the test."""
    yield deployment
    deployment.stack.configure()
    deployment.stack.up()


def changed_steps(preview: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        step
        for step in preview["steps"]
        if step["op"] != "same" and not step["urn"].split("::")[2].startswith("pulumi:")
    ]


def test_changing_one_user_shows_that_user_and_nothing_else(restored: Deployment) -> None:
    restored.stack.configure({"users": {BOB: {"default_namespace": "team-b"}}})

    steps = changed_steps(json.loads(restored.stack.preview("--json").stdout))
    shown = restored.stack.preview("--diff").stdout

    (step,) = steps
    assert step["op"] == "update"
    assert step["urn"].split("::")[2].endswith("dynamic/entra:UserAttributes")
    (before,) = (line for line in step["oldState"]["inputs"]["users"].splitlines() if BOB in line)
    (after,) = (line for line in step["newState"]["inputs"]["users"].splitlines() if BOB in line)
    assert before.replace("team-a", "team-b") == after
    assert BOB in shown
    assert "team-b" in shown
    assert ALICE not in shown


def test_a_changed_user_has_the_new_value_at_the_next_sign_in(restored: Deployment) -> None:
    restored.stack.configure({"users": {BOB: {"default_namespace": "team-b", "picture": None}}})
    restored.stack.up()

    signed_in = restored.sign_in(BOB, "kubectl")

    assert signed_in.differences == ()
    assert signed_in.claims["default_namespace"] == "team-b"
    assert "picture" not in signed_in.claims


def test_a_value_changed_by_hand_is_drift_and_is_put_back(restored: Deployment) -> None:
    bob = restored.sandbox.entra.tenant.user_called(BOB)
    assert bob
    name = restored.stack.output("extensionNames")["default_namespace"]
    bob.extension_values[name] = "by-hand"

    told = restored.stack.preview("--expect-no-changes").stdout
    drift = restored.stack.refresh("--diff").stdout
    restored.stack.up()

    assert "'by-hand' -> 'team-a'" in told
    assert BOB in drift
    assert "by-hand" in drift
    assert restored.sign_in(BOB, "kubectl").claims["default_namespace"] == "team-a"


def secrets_of(deployment: Deployment) -> dict[str, str]:
    """Every secret there is, by what it is."""
    endpoints = deployment.sandbox.endpoints
    clients = deployment.clients()
    portal_secret = clients["portal"].client_secret
    assert portal_secret
    return {
        "deployer": endpoints.deployer.client_secret,
        "portal client secret": portal_secret,
        **{person.user_principal_name: person.password for person in endpoints.people},
    }


def test_no_secret_is_in_state_logs_or_previews(deployment: Deployment) -> None:
    printed = {
        "up": deployment.up.stdout + deployment.up.stderr,
        "state": json.dumps(deployment.stack.state()),
        "configuration": deployment.stack.config_file.read_text(),
    }
    for arguments in (("--diff", "--show-sames"), ("--json",), ("--debug",)):
        preview = deployment.stack.preview(*arguments)
        printed[f"preview {' '.join(arguments)}"] = preview.stdout + preview.stderr
    stored = {
        str(path.relative_to(deployment.folder)): path.read_text(errors="replace")
        for path in (deployment.folder / "pulumi").rglob("*")
        if path.is_file() and path.suffix in {".json", ".bak", ".attrs", ".log", ".yaml"}
    }
    assert any("stacks/" in name for name in stored), "the stored state was not searched"

    found = [
        f"{what} is in {where}"
        for what, secret in secrets_of(deployment).items()
        for where, text in (printed | stored).items()
        if secret in text
    ]

    assert found == []


def test_the_stack_says_what_people_need(deployment: Deployment) -> None:
    outputs = deployment.stack.engine.outputs("sandbox", show_secrets=False)

    endpoints = deployment.sandbox.endpoints
    assert outputs["issuer"] == endpoints.issuer.v2
    assert (
        f"--oidc-issuer-url={endpoints.issuer.v2}"
        in outputs["kubeconfigUser"]["user"]["exec"]["args"]
    )
    assert not any(
        "secret" in argument for argument in outputs["kubeconfigUser"]["user"]["exec"]["args"]
    )
    client_id = outputs["clientId"]
    assert outputs["extensionNames"] == {
        name: f"extension_{client_id.replace('-', '')}_{name}"
        for name in ("default_namespace", "picture")
    }
    assert outputs["portalHelmValues"]["configEnv"]["OIDC_CLIENT_ID"] == client_id
