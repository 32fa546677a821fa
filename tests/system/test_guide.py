"""The guide to the letter: it works, and every preview says what is wrong with it."""

from __future__ import annotations

import json

import pytest

from sandbox.sandbox import Sandbox
from sandbox.sign_ins import ClientName
from sandbox.tools.resolver import Tools
from tests.system.conftest import Deployment, deploy

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]


@pytest.fixture(scope="module")
def guide(sandbox: Sandbox, tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return deploy("guide", sandbox, tools, tmp_path_factory)


@pytest.mark.parametrize("client", ["kubectl", "portal"])
@pytest.mark.parametrize("user", ["alice@contoso.example", "bob@contoso.example"])
def test_people_sign_in_by_the_v1_issuer(guide: Deployment, user: str, client: ClientName) -> None:
    signed_in = guide.sign_in(user, client)

    assert signed_in.differences == ()
    assert guide.stack.output("issuer") == guide.sandbox.endpoints.issuer.v1


def test_kubectl_holds_a_secret_that_only_shows_when_asked_for(guide: Deployment) -> None:
    arguments = guide.stack.output("kubeconfigUser")["user"]["exec"]["args"]
    masked = guide.stack.engine.outputs("guide", show_secrets=False)["kubeconfigUser"]

    (secret,) = (a.partition("=")[2] for a in arguments if a.startswith("--oidc-client-secret="))
    assert secret
    assert secret not in str(masked)
    preview = guide.stack.preview("--diff", "--show-sames")
    for shown in (guide.up, preview):
        assert secret not in shown.stdout + shown.stderr
    assert secret not in json.dumps(guide.stack.state())


def test_every_wider_choice_is_flagged_in_a_quiet_preview(guide: Deployment) -> None:
    preview = guide.stack.preview("--expect-no-changes")

    for choice in (
        "graphPermissions.holder is login-application",
        "kubectl.client is confidential",
        "issuer is v1",
        "application.groupMembershipClaims is SecurityGroup",
        "application.assignmentRequired is false",
        "application.implicitIdTokens is true",
    ):
        assert choice in preview.stdout


def test_the_sandbox_was_asked_nothing_it_does_not_know(guide: Deployment) -> None:
    assert guide.sandbox.entra.unexpected == []
