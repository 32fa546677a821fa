"""The aws stand-in against the sandbox's EKS control plane."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2

from sandbox.certificates import CertificateAuthority
from sandbox.cluster import TrustedIssuer
from sandbox.eks import EksControlPlane, create_app
from sandbox.plugins.aws.provider import AwsProvider
from sandbox.plugins.protocol.values import UNKNOWN
from sandbox.serving import Server, bind
from sandbox.waiting import wait_until
from tests.sandbox.plugins.engine import Plugin, RpcError, in_process

PROVIDER = "pulumi:providers:aws"
CONFIG = "aws:eks/identityProviderConfig:IdentityProviderConfig"
GET_CLUSTER = "aws:eks/getCluster:getCluster"
CLUSTER = "sandbox"
REGION = "eu-central-1"
ISSUER = "https://login.example/tenant/v2.0"


@dataclass
class ApiServer:
    """An API server that takes a changed trust over at the third time of asking."""

    ca_file: Path
    server_url: str = "https://localhost:6443"
    version: str = "1.34"
    trusted: list[TrustedIssuer] = field(default_factory=list)
    polls_left: int = 0
    stuck: bool = False
    refusal: str | None = None

    def trust(self, issuers: Sequence[TrustedIssuer]) -> None:
        self.trusted = list(issuers)
        self.polls_left = 2

    def trust_is_loaded(self) -> bool:
        self.polls_left -= 1
        return not self.stuck and self.refusal is None and self.polls_left < 0

    def trust_refusal(self) -> str | None:
        return self.refusal


@dataclass(frozen=True, kw_only=True)
class Account:
    url: str
    api_server: ApiServer

    def settings(self, **more: Any) -> dict[str, Any]:
        """A provider's inputs as the SDK sends them: all but strings as JSON text."""
        return {
            "region": REGION,
            "endpoints": f'[{{"eks":"{self.url}"}}]',
            "skipCredentialsValidation": "true",
            "skipRequestingAccountId": "true",
            **more,
        }


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    ca = CertificateAuthority(tmp_path)
    api_server = ApiServer(ca_file=ca.ca_file)
    control_plane = EksControlPlane(
        api_server, cluster_name=CLUSTER, region=REGION, account_id="000000000000"
    )
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(ca.ca_file))
    key = control_plane.access_key
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key.secret_access_key)
    certificate = ca.issue("eks", "localhost")
    with Server(create_app(control_plane), bind(), certificate, "eks") as server:
        yield Account(url=server.url, api_server=api_server)


@pytest.fixture
def plugin(account: Account) -> Iterator[Plugin]:
    with in_process(AwsProvider()) as plugin:
        plugin.configure(**account.settings())
        yield plugin


def declared(**oidc: Any) -> dict[str, Any]:
    return {
        "clusterName": CLUSTER,
        "oidc": {
            "identityProviderConfigName": "entra",
            "issuerUrl": ISSUER,
            "clientId": "client",
            "usernameClaim": "upn",
            "usernamePrefix": "entra:",
            "groupsClaim": "groups",
            "groupsPrefix": "entra:",
            **oidc,
        },
        "tags": {"team": "platform"},
    }


def test_an_association_is_waited_for_and_reaches_the_api_server(
    plugin: Plugin, account: Account
) -> None:
    inputs = plugin.checked(CONFIG, declared())
    made = plugin.create(CONFIG, inputs)
    assert made.resource_id == "sandbox:entra"
    assert made.state["status"] == "ACTIVE"
    assert made.state["oidc"] == inputs["oidc"]
    assert ":identityproviderconfig/sandbox/oidc/entra/" in made.state["arn"]
    assert [issuer.issuer_url for issuer in account.api_server.trusted] == [ISSUER]
    live = plugin.read(CONFIG, made.resource_id, inputs, made.state)
    assert live is not None
    assert (live.inputs, live.state) == (inputs, made.state)
    plugin.delete(CONFIG, made.resource_id, made.state)
    assert account.api_server.trusted == []
    assert plugin.read(CONFIG, made.resource_id, inputs, made.state) is None
    plugin.delete(CONFIG, made.resource_id, made.state)


@pytest.mark.parametrize(
    "change",
    [
        {"clientId": "other"},
        {"groupsClaim": "roles"},
        {"groupsPrefix": "e:"},
        {"identityProviderConfigName": "other"},
        {"issuerUrl": "https://sts.example/tenant/"},
        {"requiredClaims": {"tid": "t"}},
        {"usernameClaim": "email"},
        {"usernamePrefix": "e:"},
        {"clientId": UNKNOWN},
    ],
    ids=lambda change: "-".join(f"{k}-{v}" for k, v in change.items()),
)
def test_every_change_of_the_trust_is_a_replacement(plugin: Plugin, change: dict[str, Any]) -> None:
    diff = plugin.diff(CONFIG, "sandbox:entra", declared(), declared(**change))
    assert diff.replaces == ["oidc"]
    assert all(path.startswith("oidc.") for path in diff.detailed)
    assert all(kind.endswith("_REPLACE") for kind in diff.detailed.values())
    assert not diff.delete_before_replace, "the official provider leaves that to the program"


def test_another_cluster_is_a_replacement(plugin: Plugin) -> None:
    new = {**declared(), "clusterName": "other"}
    assert plugin.diff(CONFIG, "sandbox:entra", declared(), new).replaces == ["clusterName"]


