"""azure-identity and httpx against a cloud with endpoints and an authority of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.client import connect
from graph.directory_users import find_people
from graph.errors import GraphRequestError, GraphUnreachableError, NoCredentialError, SignInError
from tests.sandbox.graph.conftest import Directory, DirectoryWithout


def test_the_identity_in_the_environment_signs_in_and_is_who_graph_sees(
    directory: Directory,
) -> None:
    with connect(directory.tenant_id, directory.cloud) as client:
        find_people(client, ["alice@contoso.example"])

    callers = {
        entry.caller_app_id for entry in directory.entra.requests if entry.path == "/v1.0/users"
    }
    assert callers == {directory.entra.deployer.client_id}


def test_one_certificate_variable_is_enough(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The azuread provider needs only SSL_CERT_FILE; the same setting must do here."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")

    with connect(directory.tenant_id, directory.cloud) as client:
        assert find_people(client, ["alice@contoso.example"]).by_name


def test_an_authority_that_is_not_named_is_not_trusted(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    with (
        connect(directory.tenant_id, directory.cloud) as client,
        pytest.raises(GraphUnreachableError, match="name its PEM file in SSL_CERT_FILE"),
    ):
        find_people(client, ["alice@contoso.example"])


def test_a_wrong_secret_is_told_by_entras_code_and_never_shown(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARM_CLIENT_SECRET", "wrong-s3cret")

    with (
        connect(directory.tenant_id, directory.cloud) as client,
        pytest.raises(SignInError, match="AADSTS7000215") as caught,
    ):
        client.get("/users")
    assert "wrong-s3cret" not in str(caught.value)


def test_no_identity_is_an_error_only_when_graph_is_asked(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARM_CLIENT_SECRET")

    with connect(directory.tenant_id, directory.cloud) as client:
        assert find_people(client, []).by_name == {}
        with pytest.raises(NoCredentialError):
            find_people(client, ["alice@contoso.example"])


def test_a_secret_in_a_file_signs_in(
    directory: Directory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    file.write_text(directory.entra.deployer.client_secret)
    monkeypatch.delenv("ARM_CLIENT_SECRET")
    monkeypatch.setenv("ARM_CLIENT_SECRET_FILE_PATH", str(file))

    with connect(directory.tenant_id, directory.cloud) as client:
        assert find_people(client, ["alice@contoso.example"]).by_name


def test_a_missing_permission_is_named(directory_without: DirectoryWithout) -> None:
    with (
        directory_without(
            "User.Read.All", "Directory.Read.All", "User.ReadUpdate.All"
        ) as directory,
        pytest.raises(GraphRequestError, match=r"403 .* application permission User\.Read\.All"),
    ):
        find_people(directory.client, ["alice@contoso.example"])
