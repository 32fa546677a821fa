"""A stack that was there before CI, given its two identities by a person, and run as each of them.

Pulumi's provider for Kubernetes compares the kubeconfig it was given: everybody here uses one file,
as everybody uses one `exec` entry on a real cluster, and whom it signs in is changed in it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from components.ci_identities import DEPLOY_ROLES, PREVIEW_ROLES
from sandbox.endpoints import DeployerCredentials
from sandbox.entra.directory.seeding import add_deployer
from sandbox.entra.entra import utcnow
from sandbox.entra.identifiers import Identifiers
from sandbox.entra.scenario import load_scenario
from sandbox.sandbox import COMPANY, Sandbox
from sandbox.stack import RehearsedStack
from sandbox.tools.resolver import Tools
from tests.system.workflow_tokens import WorkflowTokens

REPOSITORY = "repo:contoso@5544123/platform@821093847"
PULL_REQUEST = f"{REPOSITORY}:pull_request"
ENVIRONMENT = f"{REPOSITORY}:environment:sandbox"
READERS = "entra-eks-sso:preview"
ADMINISTRATOR_ROLES = (
    # A person with Cloud Application Administrator and Privileged Role Administrator.
    *("Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "Directory.Read.All"),
    *("DelegatedPermissionGrant.ReadWrite.All", "Policy.Read.All", "User.ReadUpdate.All"),
    "Policy.ReadWrite.ApplicationConfiguration",
)


@dataclass(frozen=True, kw_only=True)
class CiStack:
    """The stack `sandbox` with its two CI identities."""

    sandbox: Sandbox
    tokens: WorkflowTokens
    tools: Tools
    folder: Path
    administrator: RehearsedStack

    @property
    def settings(self) -> dict[str, Any]:
        """What the stack's configuration has on top of what is committed."""
        return ci_settings(self.tokens.url)

    def client_id(self, of: str) -> str:
        return self.administrator.output(
            {"preview": "ciPreviewClientId"}.get(of, "ciDeployClientId")
        )

    def job(self, of: str, subject: str | None = None) -> dict[str, str]:
        """The environment of a job that signs in as one of the two."""
        own = {"preview": PULL_REQUEST, "deploy": ENVIRONMENT}[of]
        return self.tokens.job(subject or own, self.client_id(of))

    @contextmanager
    def running_as(self, of: str) -> Iterator[RehearsedStack]:
        """The stack as one of the two runs it, with what the cluster lets it do."""
        kubeconfig = Path(self.administrator.endpoints.kubeconfig)
        if of == "preview":
            act_as(kubeconfig, self.sandbox, "ci-preview", READERS)
        stack = RehearsedStack(
            "sandbox",
            self.administrator.endpoints,
            self.tools,
            self.folder,
            identity=self.job(of),
        )
        yield stack
        act_as(kubeconfig, self.sandbox)

    @contextmanager
    def graph_as(self, of: str) -> Iterator[httpx.Client]:
        """Microsoft Graph as one of the two sees it."""
        answer = self.sign_in(self.job(of))
        assert answer.status_code == 200, answer.text
        with httpx.Client(
            base_url=f"{self.sandbox.endpoints.graph_url}/v1.0",
            headers={"Authorization": f"Bearer {answer.json()['access_token']}"},
            verify=self.sandbox.authority.client_context(),
        ) as http:
            yield http

    def sign_in(self, job: Mapping[str, str]) -> httpx.Response:
        """Ask the token endpoint for a token of Microsoft Graph, as a job of a workflow does."""
        endpoints = self.sandbox.endpoints
        with httpx.Client(verify=self.sandbox.authority.client_context()) as http:
            assertion = http.get(
                job["ACTIONS_ID_TOKEN_REQUEST_URL"],
                params={"audience": "api://AzureADTokenExchange"},
                headers={"Authorization": f"Bearer {job['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"},
            ).json()["value"]
            return http.post(
                f"{endpoints.login_url}/{endpoints.tenant_id}/oauth2/v2.0/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": job["ARM_CLIENT_ID"],
                    "client_assertion_type": (
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
                    ),
                    "client_assertion": assertion,
                    "scope": f"{endpoints.graph_url}/.default",
                },
            )


def ci_settings(issuer: str) -> dict[str, Any]:
    """The setting `ci`, with GitHub's subjects and an issuer on loopback."""

    def credential(subject: str) -> dict[str, Any]:
        return {"workflow": {"issuer": issuer, "subject": subject}}

    return {
        "ci": {
            "preview": {
                "federatedCredentials": credential(PULL_REQUEST),
                "kubernetesGroup": READERS,
            },
            "deploy": {"federatedCredentials": credential(ENVIRONMENT)},
        }
    }


def act_as(kubeconfig: Path, sandbox: Sandbox, user: str = "", group: str = "") -> None:
    """Write the kubeconfig of the administrator, or of somebody whom it acts as."""
    config = yaml.safe_load(sandbox.cluster.admin_kubeconfig.read_text())
    if user:
        config["users"][0]["user"] |= {"as": user, "as-groups": [group, "system:authenticated"]}
    kubeconfig.write_text(yaml.safe_dump(config))


def add_identity(sandbox: Sandbox, name: str, roles: tuple[str, ...]) -> DeployerCredentials:
    """Register an application with these Microsoft Graph roles and a secret."""
    scenario = load_scenario(COMPANY)
    deployer = scenario.deployer.model_copy(update={"display_name": name, "graph_roles": roles})
    added = add_deployer(
        sandbox.entra.tenant,
        scenario.model_copy(update={"deployer": deployer}),
        Identifiers(None),
        utcnow(),
    )
    return DeployerCredentials(client_id=added.client_id, client_secret=added.client_secret)


def bootstrap(sandbox: Sandbox, tokens: WorkflowTokens, tools: Tools, folder: Path) -> CiStack:
    """Bring the stack up as its deployer, then give it its CI identities as an administrator."""
    kubeconfig = folder / "kubeconfig"
    act_as(kubeconfig, sandbox)
    endpoints = dataclasses.replace(sandbox.endpoints, kubeconfig=str(kubeconfig))
    first = RehearsedStack("sandbox", endpoints, tools, folder)
    first.init()
    first.up()
    credentials = add_identity(sandbox, "administrator", ADMINISTRATOR_ROLES)
    administrator = RehearsedStack(
        "sandbox", dataclasses.replace(endpoints, deployer=credentials), tools, folder
    )
    administrator.configure(ci_settings(tokens.url))
    administrator.up()
    return CiStack(
        sandbox=sandbox, tokens=tokens, tools=tools, folder=folder, administrator=administrator
    )


ROLES = {"preview": PREVIEW_ROLES, "deploy": DEPLOY_ROLES}