def test_tags_change_in_place(plugin: Plugin) -> None:
    old = plugin.checked(CONFIG, declared())
    made = plugin.create(CONFIG, old)
    new = plugin.checked(CONFIG, {**declared(), "tags": {"team": "access", "cost": "1"}})
    diff = plugin.diff(CONFIG, made.resource_id, old, new)
    assert diff.detailed == {"tags.team": "UPDATE", "tags.cost": "ADD"}
    assert plugin.update(CONFIG, made.resource_id, old, new, made.state)["tags"] == new["tags"]
    none = {name: value for name, value in new.items() if name != "tags"}
    assert plugin.update(CONFIG, made.resource_id, new, none, made.state)["tagsAll"] == {}


def test_tags_of_the_provider_go_on_everything_and_are_no_drift(account: Account) -> None:
    with in_process(AwsProvider()) as plugin:
        plugin.configure(**account.settings(defaultTags='{"tags":{"managed-by":"pulumi"}}'))
        inputs = plugin.checked(CONFIG, declared())
        made = plugin.create(CONFIG, inputs)
        assert made.state["tagsAll"] == {"team": "platform", "managed-by": "pulumi"}
        live = plugin.read(CONFIG, made.resource_id, inputs, made.state)
        assert live is not None
        assert live.inputs == inputs


def test_an_association_that_takes_too_long_is_kept_as_unfinished(
    plugin: Plugin, account: Account
) -> None:
    account.api_server.stuck = True
    inputs = plugin.checked(CONFIG, declared())
    with pytest.raises(RpcError, match="gave up after 1 s") as caught:
        plugin.create(CONFIG, inputs, timeout_s=1)
    failure = caught.value.initialisation_failure()
    assert failure.id == "sandbox:entra"
    account.api_server.stuck = False
    live = plugin.read(CONFIG, failure.id, inputs)
    assert live is not None
    assert live.inputs == inputs


def test_a_cancelled_update_stops_waiting(plugin: Plugin, account: Account) -> None:
    account.api_server.stuck = True
    with ThreadPoolExecutor(1) as other:
        creating = other.submit(plugin.create, CONFIG, plugin.checked(CONFIG, declared()))
        wait_until(lambda: account.api_server.trusted, what="the association", timeout_s=20)
        plugin.call("Cancel", empty_pb2.Empty())
        with pytest.raises(RpcError, match="cancelled while waiting") as caught:
            creating.result(timeout=20)
    assert caught.value.initialisation_failure().id == "sandbox:entra"


def test_an_association_that_failed_leaves_nothing(plugin: Plugin, account: Account) -> None:
    account.api_server.refusal = "the issuer cannot be discovered"
    with pytest.raises(RpcError, match="describe-update") as caught:
        plugin.create(CONFIG, plugin.checked(CONFIG, declared()))
    assert not caught.value.details, "there is nothing to keep in the state"


def test_what_the_service_refuses_shows_its_code_and_message(plugin: Plugin) -> None:
    plugin.create(CONFIG, plugin.checked(CONFIG, declared()))
    again = declared(identityProviderConfigName="second")
    with pytest.raises(RpcError, match=r"AssociateIdentityProviderConfig, [A-Za-z]+Exception: "):
        plugin.create(CONFIG, plugin.checked(CONFIG, again))


def test_a_preview_knows_the_name_and_not_the_rest(plugin: Plugin, account: Account) -> None:
    preview = plugin.preview(CONFIG, plugin.checked(CONFIG, declared(clientId=UNKNOWN)))
    assert preview["identityProviderConfigName"] == "entra"
    assert preview["arn"] is UNKNOWN
    assert preview["oidc"]["clientId"] is UNKNOWN
    assert account.api_server.trusted == []


def test_bad_inputs_are_check_failures(plugin: Plugin) -> None:
    found = plugin.failures(CONFIG, declared(issuerUrl="http://login.example", usernameClaim=""))
    assert set(found) == {"oidc.issuerUrl", "oidc.usernameClaim"}
    found = plugin.failures(CONFIG, declared(groupPrefix="x"))
    assert "did you mean 'groupsPrefix'" in found["oidc.groupPrefix"]
    assert set(plugin.failures(CONFIG, {**declared(), "region": "us-east-1"})) == {"region"}


def test_an_association_can_be_imported(plugin: Plugin) -> None:
    inputs = plugin.checked(CONFIG, declared())
    made = plugin.create(CONFIG, inputs)
    imported = plugin.read(CONFIG, made.resource_id)
    assert imported is not None
    assert imported.inputs == inputs


def test_the_cluster_is_found_by_its_name(plugin: Plugin, account: Account) -> None:
    cluster = plugin.invoke(GET_CLUSTER, name=CLUSTER)
    assert cluster["endpoint"] == account.api_server.server_url
    assert cluster["certificateAuthorities"][0]["data"]
    assert cluster["identities"][0]["oidcs"][0]["issuer"].startswith("https://oidc.eks.")
    with pytest.raises(RpcError, match="ResourceNotFoundException"):
        plugin.invoke(GET_CLUSTER, name="elsewhere")


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("endpoints", r"has no endpoints\[\]\.eks: it only talks to the sandbox's EKS"),
        ("region", "has no region"),
        ("skipRequestingAccountId", "lacks skipRequestingAccountId"),
    ],
)
def test_without_the_sandboxs_address_nothing_is_called(
    account: Account, missing: str, message: str
) -> None:
    settings = account.settings()
    del settings[missing]
    with in_process(AwsProvider()) as plugin, pytest.raises(RpcError, match=message):
        plugin.configure(**settings)


def test_an_unknown_provider_setting_is_a_check_failure(plugin: Plugin, account: Account) -> None:
    assert plugin.check_config(PROVIDER, account.settings(endpoint="x"))
    assert not plugin.check_config(PROVIDER, account.settings())
