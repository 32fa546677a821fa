"""The API server by the official Kubernetes client and by kubectl, from sign-in to RBAC.

Both start what the program's own kubeconfig user names, `kubectl oidc-login get-token`; what stands
in the place of int128/kubelogin says `oidc_login`.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from sandbox.endpoints import Endpoints
from sandbox.sandbox import Sandbox
from sandbox.tools.recipe import KUBECTL
from sandbox.tools.release import ReleaseHosts
from sandbox.tools.resolver import Resolver, Tools
from tests.conformance.oidc_login import OidcLogin, free_redirect_uri
from tests.system.conftest import Deployment, deploy

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

ALICE = "alice@contoso.example"
CAROL = "carol@contoso.example"
NAMESPACE = "team-a"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody at a machine of their own: the program's kubeconfig user, a plugin, a browser."""

    machine: OidcLogin
    kubeconfig: Path
    options: tuple[str, ...]
    """What the kubeconfig starts the plugin with."""

    def api(self) -> client.ApiClient:
        return config.new_client_from_config(config_file=str(self.kubeconfig))

    def get_token(self, *more: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Run the plugin as kubectl would, with more options."""
        return self.machine.get_token(*self.options, *more, status=status)


@pytest.fixture(scope="module")
def deployment(
    sandbox: Sandbox, tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """The stack `sandbox`, up; the sandbox is others' too, so it goes again."""
    # Not kubelogin's own port, where another test may be listening.
    settings = {"kubectl": {"redirectUri": free_redirect_uri()}}
    deployed = deploy("sandbox", sandbox, tools, tmp_path_factory, settings)
    yield deployed
    deployed.stack.destroy()


@pytest.fixture(scope="module")
def kubectl() -> Path:
    """A kubectl of the API server's version: found, downloaded or built."""
    return Resolver(os.environ, ReleaseHosts(), lambda _line: None).executable(KUBECTL)


@pytest.fixture(scope="module")
def people(
    deployment: Deployment, kubectl: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Person]:
    folder = tmp_path_factory.mktemp("people")
    return {name: _person(deployment, name, kubectl, folder) for name in (ALICE, CAROL)}


def _person(deployment: Deployment, name: str, kubectl: Path, folder: Path) -> Person:
    endpoints = deployment.sandbox.endpoints
    home = folder / name
    machine = OidcLogin.at(
        home,
        user=name,
        password=deployment.person(name).password,
        ca_file=endpoints.ca_file,
        redirect_uri=deployment.stack.settings().kubectl.redirect_uri,
        also_on_the_path=kubectl.parent,
    )
    user = deployment.stack.output("kubeconfigUser")
    plugin, *options = user["user"]["exec"]["args"][1:]
    assert plugin == "get-token"
    kubeconfig = home / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(_kubeconfig(endpoints, user, machine.environment)))
    return Person(machine=machine, kubeconfig=kubeconfig, options=tuple(options))


def _kubeconfig(
    endpoints: Endpoints, user: Mapping[str, Any], environment: Mapping[str, str]
) -> dict[str, Any]:
    plugin = {
        **user["user"]["exec"],
        "env": [{"name": name, "value": value} for name, value in environment.items()],
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "entra",
        "clusters": [
            {
                "name": "sandbox",
                "cluster": {
                    "server": endpoints.kubernetes_url,
                    "certificate-authority": endpoints.kubernetes_ca_file,
                },
            }
        ],
        "contexts": [{"name": "entra", "context": {"cluster": "sandbox", "user": user["name"]}}],
        "users": [{"name": user["name"], "user": {"exec": plugin}}],
    }


def test_the_client_learns_who_it_is(deployment: Deployment, people: dict[str, Person]) -> None:
    with people[CAROL].api() as api:
        review = client.AuthenticationV1Api(api).create_self_subject_review(
            client.V1SelfSubjectReview()
        )
    user = _status(review)["userInfo"]

    assert user["username"] == f"entra:{CAROL}"
    groups = [deployment.scenario.group(name) for name in deployment.scenario.person(CAROL).groups]
    declared = {f"entra:{group.object_id}" for group in groups}
    assert declared
    assert set(user["groups"]) == {*declared, "system:authenticated"}


