"""The sandbox's directory with one application declared in it over Microsoft Graph, by hand.

By hand, so that the relying parties are tested without the program, the engine and the plugins.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from sandbox.browser import HttpBrowser
from sandbox.certificates import CertificateAuthority, IssuedCertificate
from sandbox.entra import Entra, EntraEndpoints
from sandbox.entra.scenario import load_scenario
from sandbox.serving import Server, bind, url_of
from verify.relying_party import KubectlClient, PortalClient

COMPANY = Path(__file__).parents[3] / "sandbox" / "scenarios" / "company.yaml"
KUBECTL_REDIRECT_URI = "http://localhost:8000"
MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000"
DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTenant:
    entra: Entra
    issuers: dict[str, str]
    client_id: str
    client_secret: str
    portal_url: str
    ca_file: Path
    certificate: IssuedCertificate

    def kubectl(self, *flags: str, version: str = "v2") -> KubectlClient:
        arguments = [
            "oidc-login",
            "get-token",
            f"--oidc-issuer-url={self.issuers[version]}",
            f"--oidc-client-id={self.client_id}",
            "--oidc-pkce-method=S256",
            *flags,
        ]
        entry = {"exec": {"command": "kubectl", "args": arguments}}
        return KubectlClient.from_user_entry(entry, ca_file=self.ca_file)

    def portal(self, **settings: str) -> PortalClient:
        return PortalClient.from_settings(
            self.config_map() | settings, self.secret(), ca_file=self.ca_file
        )

    def config_map(self) -> dict[str, str]:
        return {
            "PORTAL_URL": self.portal_url,
            "OIDC_ISSUER_URL": self.issuers["v2"],
            "OIDC_CLIENT_ID": self.client_id,
        }

    def secret(self) -> dict[str, str]:
        return {"OIDC_CLIENT_SECRET": self.client_secret, "SERVER_SECRET": "server secret"}

    def browser_of(self, name: str, *, password: str | None = None) -> HttpBrowser:
        """Return the browser of the person whose user principal name starts with `name`."""
        person = next(
            person for person in self.entra.people if person.user_principal_name.startswith(name)
        )
        return HttpBrowser(person.user_principal_name, password or person.password, self.ca_file)


@contextmanager
def declared_tenant(folder: Path, portal_url: str) -> Iterator[DeclaredTenant]:
    """Serve a directory whose application both clients can use; erin is not assigned to it."""
    ca = CertificateAuthority(folder)
    certificate = ca.issue("sandbox", "localhost", "127.0.0.1")
    scenario = load_scenario(COMPANY)
    sockets = {name: bind() for name in ("login", "sts", "graph")}
    urls = {name: url_of(sock) for name, sock in sockets.items()}
    entra = Entra(scenario, EntraEndpoints(**urls))
    apps = {"login": entra.login_app, "sts": entra.sts_app, "graph": entra.graph_app}
    with ExitStack() as running:
        for name, app in apps.items():
            running.enter_context(Server(app, sockets[name], certificate, name))
        http = running.enter_context(httpx.Client(verify=ca.client_context(), trust_env=False))
        graph = _Graph(http, urls["graph"], _deployer_token(http, entra, urls, scenario.tenant_id))
        client_id, client_secret = _declare(graph, entra, scenario, portal_url)
        yield DeclaredTenant(
            entra=entra,
            issuers={
                "v1": f"{urls['sts']}/{scenario.tenant_id}/",
                "v2": f"{urls['login']}/{scenario.tenant_id}/v2.0",
            },
            client_id=client_id,
            client_secret=client_secret,
            portal_url=portal_url,
            ca_file=ca.ca_file,
            certificate=certificate,
        )


@dataclass(frozen=True, slots=True)
class _Graph:
    http: httpx.Client
    url: str
    token: str

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._call("POST", path, json=body)

    def get(self, path: str) -> dict[str, Any]:
        return self._call("GET", path)

    def bind(self, object_id: str) -> str:
        return f"{self.url}/v1.0/directoryObjects/{object_id}"

    def _call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        response = self.http.request(method, f"{self.url}/v1.0{path}", headers=headers, **options)
        assert response.is_success, f"{method} {path}: {response.text}"
        return response.json()


def _deployer_token(http: httpx.Client, entra: Entra, urls: dict[str, str], tenant_id: str) -> str:
    response = http.post(
        f"{urls['login']}/{tenant_id}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": entra.deployer.client_id,
            "client_secret": entra.deployer.client_secret,
            "scope": f"{urls['graph']}/.default",
        },
    )
    assert response.is_success, response.text
    return response.json()["access_token"]


def _declare(graph: _Graph, entra: Entra, scenario: Any, portal_url: str) -> tuple[str, str]:
    owner = {"owners@odata.bind": [graph.bind(entra.deployer.object_id)]}
    application = graph.post(
        "/applications",
        {
            "displayName": "kuberocketci",
            "signInAudience": "AzureADMyOrg",
            "web": {"redirectUris": [f"{portal_url}/auth/callback"]},
            "publicClient": {"redirectUris": [KUBECTL_REDIRECT_URI]},
            "groupMembershipClaims": "ApplicationGroup",
            "optionalClaims": {"idToken": [{"name": "email"}, {"name": "upn"}]},
            **owner,
        },
    )
    password = graph.post(
        f"/applications/{application['id']}/addPassword",
        {"passwordCredential": {"displayName": "portal"}},
    )
    principal = graph.post(
        "/servicePrincipals",
        {"appId": application["appId"], "appRoleAssignmentRequired": True, **owner},
    )
    found = graph.get(f"/servicePrincipals?$filter=appId eq '{MICROSOFT_GRAPH}'")
    graph.post(
        "/oauth2PermissionGrants",
        {
            "clientId": principal["id"],
            "consentType": "AllPrincipals",
            "resourceId": found["value"][0]["id"],
            "scope": "openid profile email offline_access",
        },
    )
    for name in ("platform-admins", "team-a-developers"):
        graph.post(
            f"/servicePrincipals/{principal['id']}/appRoleAssignedTo",
            {
                "principalId": scenario.group(name).object_id,
                "resourceId": principal["id"],
                "appRoleId": DEFAULT_ACCESS,
            },
        )
    return application["appId"], password["secretText"]
