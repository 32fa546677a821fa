"""What ID tokens carry; every token is verified by PyJWT with the published keys."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.entra import Entra
from sandbox.entra.login.group_claims import MOST_GROUPS_IN_JWT
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import (
    KUBECTL_REDIRECT,
    PORTAL_REDIRECT,
    LoginApplication,
)
from tests.sandbox.entra.sign_in import SignIn, page_error

GUEST_UPN = "dave_partner.example#EXT#@contoso.example"


def kubectl_claims(sign_in: SignIn, app: LoginApplication, user: str, **changes: Any) -> Any:
    return sign_in.person_claims(app.client_id, KUBECTL_REDIRECT, user, **changes)


def test_v2_claims_of_a_member(app: LoginApplication, sign_in: SignIn, entra: Entra) -> None:
    claims = kubectl_claims(sign_in, app, "bob")
    assert claims["ver"] == "2.0"
    assert claims["tid"] == entra.tenant.tenant_id
    assert claims["oid"] == entra.people[1].object_id
    assert claims["name"] == "Bob Builder"
    assert claims["preferred_username"] == claims["upn"] == claims["email"] == "bob@contoso.example"
    assert claims["exp"] - claims["iat"] == 3600
    assert "unique_name" not in claims


def test_v1_claims_of_a_member(app: LoginApplication, sign_in: SignIn) -> None:
    claims = sign_in.person_claims(
        app.client_id, PORTAL_REDIRECT, "bob", secret=app.client_secret, version="v1"
    )
    assert claims["unique_name"] == claims["upn"] == "bob@contoso.example"
    assert (claims["given_name"], claims["family_name"]) == ("Bob", "Builder")
    assert "preferred_username" not in claims


def test_requested_access_token_version_does_not_change_id_tokens(
    app: LoginApplication, sign_in: SignIn, graph: DirectoryClient
) -> None:
    graph.patch(app.path, {"api": {"requestedAccessTokenVersion": 1}})
    assert kubectl_claims(sign_in, app, "bob")["ver"] == "2.0"


def test_without_optional_claims_members_have_no_email_and_no_upn(
    graph: DirectoryClient, sign_in: SignIn
) -> None:
    app = LoginApplication.declare(graph, optionalClaims=None)
    claims = kubectl_claims(sign_in, app, "bob", scope="openid profile")
    assert not {"email", "upn"} & claims.keys()


def test_the_scope_email_brings_the_mail(graph: DirectoryClient, sign_in: SignIn) -> None:
    app = LoginApplication.declare(graph, optionalClaims=None)
    claims = kubectl_claims(sign_in, app, "bob", scope="openid email")
    assert claims["email"] == "bob@contoso.example"
    assert not {"name", "oid", "preferred_username"} & claims.keys()


def test_upn_needs_the_scope_profile(app: LoginApplication, sign_in: SignIn) -> None:
    assert "upn" not in kubectl_claims(sign_in, app, "bob", scope="openid email")


@pytest.mark.parametrize(
    ("properties", "upn"),
    [
        ([], None),
        (["include_externally_authenticated_upn"], GUEST_UPN),
        (
            ["include_externally_authenticated_upn_without_hash"],
            "dave_partner.example_EXT_@contoso.example",
        ),
    ],
)
def test_a_guest_has_a_upn_only_when_asked_for(
    graph: DirectoryClient, sign_in: SignIn, properties: list[str], upn: str | None
) -> None:
    optional = {"idToken": [{"name": "upn", "additionalProperties": properties}]}
    app = LoginApplication.declare(graph, optionalClaims=optional)
    claims = kubectl_claims(sign_in, app, "dave")
    assert claims.get("upn") == upn
    assert claims["email"] == "dave@partner.example"


def test_the_subject_differs_between_applications(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn
) -> None:
    other = LoginApplication.declare(graph)
    first, second = (kubectl_claims(sign_in, each, "bob") for each in (app, other))
    assert first["oid"] == second["oid"]
    assert first["sub"] != second["sub"]


def test_application_group_names_only_assigned_groups(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn, entra: Entra
) -> None:
    bob = entra.people[1]
    entra.tenant.memberships.add(graph.group_id("marketing"), bob.object_id)
    assert kubectl_claims(sign_in, app, "bob")["groups"] == [graph.group_id("team-a-developers")]


def test_application_group_leaves_nested_groups_out(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn, entra: Entra
) -> None:
    inner, outer = graph.group_id("team-a-developers"), graph.group_id("platform-admins")
    entra.tenant.memberships.add(outer, inner)
    assert kubectl_claims(sign_in, app, "bob")["groups"] == [inner]


def test_security_group_names_all_groups_nested_ones_too(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn, entra: Entra
) -> None:
    graph.patch(app.path, {"groupMembershipClaims": "SecurityGroup"})
    inner, outer = graph.group_id("team-a-developers"), graph.group_id("marketing")
    entra.tenant.memberships.add(outer, inner)
    assert sorted(kubectl_claims(sign_in, app, "bob")["groups"]) == sorted([inner, outer])


def test_groups_are_left_out_without_group_membership_claims(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn
) -> None:
    graph.patch(app.path, {"groupMembershipClaims": None})
    assert "groups" not in kubectl_claims(sign_in, app, "bob")


def test_group_names_instead_of_ids_on_request(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn
) -> None:
    groups = {"name": "groups", "additionalProperties": ["cloud_displayname"]}
    graph.patch(app.path, {"optionalClaims": {"idToken": [groups]}})
    assert kubectl_claims(sign_in, app, "bob")["groups"] == ["team-a-developers"]


@pytest.mark.parametrize("count", [MOST_GROUPS_IN_JWT, MOST_GROUPS_IN_JWT + 1])
def test_above_two_hundred_groups_a_reference_comes_instead(
    app: LoginApplication, graph: DirectoryClient, sign_in: SignIn, entra: Entra, count: int
) -> None:
    graph.patch(app.path, {"groupMembershipClaims": "SecurityGroup"})
    [some] = [g for g in entra.tenant.groups if g.display_name == "marketing"]
    bob = entra.people[1].object_id
    for number in range(count - 1):
        group = type(some)(object_id=f"group-{number}", properties=dict(some.properties))
        entra.tenant.groups.add(group)
        entra.tenant.memberships.add(group.object_id, bob)
    claims = kubectl_claims(sign_in, app, "bob")
    if count == MOST_GROUPS_IN_JWT:
        assert len(claims["groups"]) == count
    else:
        assert "groups" not in claims
        assert claims["_claim_names"] == {"groups": "src1"}
        assert claims["_claim_sources"]["src1"]["endpoint"].endswith(
            f"/users/{bob}/getMemberObjects"
        )


def test_mapped_claims_without_the_flag_break_every_sign_in(
    app: LoginApplication, sign_in: SignIn, graph: DirectoryClient
) -> None:
    """AADSTS50146, at the token endpoint: the code is issued, the token is not."""
    app.map_claims({"Value": "x", "JwtClaimType": "constant"})
    code = sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    body = sign_in.redeem(app.client_id, KUBECTL_REDIRECT, code).json()
    assert body["error_codes"] == [50146]
    assert body["error"] == "invalid_request"
    app.accept_mapped_claims()
    assert kubectl_claims(sign_in, app, "bob")["constant"] == "x"
    graph.patch(app.path, {"api": {"acceptMappedClaims": False}})
    code = sign_in.code(app.client_id, KUBECTL_REDIRECT, "bob")
    assert sign_in.redeem(app.client_id, KUBECTL_REDIRECT, code).json()["error_codes"] == [50146]


def test_extension_values_become_claims_under_short_names(
    app: LoginApplication, sign_in: SignIn, graph: DirectoryClient, entra: Entra
) -> None:
    app.accept_mapped_claims()
    namespace = app.register_extension("default_namespace")
    picture = app.register_extension("picture")
    app.map_claims(
        {"Source": "user", "ExtensionID": namespace, "JwtClaimType": "default_namespace"},
        {"Source": "user", "ExtensionID": picture, "JwtClaimType": "picture"},
    )
    graph.patch(f"/users/{entra.people[1].object_id}", {namespace: "team-a"})
    claims = kubectl_claims(sign_in, app, "bob")
    assert claims["default_namespace"] == "team-a"
    assert "picture" not in claims
    assert not {"default_namespace", "picture"} & kubectl_claims(sign_in, app, "carol").keys()


def test_the_token_service_compares_extension_names_with_case(
    app: LoginApplication, sign_in: SignIn, graph: DirectoryClient, entra: Entra
) -> None:
    app.accept_mapped_claims()
    name = app.register_extension("default_namespace")
    wrong = name.replace("default_namespace", "Default_Namespace")
    app.map_claims({"Source": "user", "ExtensionID": wrong, "JwtClaimType": "default_namespace"})
    graph.patch(f"/users/{entra.people[1].object_id}", {wrong: "team-a"})
    assert graph.get(f"/users/{entra.people[1].object_id}", select=name)[name] == "team-a"
    assert "default_namespace" not in kubectl_claims(sign_in, app, "bob")


def test_values_of_a_deleted_definition_are_gone_until_it_is_back(
    app: LoginApplication, sign_in: SignIn, graph: DirectoryClient, entra: Entra
) -> None:
    app.accept_mapped_claims()
    name = app.register_extension("default_namespace")
    app.map_claims({"Source": "user", "ExtensionID": name, "JwtClaimType": "default_namespace"})
    user = f"/users/{entra.people[1].object_id}"
    graph.patch(user, {name: "team-a"})
    [definition] = graph.items(f"{app.path}/extensionProperties")
    graph.delete(f"{app.path}/extensionProperties/{definition['id']}")
    assert name not in graph.get(user, select=f"id,{name}")
    assert "default_namespace" not in kubectl_claims(sign_in, app, "bob")
    app.register_extension("default_namespace")
    assert kubectl_claims(sign_in, app, "bob")["default_namespace"] == "team-a"


@pytest.mark.parametrize("claim", ["email", "groups", "upn", "roles", "sub", "extn.x", "xms_x"])
def test_restricted_claims_cannot_be_mapped(
    app: LoginApplication, sign_in: SignIn, claim: str
) -> None:
    before = kubectl_claims(sign_in, app, "bob").get(claim)
    app.accept_mapped_claims()
    app.map_claims({"Value": "mapped", "JwtClaimType": claim})
    assert kubectl_claims(sign_in, app, "bob").get(claim) == before


def test_without_the_basic_claim_set_only_core_and_mapped_claims_remain(
    app: LoginApplication, sign_in: SignIn
) -> None:
    app.accept_mapped_claims()
    app.map_claims(
        {"Source": "user", "ID": "displayname", "JwtClaimType": "who"}, IncludeBasicClaimSet="false"
    )
    claims = kubectl_claims(sign_in, app, "bob")
    assert claims["who"] == "Bob Builder"
    assert not {"name", "upn", "email", "groups"} & claims.keys()


def test_optional_extension_claims_are_called_extn(
    app: LoginApplication, sign_in: SignIn, graph: DirectoryClient, entra: Entra
) -> None:
    name = app.register_extension("default_namespace")
    optional = {"idToken": [{"name": name, "source": "user"}]}
    graph.patch(app.path, {"optionalClaims": optional})
    graph.patch(f"/users/{entra.people[1].object_id}", {name: "team-a"})
    claims = kubectl_claims(sign_in, app, "bob")
    assert claims["extn.default_namespace"] == "team-a"
    assert "default_namespace" not in claims


def test_own_application_roles_come_as_roles(
    app: LoginApplication, sign_in: SignIn, graph: DirectoryClient, entra: Entra
) -> None:
    role = {
        "id": "22222222-2222-4222-8222-222222222222",
        "value": "Operator",
        "displayName": "Operator",
        "description": "Operates",
        "isEnabled": True,
        "allowedMemberTypes": ["User"],
    }
    graph.patch(app.path, {"appRoles": [role]})
    graph.post(
        f"{app.service_principal_path}/appRoleAssignedTo",
        {
            "appRoleId": role["id"],
            "principalId": entra.people[1].object_id,
            "resourceId": app.service_principal_id,
        },
    )
    assert kubectl_claims(sign_in, app, "bob")["roles"] == ["Operator"]
    assert "roles" not in kubectl_claims(sign_in, app, "carol")


def test_an_issuer_that_is_one_character_off_has_no_document(sign_in: SignIn, entra: Entra) -> None:
    """`.../<tenant>/` on the login host answers with the v1 issuer of the other host."""
    tenant = entra.tenant.tenant_id
    v1 = f"{entra.endpoints.login}/{tenant}/.well-known/openid-configuration"
    assert sign_in.http.get(v1).json()["issuer"] == f"{entra.endpoints.sts}/{tenant}/"
    v2 = f"{entra.endpoints.login}/{tenant}/v2.0/.well-known/openid-configuration"
    document = sign_in.http.get(v2).json()
    assert document["issuer"] == f"{entra.endpoints.login}/{tenant}/v2.0"
    assert "code_challenge_methods_supported" not in document


def test_tokens_of_the_old_key_verify_after_a_rotation(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    old = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")["id_token"]
    entra.keys.rotate()
    new = sign_in.tokens(app.client_id, KUBECTL_REDIRECT, "bob")["id_token"]
    for token in (old, new):
        assert sign_in.claims(token, app.client_id)["upn"] == "bob@contoso.example"


def test_nobody_signs_in_to_an_application_without_service_principal(
    graph: DirectoryClient, sign_in: SignIn
) -> None:
    app = LoginApplication.declare(graph)
    graph.delete(app.service_principal_path)
    response = sign_in.enter(sign_in.authorize(app.client_id, KUBECTL_REDIRECT), "bob")
    assert page_error(response).startswith("AADSTS90094: ")


def test_a_guest_comes_from_another_issuer(
    app: LoginApplication, sign_in: SignIn, entra: Entra
) -> None:
    assert kubectl_claims(sign_in, app, "dave")["idp"].startswith(f"{entra.endpoints.sts}/")
    assert "idp" not in kubectl_claims(sign_in, app, "bob")


@pytest.mark.parametrize(
    ("data_type", "value"),
    [
        ("Integer", 7),
        ("LargeInteger", 2**53 + 1),
        ("Boolean", True),
        ("DateTime", "2026-11-24T00:00:00Z"),
        ("Binary", "AAEC"),
    ],
)
def test_typed_extension_values_are_claims_as_graph_shows_them(
    app: LoginApplication,
    sign_in: SignIn,
    graph: DirectoryClient,
    entra: Entra,
    data_type: str,
    value: Any,
) -> None:
    app.accept_mapped_claims()
    body = {"name": "typed", "dataType": data_type, "targetObjects": ["User"]}
    name = graph.post(f"{app.path}/extensionProperties", body)["name"]
    app.map_claims({"Source": "user", "ExtensionID": name, "JwtClaimType": "typed"})
    graph.patch(app.path, {"optionalClaims": {"idToken": [{"name": name, "source": "user"}]}})
    user = f"/users/{entra.people[1].object_id}"
    graph.patch(user, {name: value})
    claims = kubectl_claims(sign_in, app, "bob")
    assert claims["typed"] == claims["extn.typed"] == graph.get(user, select=name)[name]
