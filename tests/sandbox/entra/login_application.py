"""The application that people sign in to, declared through Microsoft Graph as the program does."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.sandbox.entra.directory_client import GRAPH_APP_ID, DirectoryClient

PORTAL_REDIRECT = "https://portal.contoso.example/auth/callback"
KUBECTL_REDIRECT = "http://localhost:8000"
NO_ROLE = "00000000-0000-0000-0000-000000000000"
SCOPES = ("openid", "profile", "email", "offline_access")


@dataclass(slots=True)
class LoginApplication:
    """A registration with its service principal, grants and secret."""

    graph: DirectoryClient
    object_id: str
    client_id: str
    service_principal_id: str
    client_secret: str = field(repr=False)

    @classmethod
    def declare(
        cls,
        graph: DirectoryClient,
        *,
        groups: tuple[str, ...] = ("platform-admins", "team-a-developers", "team-a-viewers"),
        scopes: tuple[str, ...] = SCOPES,
        assignment_required: bool = True,
        **properties: Any,
    ) -> LoginApplication:
        body: dict[str, Any] = {
            "displayName": "KubeRocketCI",
            "signInAudience": "AzureADMyOrg",
            "groupMembershipClaims": "ApplicationGroup",
            "web": {"redirectUris": [PORTAL_REDIRECT]},
            "publicClient": {"redirectUris": [KUBECTL_REDIRECT]},
            "optionalClaims": {
                "idToken": [
                    {"name": "email"},
                    {
                        "name": "upn",
                        "additionalProperties": [
                            "include_externally_authenticated_upn_without_hash"
                        ],
                    },
                ]
            },
        }
        application = graph.post("/applications", body | properties)
        secret = graph.post(
            f"/applications/{application['id']}/addPassword", {"passwordCredential": {}}, expect=200
        )
        client = graph.post(
            "/servicePrincipals",
            {"appId": application["appId"], "appRoleAssignmentRequired": assignment_required},
        )
        self = cls(
            graph, application["id"], application["appId"], client["id"], secret["secretText"]
        )
        for group in groups:
            self.assign(graph.group_id(group))
        if scopes:
            self.consent(*scopes)
        return self

    @property
    def path(self) -> str:
        return f"/applications/{self.object_id}"

    @property
    def service_principal_path(self) -> str:
        return f"/servicePrincipals/{self.service_principal_id}"

    def assign(self, principal_id: str) -> Any:
        return self.graph.post(
            f"{self.service_principal_path}/appRoleAssignedTo",
            {
                "appRoleId": NO_ROLE,
                "principalId": principal_id,
                "resourceId": self.service_principal_id,
            },
        )

    def consent(self, *scopes: str) -> Any:
        return self.graph.post(
            "/oauth2PermissionGrants",
            {
                "clientId": self.service_principal_id,
                "consentType": "AllPrincipals",
                "resourceId": self.graph.service_principal(GRAPH_APP_ID)["id"],
                "scope": " ".join(scopes),
            },
        )

    def accept_mapped_claims(self) -> None:
        self.graph.patch(self.path, {"api": {"acceptMappedClaims": True}})

    def register_extension(self, name: str) -> str:
        """Register an extension property of users and return its full name."""
        answer = self.graph.post(
            f"{self.path}/extensionProperties",
            {"name": name, "dataType": "String", "targetObjects": ["User"]},
        )
        return answer["name"]

    def map_claims(self, *entries: dict[str, str], **options: str) -> str:
        """Assign a claims mapping policy with this schema and return its id."""
        content = {
            "ClaimsMappingPolicy": {
                "Version": 1,
                "IncludeBasicClaimSet": "true",
                **options,
                "ClaimsSchema": list(entries),
            }
        }
        policy = self.graph.post(
            "/policies/claimsMappingPolicies",
            {"definition": [json.dumps(content)], "displayName": "claims"},
        )
        self.graph.post(
            f"{self.service_principal_path}/claimsMappingPolicies/$ref",
            {"@odata.id": f"{self.graph.base()}/directoryObjects/{policy['id']}"},
            expect=204,
        )
        return policy["id"]
