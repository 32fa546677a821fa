"""The API server by the official Kubernetes client and by kubectl, with tokens of the tenant."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from sandbox.browser import HttpBrowser
from sandbox.sandbox import Sandbox
from sandbox.tools.recipe import KUBECTL
from sandbox.tools.release import ReleaseHosts
from sandbox.tools.resolver import Resolver, Tools
from tests.system.conftest import Deployment, deploy

pytestmark = [pytest.mark.engine, pytest.mark.apiserver]

ALICE = "alice@contoso.example"
CAROL = "carol@contoso.example"
NAMESPACE = "team-a"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody's kubeconfig, whose user comes from a command as with kubectl's plugin."""

    name: str
    kubeconfig: Path

    def api(self) -> client.ApiClient:
        return config.new_client_from_config(config_file=str(self.kubeconfig))


@pytest.fixture(scope="module")
def deployment(
    sandbox: Sandbox, tools: Tools, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """The stack `sandbox`, up; the sandbox is others' too, so it goes again."""
    deployed = deploy("sandbox", sandbox, tools, tmp_path_factory)
    yield deployed
    deployed.stack.destroy()


@pytest.fixture(scope="module")
def people(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Person]:
    folder = tmp_path_factory.mktemp("kubeconfigs")
    return {name: _person(deployment, name, folder) for name in (ALICE, CAROL)}


@pytest.fixture(scope="module")
def kubectl() -> Path:
    """A kubectl of the API server's version: found, downloaded or built."""
    return Resolver(os.environ, ReleaseHosts(), lambda _line: None).executable(KUBECTL)


def _person(deployment: Deployment, name: str, folder: Path) -> Person:
    endpoints = deployment.sandbox.endpoints
    browser = HttpBrowser(name, deployment.person(name).password, Path(endpoints.ca_file))
    tokens = deployment.clients()["kubectl"].sign_in(browser, login_hint=name)
    credential = folder / f"{name}.json"
    credential.write_text(
        json.dumps(
            {
                "apiVersion": "client.authentication.k8s.io/v1",
                "kind": "ExecCredential",
                "status": {"token": tokens.id_token},
            }
        )
    )
    plugin = folder / f"{name}.sh"
    plugin.write_text(f"#!/bin/sh\nexec cat '{credential}'\n")
    plugin.chmod(stat.S_IRWXU)
    kubeconfig = folder / f"{name}.kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(_kubeconfig(deployment, plugin)))
    return Person(name=name, kubeconfig=kubeconfig)


def _kubeconfig(deployment: Deployment, plugin: Path) -> dict[str, Any]:
    endpoints = deployment.sandbox.endpoints
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
        "contexts": [{"name": "entra", "context": {"cluster": "sandbox", "user": "entra"}}],
        "users": [
            {
                "name": "entra",
                "user": {
                    "exec": {
                        "apiVersion": "client.authentication.k8s.io/v1",
                        "command": str(plugin),
                        "interactiveMode": "Never",
                    }
                },
            }
        ],
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
    credential = json.loads(people[CAROL].kubeconfig.with_name(f"{CAROL}.json").read_text())
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


def _status(answer: Any) -> dict[str, Any]:
    """Return an answer's status as it came over the wire."""
    return json.loads(json.dumps(client.ApiClient().sanitize_for_serialization(answer)))["status"]


def _run(
    kubectl: Path, person: Person, *arguments: str, status: int = 0
) -> subprocess.CompletedProcess[str]:
    answer = subprocess.run(
        [str(kubectl), "--kubeconfig", str(person.kubeconfig), *arguments],
        env={"PATH": os.defpath, "HOME": str(person.kubeconfig.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == status, answer.stderr
    return answer
