"""Which identity the environment names: the azuread provider's variables in its order."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.cloud import PUBLIC
from graph.credentials import Kind, build_credential, choose_credential
from graph.errors import NoCredentialError

CERTIFICATE = {"ARM_CLIENT_CERTIFICATE_PATH": "/c.pfx", "ARM_CLIENT_CERTIFICATE_PASSWORD": "p"}
SECRET = {"ARM_CLIENT_SECRET": "s3cret"}
OIDC = {"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "t0ken"}
MSI = {"ARM_USE_MSI": "true"}


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        (CERTIFICATE | SECRET | OIDC | MSI, "certificate"),
        (SECRET | OIDC | MSI, "secret"),
        (OIDC | MSI, "token"),
        (MSI, "msi"),
        ({}, "cli"),
        ({"AZURE_CLIENT_SECRET": "s"}, "secret"),
        ({"ARM_CLIENT_CERTIFICATE": "YWJj"}, "certificate"),
        ({"AZURE_FEDERATED_TOKEN_FILE": "/t"}, "token file"),
        ({"ARM_USE_OIDC": "1", "ARM_OIDC_TOKEN_FILE_PATH": "/t"}, "token file"),
        ({"ARM_OIDC_TOKEN": "t"}, "cli"),
        (
            {
                "ARM_USE_OIDC": "true",
                "ACTIONS_ID_TOKEN_REQUEST_URL": "https://runner/token",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "b",
            },
            "token request",
        ),
    ],
)
def test_the_first_complete_identity_is_taken(variables: dict[str, str], kind: Kind) -> None:
    source = choose_credential({"ARM_CLIENT_ID": "app"} | variables)

    assert source.kind == kind


def test_the_client_id_may_have_azures_name_or_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "client-id"
    file.write_text("from-file\n")

    assert choose_credential({"AZURE_CLIENT_ID": "app"} | SECRET).client_id == "app"
    assert choose_credential({"ARM_CLIENT_ID_FILE_PATH": str(file)} | SECRET).client_id == (
        "from-file"
    )


def test_a_secret_without_client_id_is_no_identity() -> None:
    assert choose_credential(SECRET).kind == "cli"


def test_without_any_identity_the_error_lists_what_was_looked_for() -> None:
    with pytest.raises(NoCredentialError) as caught:
        choose_credential(SECRET | {"ARM_USE_CLI": "false"})

    message = str(caught.value)
    assert "ARM_CLIENT_ID is not set" in message
    assert "s3cret" not in message
    for variable in ("ARM_CLIENT_SECRET", "ARM_OIDC_TOKEN_FILE_PATH", "ARM_USE_MSI", "az login"):
        assert variable in message


def test_no_secret_is_shown_by_an_identity() -> None:
    for variables in (SECRET, OIDC, CERTIFICATE):
        shown = repr(choose_credential({"ARM_CLIENT_ID": "app"} | variables))
        assert "s3cret" not in shown
        assert "t0ken" not in shown
        assert "'p'" not in shown


@pytest.mark.parametrize("variables", [SECRET, OIDC, MSI, {}])
def test_every_identity_has_a_credential(variables: dict[str, str]) -> None:
    """Made only: nothing is asked before the first token."""
    source = choose_credential({"ARM_CLIENT_ID": "app"} | variables)

    credential = build_credential(source, "3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d", PUBLIC)

    assert callable(credential.get_token)