@pytest.mark.parametrize(
    ("person", "verb", "resource", "namespace", "allowed"),
    [
        (ALICE, "delete", "namespaces", None, True),
        (CAROL, "delete", "namespaces", None, False),
        (CAROL, "list", "pods", NAMESPACE, True),
        (CAROL, "list", "pods", "kube-system", False),
    ],
)
def test_the_client_learns_what_it_may(
    people: dict[str, Person],
    person: str,
    verb: str,
    resource: str,
    namespace: str | None,
    allowed: bool,
) -> None:
    attributes = client.V1ResourceAttributes(verb=verb, resource=resource, namespace=namespace)
    question = client.V1SelfSubjectAccessReview(
        spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
    )
    with people[person].api() as api:
        answer = client.AuthorizationV1Api(api).create_self_subject_access_review(question)

    assert _status(answer)["allowed"] is allowed


def test_the_client_is_let_in_and_kept_out(people: dict[str, Person]) -> None:
    with people[CAROL].api() as api:
        core = client.CoreV1Api(api)
        assert core.list_namespaced_pod(NAMESPACE).items == []
        with pytest.raises(ApiException) as refused:
            core.list_namespaced_secret("kube-system")

    assert refused.value.status == 403
    message = json.loads(str(refused.value.body))["message"]
    assert f'User "entra:{CAROL}" cannot list resource "secrets"' in message


def test_a_token_that_was_tampered_with_is_refused(
    deployment: Deployment, people: dict[str, Person]
) -> None:
    settings = client.Configuration(host=deployment.sandbox.endpoints.kubernetes_url)
    settings.ssl_ca_cert = deployment.sandbox.endpoints.kubernetes_ca_file
    credential = json.loads(people[CAROL].get_token().stdout)
    header, _, signature = credential["status"]["token"].split(".")
    settings.api_key = {"authorization": f"Bearer {header}.e30.{signature}"}
    with client.ApiClient(settings) as api, pytest.raises(ApiException) as refused:
        client.AuthenticationV1Api(api).create_self_subject_review(client.V1SelfSubjectReview())

    assert refused.value.status == 401


def test_kubectl_signs_in_by_its_exec_plugin(kubectl: Path, people: dict[str, Person]) -> None:
    whoami = json.loads(_run(kubectl, people[ALICE], "auth", "whoami", "-o", "json").stdout)
    assert whoami["status"]["userInfo"]["username"] == f"entra:{ALICE}"

    assert _run(kubectl, people[ALICE], "auth", "can-i", "*", "*").stdout == "yes\n"
    kept_out = _run(kubectl, people[CAROL], "get", "secrets", "-n", "kube-system", status=1)
    assert f'Error from server (Forbidden): secrets is forbidden: User "entra:{CAROL}"' in (
        kept_out.stderr
    )
    let_in = _run(kubectl, people[CAROL], "get", "pods", "-n", NAMESPACE)
    assert "No resources found" in let_in.stderr


def test_the_plugin_signs_in_once_and_refreshes(people: dict[str, Person]) -> None:
    first = people[ALICE].get_token()
    again = people[ALICE].get_token()
    refreshed = people[ALICE].get_token("--force-refresh")

    assert again.stdout == first.stdout, "the token is good for an hour"
    assert refreshed.stderr == "refreshed\n"
    before, after = (_claims(answer.stdout) for answer in (again, refreshed))
    assert after["uti"] != before["uti"]
    assert after["upn"] == ALICE
    assert after["groups"] == before["groups"]


def test_the_plugin_is_held_to_the_issuer_to_the_letter(people: dict[str, Person]) -> None:
    issuer = _option(people[ALICE], "--oidc-issuer-url")

    refused = people[ALICE].get_token(f"--oidc-issuer-url={issuer}/", "--force-refresh", status=1)

    assert "did not match the issuer URL returned by provider" in refused.stderr


def test_there_is_no_device_code_for_an_application_without_public_client_flows(
    people: dict[str, Person],
) -> None:
    refused = people[CAROL].get_token("--grant-type=device-code", status=1)

    assert "AADSTS7000218" in refused.stderr


def _option(person: Person, name: str) -> str:
    (value,) = (text.partition("=")[2] for text in person.options if text.startswith(f"{name}="))
    return value


def _claims(credential: str) -> dict[str, Any]:
    return jwt.decode(
        json.loads(credential)["status"]["token"], options={"verify_signature": False}
    )


def _status(answer: Any) -> dict[str, Any]:
    """Return an answer's status as it came over the wire."""
    return json.loads(json.dumps(client.ApiClient().sanitize_for_serialization(answer)))["status"]


def _run(
    kubectl: Path, person: Person, *arguments: str, status: int = 0
) -> subprocess.CompletedProcess[str]:
    command = (kubectl, "--kubeconfig", person.kubeconfig, *arguments)
    return person.machine.run(*command, status=status)
