"""Each rule that makes a wrong program fail, broken once on a stack that worked before.

The directory is changed behind the program's back, as somebody would in the admin centre, and put
back. Rules of single stand-ins are tested with each of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.browser import HttpBrowser
from sandbox.entra.microsoft_graph import APP_ROLE_IDS
from sandbox.waiting import wait_until
from tests.system.conftest import Deployment
from verify.cluster_trust import ClusterTrust
from verify.errors import RefusedByClusterError, SignInRefused
from verify.kubernetes_access import who_am_i
from verify.relying_party import RelyingParty

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

BOB, ERIN = "bob@contoso.example", "erin@contoso.example"


def refused(deployment: Deployment, client: RelyingParty, user: str = BOB) -> str:
    """Sign in and return what was said instead."""
    browser = HttpBrowser(
        user, deployment.person(user).password, Path(deployment.sandbox.endpoints.ca_file)
    )
    with pytest.raises(SignInRefused) as caught:
        client.sign_in(browser, login_hint=user)
    return str(caught.value)


def test_who_is_in_no_assigned_group_cannot_sign_in(deployment: Deployment) -> None:
    assert "AADSTS50105" in refused(deployment, deployment.clients()["kubectl"], ERIN)


def test_a_redirect_uri_that_is_not_registered_is_refused(deployment: Deployment) -> None:
    portal = deployment.clients()["portal"]
    moved = dataclasses.replace(portal, redirect_uri=f"{portal.redirect_uri}/elsewhere")

    assert "AADSTS50011" in refused(deployment, moved)


def test_the_portal_without_its_secret_is_refused(deployment: Deployment) -> None:
    portal = deployment.clients()["portal"]
    without = dataclasses.replace(portal, client_secret=None, client_authentication=("none",))

    assert "AADSTS7000218" in refused(deployment, without)


def test_kubectl_with_a_secret_is_refused(deployment: Deployment) -> None:
    clients = deployment.clients()
    with_secret = dataclasses.replace(
        clients["kubectl"],
        client_secret=clients["portal"].client_secret,
        client_authentication=("body",),
    )

    assert "AADSTS700025" in refused(deployment, with_secret)


@pytest.fixture
def without_mapped_claims(deployment: Deployment) -> Iterator[Deployment]:
    """The sign-in application with `acceptMappedClaims` switched off by hand."""
    application = deployment.sandbox.entra.tenant.application_of(
        deployment.stack.output("clientId")
    )
    assert application
    application.properties["api"]["acceptMappedClaims"] = False
    yield deployment
    application.properties["api"]["acceptMappedClaims"] = True


def test_a_claims_mapping_policy_without_its_flag_breaks_every_sign_in(
    without_mapped_claims: Deployment,
) -> None:
    clients = without_mapped_claims.clients()

    assert "AADSTS50146" in refused(without_mapped_claims, clients["kubectl"])
    assert "AADSTS50146" in refused(without_mapped_claims, clients["portal"])


@pytest.fixture
def trusting_the_other_issuer(deployment: Deployment) -> Iterator[ClusterTrust]:
    """The API server trusting the tenant's v1 issuer, while people sign in by v2."""
    cluster, endpoints = deployment.sandbox.cluster, deployment.sandbox.endpoints
    (config,) = deployment.sandbox.eks.list_configs(endpoints.cluster)
    right = config.oidc.trusted_issuer()
    wrong = dataclasses.replace(right, issuer_url=endpoints.issuer.v1)
    cluster.trust([wrong])
    wait_until(cluster.trust_is_loaded, what="the other issuer to be trusted", timeout_s=90)
    yield ClusterTrust(issuer_url=wrong.issuer_url, client_id=wrong.client_id)
    cluster.trust([right])
    wait_until(cluster.trust_is_loaded, what="the right issuer to be trusted", timeout_s=90)


def test_an_issuer_of_the_other_version_is_a_401_that_verify_explains(
    deployment: Deployment, trusting_the_other_issuer: ClusterTrust
) -> None:
    """One character off is tested with the cluster, in tests/sandbox/cluster."""
    endpoints = deployment.sandbox.endpoints
    browser = HttpBrowser(BOB, deployment.person(BOB).password, Path(endpoints.ca_file))
    tokens = deployment.clients()["kubectl"].sign_in(browser)

    with pytest.raises(RefusedByClusterError) as caught:
        who_am_i(
            endpoints.kubernetes_url,
            Path(endpoints.kubernetes_ca_file),
            tokens.id_token,
            trust=trusting_the_other_issuer,
        )

    assert endpoints.issuer.v1 in str(caught.value)
    assert endpoints.issuer.v2 in str(caught.value)
    assert tokens.id_token not in str(caught.value)


@pytest.fixture
def without_user_roles(deployment: Deployment) -> Iterator[Deployment]:
    """The deployer without the application role that lets it write users."""
    tenant = deployment.sandbox.entra.tenant
    deployer = deployment.sandbox.entra.deployer
    role_id = APP_ROLE_IDS["User.ReadUpdate.All"]
    (assignment,) = (
        a
        for a in tenant.app_role_assignments.find("principalId", deployer.object_id)
        if a.properties["appRoleId"] == role_id
    )
    tenant.app_role_assignments.remove(assignment)
    yield deployment
    tenant.app_role_assignments.add(assignment)
    deployment.stack.configure()
    deployment.stack.up()


def test_a_missing_application_role_is_a_403_that_names_user_and_permission(
    without_user_roles: Deployment,
) -> None:
    stack = without_user_roles.stack
    stack.configure({"users": {BOB: {"default_namespace": "team-b"}}})

    result = stack.up(check=False)

    output = result.stdout + result.stderr
    assert result.returncode != 0
    assert BOB in output
    assert "403" in output
    assert "User.ReadUpdate.All" in output
    bob = without_user_roles.sandbox.entra.tenant.user_called(BOB)
    assert bob
    assert "team-b" not in bob.extension_values.values()
