"""Microsoft Graph for tests: bare httpx with a token that the token endpoint issued."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.entra import Entra

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
_names = itertools.count(1)


@dataclass(frozen=True, slots=True)
class DirectoryClient:
    """Calls Microsoft Graph as one application."""

    entra: Entra
    http: httpx.Client
    token: str

    @classmethod
    def of_deployer(cls, entra: Entra, http: httpx.Client) -> DirectoryClient:
        deployer = entra.deployer
        return cls(entra, http, token_of(entra, http, deployer.client_id, deployer.client_secret))

    @classmethod
    def with_roles(cls, entra: Entra, http: httpx.Client, roles: Sequence[str]) -> DirectoryClient:
        """Register an application that has these roles, through Graph itself."""
        deployer = cls.of_deployer(entra, http)
        application = deployer.post("/applications", {"displayName": f"caller-{next(_names)}"})
        path = f"/applications/{application['id']}"
        secret = deployer.post(f"{path}/addPassword", {"passwordCredential": {}}, expect=200)
        client = deployer.post("/servicePrincipals", {"appId": application["appId"]})
        resource = deployer.service_principal(GRAPH_APP_ID)
        role_ids = {role["value"]: role["id"] for role in resource["appRoles"]}
        for role in roles:
            deployer.post(
                f"/servicePrincipals/{resource['id']}/appRoleAssignedTo",
                {
                    "principalId": client["id"],
                    "resourceId": resource["id"],
                    "appRoleId": role_ids[role],
                },
            )
        token = token_of(entra, http, application["appId"], secret["secretText"])
        return cls(entra, http, token)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: str = "v1.0",
        consistency_level: str | None = None,
        **query: str,
    ) -> httpx.Response:
        """Call Graph; `filter="..."` becomes `$filter` and so on."""
        asked_for = {"ConsistencyLevel": consistency_level} if consistency_level else {}
        address = path if path.startswith("https:") else f"{self.base(version)}{path}"
        return self.http.request(
            method,
            address,
            json=body,
            params={f"${name}": value for name, value in query.items()} or None,
            headers={"Authorization": f"Bearer {self.token}"} | asked_for,
        )

    def base(self, version: str = "v1.0") -> str:
        return f"{self.entra.endpoints.graph}/{version}"

    def get(self, path: str, *, version: str = "v1.0", **query: str) -> Any:
        return self._expect(200, self.request("GET", path, version=version, **query)).json()

    def items(self, path: str, **query: str) -> list[Any]:
        return self.get(path, **query)["value"]

    def post(self, path: str, body: Any, *, expect: int = 201, version: str = "v1.0") -> Any:
        response = self._expect(expect, self.request("POST", path, body, version=version))
        return response.json() if response.content else None

    def patch(self, path: str, body: Any) -> None:
        self._expect(204, self.request("PATCH", path, body))

    def delete(self, path: str) -> None:
        self._expect(204, self.request("DELETE", path))

    def refused(self, status: int, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Return the error of a call that must be refused with `status`."""
        return self._expect(status, self.request(method, path, body, **query)).json()["error"]

    def service_principal(self, app_id: str) -> Any:
        [found] = self.items("/servicePrincipals", filter=f"appId eq '{app_id}'")
        return found

    def group_id(self, name: str) -> str:
        [found] = self.items("/groups", filter=f"displayName eq '{name}'", select="id")
        return found["id"]

    @staticmethod
    def _expect(status: int, response: httpx.Response) -> httpx.Response:
        assert response.status_code == status, response.text
        return response


def token_of(entra: Entra, http: httpx.Client, client_id: str, client_secret: str) -> str:
    """Return an access token of an application for Microsoft Graph."""
    response = http.post(
        f"{entra.endpoints.login}/{entra.tenant.tenant_id}/oauth2/v2.0/token",
        data={
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
            "scope": f"{entra.endpoints.graph}/.default",
        },
    )
    assert response.status_code == 200, response.text
    return response.json()["access_token"]
