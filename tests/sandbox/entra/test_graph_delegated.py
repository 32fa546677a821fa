"""Calls on a user's behalf: the scopes of the token and what the user may do, both at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.certificates import CertificateAuthority
from sandbox.entra import Entra, Scenario, ScenarioError, load_scenario
from sandbox.entra.served import serve_entra
from tests.sandbox.entra.conftest import COMPANY
from tests.sandbox.entra.directory_client import DirectoryClient
from tests.sandbox.entra.login_application import KUBECTL_REDIRECT, LoginApplication
from tests.sandbox.entra.sign_in import SignIn

For = Callable[..., DirectoryClient]


@pytest.fixture
def entra(authority: CertificateAuthority) -> Iterator[Entra]:
    company = load_scenario(COMPANY)
    people = tuple(
        person.model_copy(update={"directory_roles": ("User Administrator",)})
        if person.user_principal_name.startswith("alice")
        else person
        for person in company.people
    )
    scenario: Scenario = company.model_copy(update={"people": people})
    with serve_entra(scenario, authority) as entra:
        yield entra


@pytest.fixture
def on_behalf_of(entra: Entra, http: httpx.Client, app: LoginApplication, sign_in: SignIn) -> For:
    """Sign a person in with consent to scopes, and call Graph with the access token."""

    def signed_in(user: str, *scopes: str) -> DirectoryClient:
        [grant] = app.graph.items(f"{app.service_principal_path}/oauth2PermissionGrants")
        app.graph.patch(
            f"/oauth2PermissionGrants/{grant['id']}", {"scope": f"openid {' '.join(scopes)}"}
        )
        tokens = sign_in.tokens(
            app.client_id, KUBECTL_REDIRECT, user, scope=f"openid {' '.join(scopes)}"
        )
        return DirectoryClient(entra, http, tokens["access_token"])

    return signed_in


def test_a_user_reads_about_itself(on_behalf_of: For, entra: Entra) -> None:
    bob = on_behalf_of("bob", "User.Read")
    assert bob.get("/me")["id"] == entra.people[1].object_id
    assert bob.get(f"/users/{entra.people[1].object_id}")["displayName"] == "Bob Builder"
    [group] = bob.items("/me/memberOf")
    assert group["@odata.type"] == "#microsoft.graph.group"
    bob.refused(403, "GET", f"/users/{entra.people[0].object_id}")
    bob.refused(403, "GET", "/users")


def test_an_application_has_no_self(graph: DirectoryClient) -> None:
    error = graph.refused(400, "GET", "/me")
    assert error["message"] == "/me request is only valid with delegated authentication flow."


def test_writing_users_takes_a_scope_and_a_directory_role(on_behalf_of: For, entra: Entra) -> None:
    scopes = ("User.Read.All", "User.ReadUpdate.All")
    carol = f"/users/{entra.people[2].object_id}"
    alice = on_behalf_of("alice", *scopes)
    alice.patch(carol, {"department": "IT"})
    alice.refused(403, "POST", "/groups", {})


def test_a_role_without_the_scope_is_not_enough(on_behalf_of: For, entra: Entra) -> None:
    carol = f"/users/{entra.people[2].object_id}"
    on_behalf_of("alice", "User.Read.All").refused(403, "PATCH", carol, {"department": "IT"})


def test_a_scope_without_the_role_is_not_enough(on_behalf_of: For, entra: Entra) -> None:
    carol = f"/users/{entra.people[2].object_id}"
    bob = on_behalf_of("bob", "User.Read.All", "User.ReadUpdate.All")
    assert bob.get(carol)["displayName"] == "Carol Viewer"
    bob.refused(403, "PATCH", carol, {"department": "IT"})


def test_who_owns_an_application_changes_it(
    on_behalf_of: For, app: LoginApplication, entra: Entra
) -> None:
    bob = on_behalf_of("bob", "Application.ReadWrite.All")
    bob.refused(403, "PATCH", app.path, {"notes": "x"})
    owner = {"@odata.id": f"{bob.base()}/directoryObjects/{entra.people[1].object_id}"}
    app.graph.post(f"{app.path}/owners/$ref", owner, expect=204)
    bob.patch(app.path, {"notes": "x"})


def test_a_deleted_user_is_signed_out(on_behalf_of: For, entra: Entra) -> None:
    bob = on_behalf_of("bob", "User.Read")
    user = entra.tenant.user_called("bob@contoso.example")
    assert user
    entra.tenant.users.remove(user)
    assert bob.refused(401, "GET", "/me")["code"] == "InvalidAuthenticationToken"


@pytest.mark.provokes_unknown_calls
def test_what_guests_may_read_is_not_guessed_at(on_behalf_of: For) -> None:
    guest = on_behalf_of("dave", "User.Read.All")
    guest.refused(501, "GET", "/users")


def test_a_directory_role_that_means_nothing_is_an_error(tmp_path: Path) -> None:
    text = COMPANY.read_text().replace(
        "    groups: [marketing]", "    groups: [marketing]\n    directory_roles: [Emperor]"
    )
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(text)
    with pytest.raises(ScenarioError, match="'Emperor', which is no directory role here"):
        load_scenario(wrong)
