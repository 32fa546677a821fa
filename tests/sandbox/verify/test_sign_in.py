"""Both clients against the sandbox's login service: what works, and what Entra refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sandbox.entra.scenario import load_scenario
from tests.sandbox.verify.declared_tenant import COMPANY, DeclaredTenant, declared_tenant
from verify.authorization_code import RelyingParty
from verify.errors import DiscoveryError, SignInRefused, StateMismatchError
from verify.portal_user import PortalUser

SCOPES = "--oidc-extra-scope=profile,email,offline_access"


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeclaredTenant]:
    folder = tmp_path_factory.mktemp("tenant")
    with declared_tenant(folder, "https://127.0.0.1:8443") as tenant:
        yield tenant


def refusal(party: RelyingParty, tenant: DeclaredTenant, name: str = "alice") -> SignInRefused:
    with pytest.raises(SignInRefused) as caught:
        party.sign_in(tenant.browser_of(name))
    return caught.value


def group_id(name: str) -> str:
    return load_scenario(COMPANY).group(name).object_id


def test_kubectl_signs_a_person_in(tenant: DeclaredTenant) -> None:
    tokens = tenant.kubectl(SCOPES).sign_in(tenant.browser_of("alice"), "alice@contoso.example")
    assert tokens.claims["upn"] == "alice@contoso.example"
    assert tokens.claims["email"] == "alice@contoso.example"
    assert tokens.claims["groups"] == [group_id("platform-admins")]
    assert tokens.refresh_token


def test_a_guest_signs_in_with_the_name_outside(tenant: DeclaredTenant) -> None:
    tokens = tenant.kubectl(SCOPES).sign_in(tenant.browser_of("dave"))
    assert tokens.claims["email"] == "dave@partner.example"
    assert tokens.claims["groups"] == [group_id("team-a-developers")]


def test_the_portal_signs_a_person_in_and_makes_a_user(tenant: DeclaredTenant) -> None:
    tokens = tenant.portal().sign_in(tenant.browser_of("bob"))
    user = PortalUser.from_claims(tokens.claims)
    assert (user.name, user.email) == ("Bob Builder", "bob@contoso.example")
    assert user.groups == (group_id("team-a-developers"),)
    assert tokens.refresh_token is None, "the portal's default scopes hold no offline_access"


def test_the_secret_in_the_header_is_as_good_as_in_the_body(tenant: DeclaredTenant) -> None:
    portal = replace(tenant.portal(), client_authentication=("basic",))
    assert portal.sign_in(tenant.browser_of("bob")).claims["upn"] == "bob@contoso.example"


def test_the_v1_issuer_gives_v1_tokens(tenant: DeclaredTenant) -> None:
    tokens = tenant.kubectl(version="v1").sign_in(tenant.browser_of("alice"))
    assert tokens.claims["ver"] == "1.0"
    assert tokens.claims["iss"] == tenant.issuers["v1"]


def test_an_issuer_one_character_off_is_found_before_anybody_signs_in(
    tenant: DeclaredTenant,
) -> None:
    party = replace(tenant.kubectl(), issuer=tenant.issuers["v2"] + "/")
    with pytest.raises(DiscoveryError, match="slash at the end"):
        party.begin()


def test_a_wrong_password_is_50126(tenant: DeclaredTenant) -> None:
    with pytest.raises(SignInRefused) as caught:
        tenant.kubectl().sign_in(tenant.browser_of("alice", password="wrong"))
    assert caught.value.aadsts == 50126


def test_a_person_who_is_not_assigned_is_50105(tenant: DeclaredTenant) -> None:
    assert refusal(tenant.kubectl(), tenant, "erin").aadsts == 50105


def test_a_redirect_uri_that_is_not_registered_is_50011(tenant: DeclaredTenant) -> None:
    party = tenant.portal(PORTAL_URL="https://127.0.0.1:8443/elsewhere")
    assert refusal(party, tenant).aadsts == 50011


def test_an_application_of_another_tenant_is_700016(tenant: DeclaredTenant) -> None:
    party = replace(tenant.kubectl(), client_id="00000000-1111-2222-3333-444444444444")
    assert refusal(party, tenant).aadsts == 700016


def test_a_wrong_client_secret_is_7000215(tenant: DeclaredTenant) -> None:
    error = refusal(replace(tenant.portal(), client_secret="not the secret"), tenant)
    assert error.aadsts == 7000215
    assert "not the secret" not in str(error)


def test_the_portal_without_secret_is_7000218(tenant: DeclaredTenant) -> None:
    assert refusal(replace(tenant.portal(), client_authentication=("none",)), tenant).aadsts == (
        7000218
    )


def test_kubectl_with_a_secret_is_700025(tenant: DeclaredTenant) -> None:
    """What happens to who follows the guide to the letter on a `publicClient` redirect URI."""
    party = tenant.kubectl(f"--oidc-client-secret={tenant.client_secret}")
    assert refusal(party, tenant).aadsts == 700025


def test_another_code_verifier_is_501481(tenant: DeclaredTenant) -> None:
    party = tenant.kubectl()
    pending = party.begin()
    callback_url = tenant.browser_of("alice").visit(pending.url, redirect_uri=party.redirect_uri)
    stolen = replace(pending, code_verifier="x" * 43)
    with pytest.raises(SignInRefused) as caught:
        party.finish(stolen, callback_url)
    assert caught.value.aadsts == 501481


def test_a_code_works_once(tenant: DeclaredTenant) -> None:
    party = tenant.kubectl()
    pending = party.begin()
    callback_url = tenant.browser_of("alice").visit(pending.url, redirect_uri=party.redirect_uri)
    party.finish(pending, callback_url)
    with pytest.raises(SignInRefused) as caught:
        party.finish(pending, callback_url)
    assert caught.value.aadsts == 54005


def test_the_answer_to_another_sign_in_is_refused(tenant: DeclaredTenant) -> None:
    party = tenant.kubectl()
    mine, theirs = party.begin(), party.begin()
    callback_url = tenant.browser_of("bob").visit(theirs.url, redirect_uri=party.redirect_uri)
    with pytest.raises(StateMismatchError):
        party.finish(mine, callback_url)


def test_only_the_right_authority_is_trusted(tenant: DeclaredTenant) -> None:
    party = replace(tenant.kubectl(), ca_file=None)
    with pytest.raises(DiscoveryError, match="certificate"):
        party.begin()


def test_no_sign_in_was_answered_with_a_call_that_is_not_known(tenant: DeclaredTenant) -> None:
    tenant.kubectl(SCOPES).sign_in(tenant.browser_of("alice"))
    assert list(tenant.entra.unexpected) == []
