"""Groups and directory roles in tokens, and tokens that go to the client in an address."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qsl, urlsplit

import pytest

from sandbox.entra import Entra
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import PORTAL_REDIRECT, LoginApplication
from tests.sandbox.entra.sign_in import SignIn
from tests.sandbox.entra.test_claims import kubectl_claims


def test_all_names_distribution_groups_and_roles_too(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn, entra: Entra
) -> None:
    graph.patch(app.path, {"groupMembershipClaims": "All"})
    [marketing] = [g for g in entra.tenant.groups if g.display_name == "marketing"]
    marketing.properties["securityEnabled"] = False
    [bob] = entra.tenant.users.find("userPrincipalName", "bob@contoso.example")
    entra.tenant.memberships.add(marketing.object_id, bob.object_id)
    bob.directory_roles = frozenset({"Global Reader"})
    claims = kubectl_claims(sign_in, app, "bob")
    assert marketing.object_id in claims["groups"]
    # https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference
    assert "f2ef992c-3afb-46b9-b7cf-a126ee74c451" in claims["wids"]
    graph.patch(app.path, {"groupMembershipClaims": "SecurityGroup"})
    assert marketing.object_id not in kubectl_claims(sign_in, app, "bob")["groups"]


def test_directory_role_names_roles_and_no_groups(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn, entra: Entra
) -> None:
    graph.patch(app.path, {"groupMembershipClaims": "DirectoryRole"})
    [bob] = entra.tenant.users.find("userPrincipalName", "bob@contoso.example")
    bob.directory_roles = frozenset({"Global Reader"})
    claims = kubectl_claims(sign_in, app, "bob")
    assert "groups" not in claims
    assert "f2ef992c-3afb-46b9-b7cf-a126ee74c451" in claims["wids"]
    assert "wids" not in kubectl_claims(sign_in, app, "alice")


def test_groups_can_come_as_roles(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn
) -> None:
    groups = {"name": "groups", "additionalProperties": ["emit_as_roles"]}
    graph.patch(app.path, {"optionalClaims": {"idToken": [groups]}})
    claims = kubectl_claims(sign_in, app, "bob")
    assert claims["roles"] == [graph.group_id("team-a-developers")]
    assert "groups" not in claims


@pytest.mark.parametrize(("count", "fits"), [(5, True), (6, False)])
def test_a_token_in_an_address_has_room_for_five_groups(
    app: LoginApplication,
    graph: DirectoryClient,
    sign_in: SignIn,
    entra: Entra,
    count: int,
    fits: bool,
) -> None:
    implicit = {"implicitGrantSettings": {"enableIdTokenIssuance": True}}
    graph.patch(app.path, {"groupMembershipClaims": "SecurityGroup", "web": implicit})
    [some] = [g for g in entra.tenant.groups if g.display_name == "marketing"]
    for number in range(count - 1):
        group = type(some)(object_id=f"group-{number}", properties=dict(some.properties))
        entra.tenant.groups.add(group)
        entra.tenant.memberships.add(group.object_id, entra.people[1].object_id)
    page = sign_in.authorize(app.client_id, PORTAL_REDIRECT, response_type="code id_token")
    location = sign_in.enter(page, "bob").headers["location"]
    sent = dict(parse_qsl(urlsplit(location).fragment))
    claims = sign_in.claims(sent["id_token"], app.client_id)
    assert ("groups" in claims) == fits
    assert claims.get("hasgroups") == (None if fits else True)
    digest = hashlib.sha256(sent["code"].encode()).digest()[:16]
    assert claims["c_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_an_implicit_access_token_comes_only_when_switched_on(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn
) -> None:
    refused = sign_in.authorize(app.client_id, PORTAL_REDIRECT, response_type="id_token token")
    assert "AADSTS700051" in refused.headers["location"]
    implicit = {"enableIdTokenIssuance": True, "enableAccessTokenIssuance": True}
    graph.patch(app.path, {"web": {"implicitGrantSettings": implicit}})
    page = sign_in.authorize(app.client_id, PORTAL_REDIRECT, response_type="id_token token")
    location = sign_in.enter(page, "bob").headers["location"]
    sent = dict(parse_qsl(urlsplit(location).fragment))
    digest = hashlib.sha256(sent["access_token"].encode()).digest()[:16]
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert sign_in.claims(sent["id_token"], app.client_id)["at_hash"] == expected
