"""The azuread stand-in against the sandbox's tenant, as its deployer."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from sandbox.entra import Entra
from sandbox.plugins.azuread.provider import RESOURCES, AzureadProvider
from tests.sandbox.plugins.azuread_types import (
    APPLICATION,
    ASSIGNMENT,
    FEDERATED,
    GRANT,
    PASSWORD,
    POLICY,
    POLICY_ASSIGNMENT,
    PRINCIPAL,
)
from tests.sandbox.plugins.conftest import Tenant
from tests.sandbox.plugins.engine import Plugin, RpcError, in_process

MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"


@pytest.fixture
def entra(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Entra:
    for name, value in tenant.environment.items():
        monkeypatch.setenv(name, value)
    return tenant.entra


@pytest.fixture
def plugin(entra: Entra) -> Iterator[Plugin]:
    del entra  # its environment is what counts
    with in_process(AzureadProvider()) as plugin:
        plugin.configure()
        yield plugin


class Declared:
    """Creates resources as an engine would, and remembers them for the way back."""

    def __init__(self, plugin: Plugin) -> None:
        self.plugin = plugin
        self.made: list[tuple[str, str, dict, dict]] = []

    def declare(self, token: str, **inputs: object) -> tuple[str, dict]:
        checked = self.plugin.checked(token, inputs)
        created = self.plugin.create(token, checked)
        self.made.append((token, created.resource_id, checked, created.state))
        return created.resource_id, created.state


def declare_sign_in(plugin: Plugin) -> Declared:
    """Declare everything the guide needs, in its order."""
    declared = Declared(plugin)
    me = plugin.invoke("azuread:index/getClientConfig:getClientConfig")["objectId"]
    graph = plugin.invoke(
        "azuread:index/getServicePrincipal:getServicePrincipal", clientId=MICROSOFT_GRAPH
    )
    scopes = graph["oauth2PermissionScopeIds"]
    application, app = declared.declare(
        APPLICATION,
        displayName="portal",
        owners=[me],
        api={"mappedClaimsEnabled": True, "requestedAccessTokenVersion": 2},
        groupMembershipClaims=["ApplicationGroup"],
        optionalClaims={"idTokens": [{"name": "email"}, {"name": "upn"}]},
        publicClient={"redirectUris": ["http://localhost:8000"]},
        web={"redirectUris": ["https://portal.example/auth/callback"]},
        requiredResourceAccesses=[
            {
                "resourceAppId": MICROSOFT_GRAPH,
                "resourceAccesses": [
                    {"id": scopes[name], "type": "Scope"} for name in ("openid", "email")
                ],
            }
        ],
    )
    principal, sp = declared.declare(PRINCIPAL, clientId=app["clientId"], owners=[me])
    declared.declare(
        GRANT,
        servicePrincipalObjectId=sp["objectId"],
        resourceServicePrincipalObjectId=graph["objectId"],
        claimValues=["openid", "email"],
    )
    declared.declare(
        ASSIGNMENT,
        appRoleId=graph["appRoleIds"]["User.Read.All"],
        principalObjectId=sp["objectId"],
        resourceObjectId=graph["objectId"],
    )
    group = plugin.invoke("azuread:index/getGroup:getGroup", displayName="team-a-developers")
    declared.declare(
        ASSIGNMENT,
        appRoleId="00000000-0000-0000-0000-000000000000",
        principalObjectId=group["objectId"],
        resourceObjectId=sp["objectId"],
    )
    definition = {"ClaimsMappingPolicy": {"Version": 1, "IncludeBasicClaimSet": "true"}}
    policy, _ = declared.declare(
        POLICY, displayName="portal claims", definitions=[json.dumps(definition)]
    )
    declared.declare(POLICY_ASSIGNMENT, servicePrincipalId=principal, claimsMappingPolicyId=policy)
    declared.declare(PASSWORD, applicationId=application, displayName="portal")
    declared.declare(
        FEDERATED,
        applicationId=application,
        displayName="github",
        issuer="https://token.actions.githubusercontent.com",
        subject="repo:org/repo:ref:refs/heads/main",
        audiences=["api://AzureADTokenExchange"],
    )
    return declared


def test_the_whole_declaration_lives_refreshes_without_drift_and_goes(plugin: Plugin) -> None:
    declared = declare_sign_in(plugin)
    for token, resource_id, inputs, state in declared.made:
        live = plugin.read(token, resource_id, inputs, state)
        assert live is not None, token
        assert live.inputs == inputs, token
        assert live.state == state, token
        assert not plugin.diff(token, resource_id, live.inputs, inputs).changed
    for token, resource_id, inputs, state in reversed(declared.made):
        plugin.delete(token, resource_id, state)
        assert plugin.read(token, resource_id, inputs, state) is None, token


# What Entra never shows again, or the object does not tell from its default.
NOT_IMPORTED = {PASSWORD: {"value"}}


def test_every_type_can_be_imported_by_its_id(plugin: Plugin) -> None:
    declared = declare_sign_in(plugin)
    types: set[str] = set()
    for token, resource_id, inputs, state in declared.made:
        imported = plugin.read(token, resource_id)
        assert imported is not None, token
        assert imported.resource_id == resource_id
        assert not plugin.diff(token, resource_id, imported.inputs, inputs).changed, token
        unknown = {name for name in state if name not in imported.state}
        assert unknown <= NOT_IMPORTED.get(token, set()), token
        types.add(token)
    assert types == set(RESOURCES), "a type of resource has no import test"


@pytest.mark.parametrize("token", sorted(RESOURCES))
def test_an_id_of_another_form_is_refused(plugin: Plugin, token: str) -> None:
    with pytest.raises(RpcError, match="is not of the form"):
        plugin.read(token, "11111111-2222-4333-8444-555555555555")


def test_an_update_reaches_the_tenant(plugin: Plugin) -> None:
    declared = declare_sign_in(plugin)
    token, resource_id, old, state = declared.made[0]
    uris = ["https://portal.example/auth/callback", "https://new.example/auth/callback"]
    new = {**old, "web": {"redirectUris": uris}}
    del new["optionalClaims"]
    assert plugin.diff(token, resource_id, old, new).detailed == {
        "optionalClaims": "DELETE",
        "web.redirectUris[1]": "ADD",
    }
    after = plugin.update(token, resource_id, old, new, state)
    assert sorted(after["web"]["redirectUris"]) == sorted(uris)
    assert after["api"]["mappedClaimsEnabled"] is True
    live = plugin.read(token, resource_id, new, after)
    assert live is not None
    assert live.inputs == new


def test_a_deployer_that_does_not_declare_itself_an_owner_loses_the_application(
    plugin: Plugin,
) -> None:
    """`Application.ReadWrite.OwnedBy` is about owned applications, and it is the last owner."""
    inputs = plugin.checked(APPLICATION, {"displayName": "lost"})
    created = plugin.create(APPLICATION, inputs)
    with pytest.raises(RpcError, match="Authorization_RequestDenied"):
        plugin.update(APPLICATION, created.resource_id, inputs, {**inputs, "notes": "n"})


def test_people_and_groups_can_be_looked_up(plugin: Plugin, entra: Entra) -> None:
    alice = next(p for p in entra.people if p.user_principal_name.startswith("alice@"))
    found = plugin.invoke(
        "azuread:index/getUser:getUser", userPrincipalName=alice.user_principal_name
    )
    assert (found["objectId"], found["displayName"]) == (alice.object_id, alice.display_name)
    upns = [person.user_principal_name for person in entra.people]
    users = plugin.invoke("azuread:index/getUsers:getUsers", userPrincipalNames=upns)
    assert users["objectIds"] == [person.object_id for person in entra.people]
    group = plugin.invoke("azuread:index/getGroup:getGroup", displayName="platform-admins")
    assert group["members"] == [alice.object_id]
    assert group["securityEnabled"] is True


def test_who_is_missing_is_named(plugin: Plugin) -> None:
    with pytest.raises(RpcError, match=r"userPrincipalName 'nobody@contoso\.example'"):
        plugin.invoke(
            "azuread:index/getUsers:getUsers", userPrincipalNames=["nobody@contoso.example"]
        )
    found = plugin.invoke(
        "azuread:index/getUsers:getUsers",
        userPrincipalNames=["nobody@contoso.example"],
        ignoreMissing=True,
    )
    assert found["users"] == []
    with pytest.raises(RpcError, match=r"0 groups match displayName eq 'nobody'"):
        plugin.invoke("azuread:index/getGroup:getGroup", displayName="nobody")
