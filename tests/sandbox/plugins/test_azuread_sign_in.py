"""How the azuread stand-in finds its tenant and signs in to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.plugins.azuread.provider import AzureadProvider
from tests.sandbox.plugins.directory_recorder import (
    TENANT,
    DirectoryRecorder,
)
from tests.sandbox.plugins.engine import Plugin, RpcError, in_process


@pytest.fixture
def plugin(directory: DirectoryRecorder) -> Iterator[Plugin]:
    with in_process(AzureadProvider()) as plugin:
        plugin.configure(metadataHost=directory.url.removeprefix("https://"))
        directory.recorded.clear()
        yield plugin


def test_configuring_finds_the_cloud_and_signs_in_at_once(directory: DirectoryRecorder) -> None:
    with in_process(AzureadProvider()) as plugin:
        plugin.configure(metadataHost=directory.url.removeprefix("https://"))
    metadata, token = directory.recorded
    assert metadata.path == "metadata/endpoints?api-version=2022-09-01"
    assert token.body == {
        "client_id": ["client"],
        "client_secret": ["hunter2"],
        "grant_type": ["client_credentials"],
        "scope": [f"{directory.url}/.default"],
    }


def test_a_federated_token_takes_the_place_of_the_secret(
    directory: DirectoryRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARM_CLIENT_SECRET")
    monkeypatch.setenv("ARM_USE_OIDC", "true")
    monkeypatch.setenv("ARM_OIDC_TOKEN", "a.b.c")
    with in_process(AzureadProvider()) as plugin:
        plugin.configure(metadataHost=directory.url.removeprefix("https://"))
    form = directory.recorded[-1].body
    assert form["client_assertion"] == ["a.b.c"]
    assert form["client_assertion_type"] == [
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    ]
    assert "client_secret" not in form


def test_a_refused_credential_fails_the_configuration_without_showing_it(
    directory: DirectoryRecorder,
) -> None:
    directory.answer_next("POST", f"{TENANT}/oauth2/v2.0/token", 401, "x", "AADSTS7000215: wrong")
    with in_process(AzureadProvider()) as plugin:
        with pytest.raises(RpcError, match="AADSTS7000215") as caught:
            plugin.configure(metadataHost=directory.url.removeprefix("https://"))
        assert "hunter2" not in str(caught.value)


def test_without_a_metadata_host_it_does_not_go_to_the_public_cloud(
    directory: DirectoryRecorder,
) -> None:
    with (
        in_process(AzureadProvider()) as plugin,
        pytest.raises(RpcError, match="only signs in to the sandbox's tenant"),
    ):
        plugin.configure(environment="public")
    assert not directory.recorded


def test_a_bad_provider_setting_is_a_check_failure(plugin: Plugin) -> None:
    token = "pulumi:providers:azuread"
    found = plugin.check_config(token, {"metadataHost": "https://x", "tenantid": "t"})
    assert set(found) == {"tenantid"}
    assert set(plugin.check_config(token, {"metadataHost": "https://x"})) == {"metadataHost"}
    assert set(plugin.check_config(token, {"environment": "moon"})) == {"environment"}
    assert not plugin.check_config(token, {"useCli": "false", "environment": "public"})


def test_a_token_that_ends_soon_is_renewed_before_the_next_call(
    directory: DirectoryRecorder,
) -> None:
    """The official plugin renews a token with less than 20 minutes left."""
    directory.token_lifetime_s = 19 * 60
    with in_process(AzureadProvider()) as plugin:
        plugin.configure(metadataHost=directory.url.removeprefix("https://"))
        before = directory.tokens_given
        plugin.invoke("azuread:index/getUsers:getUsers", returnAll=True)
        assert directory.tokens_given == before + 1
