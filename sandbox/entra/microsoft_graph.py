"""What Microsoft Graph's own service principal offers: application roles and delegated permissions.

Only those that this project's guide, its readers and the routes here speak of. The ids are meant to
be those of https://learn.microsoft.com/graph/permissions-reference, but were written from memory:
about half of the application roles were checked against public lists, none of the scopes.
Nothing may depend on them; the program looks ids up by name.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import MappingProxyType

APP_ID = "00000003-0000-0000-c000-000000000000"
PUBLIC_URI = "https://graph.microsoft.com"
"""What programs call the resource wherever it is: they hold the address of the service apart from
the name that they ask for tokens by."""

APP_ROLE_IDS: Mapping[str, str] = MappingProxyType(
    {
        "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
        "Application.ReadWrite.All": "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
        "Application.ReadWrite.OwnedBy": "18a4783c-866b-4cc7-a460-3d5e5662c884",
        "AppRoleAssignment.ReadWrite.All": "06b708a9-e830-4db3-a914-8e69da51d44f",
        "DelegatedPermissionGrant.ReadWrite.All": "8e8e4742-1d95-4f68-9d56-6ee75648c72a",
        "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
        "Directory.ReadWrite.All": "19dbc75e-c2e2-444c-a770-ec69d8559fc7",
        "Group.Create": "bf7b1a76-6e77-406b-b258-bf5c7720e98f",
        "Group.Read.All": "5b567255-7703-4780-807c-7be8301ae99b",
        "Group.ReadWrite.All": "62a82d76-70ea-41e2-9197-370581804d09",
        "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
        "GroupMember.ReadWrite.All": "dbaae8cf-10b5-4b86-a4a1-f871c94c6695",
        "Policy.Read.All": "246dd0d5-5bd0-4def-940b-0421030a5b68",
        "Policy.ReadWrite.ApplicationConfiguration": "be74164b-cff1-491c-8741-e671cb536e13",
        "User.DeleteRestore.All": "eccc023d-eccf-4e7b-9683-8813ab36cecc",
        "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
        # Added in July 2026; its id is not in any document we found, so this one is made up.
        # The program looks ids up by name and must go on doing so.
        "User.ReadUpdate.All": str(uuid.uuid5(uuid.UUID(APP_ID), "User.ReadUpdate.All")),
        "User.ReadWrite.All": "741f803b-c850-494e-b5df-cde7c675a1ca",
    }
)
"""Ids of the application roles by value."""

SCOPE_IDS: Mapping[str, str] = MappingProxyType(
    {
        "openid": "37f7f235-527c-4136-accd-4a02d197296e",
        "profile": "14dad69e-099b-42c9-810b-d002981feec1",
        "email": "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0",
        "offline_access": "7427e0e9-2fba-42fe-b0c0-848c9e6a8182",
        "User.Read": "e1fe6dd8-ba31-4d61-89e7-88639da4683d",
        "User.ReadBasic.All": "b340eb25-3456-403f-be2f-af7a0d370277",
        "User.Read.All": "a154be20-db9c-4678-8ab7-66f6cc099a59",
        "User.ReadWrite.All": "204e0828-b5ca-4ad8-b9f3-f32a958e7cc4",
        "Group.Read.All": "5f8c59db-677d-491f-a6b8-5f174b11ec1d",
        "GroupMember.Read.All": "bc024368-1153-4739-b217-4326f2e966d0",
        "Application.Read.All": "c79f8feb-a9db-4090-85f9-90d820caa0eb",
        "Application.ReadWrite.All": "bdfbf15f-ee85-4955-8675-146e8e5296b5",
        "AppRoleAssignment.ReadWrite.All": "84bccea3-f856-4a8a-967b-dbe0a3d53a64",
        "DelegatedPermissionGrant.ReadWrite.All": "41ce6ca6-6826-4807-84f1-1c82854f7ee5",
        "Directory.Read.All": "06da0dbc-49e2-44d2-8312-53f166ab848a",
        "Directory.ReadWrite.All": "c5366453-9fb0-48a5-a156-24f0c49a4b84",
        "Group.ReadWrite.All": "4e46008b-f24c-477d-8fff-7bb4ec7aafe0",
        "GroupMember.ReadWrite.All": "f81125ac-d3b7-4573-a3b2-7099cc39df9e",
        "Policy.Read.All": "572fea84-0151-49b2-9301-11cb16974376",
        "Policy.ReadWrite.ApplicationConfiguration": "b27add92-efb2-4f16-84f5-8108ba77985c",
        # Made up, as the application role of this name is.
        "User.ReadUpdate.All": str(uuid.uuid5(uuid.UUID(APP_ID), "delegated User.ReadUpdate.All")),
    }
)
"""Ids of the delegated permissions by value."""

OPENID_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})


def is_meant_by(name: str, address: str) -> bool:
    """Tell whether a resource's name is that of Microsoft Graph, which is served at `address`.

    Graph accepts tokens for any of its names:
    https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference (`aud`)
    """
    return name.rstrip("/") in {APP_ID, PUBLIC_URI, address}


def app_roles() -> list[dict[str, object]]:
    """Return `appRoles` of the service principal.

    https://learn.microsoft.com/graph/api/resources/approle
    """
    return [
        {
            "id": role_id,
            "value": value,
            "displayName": value,
            "description": value,
            "isEnabled": True,
            "allowedMemberTypes": ["Application"],
            "origin": "Application",
        }
        for value, role_id in APP_ROLE_IDS.items()
    ]


def permission_scopes() -> list[dict[str, object]]:
    """Return `oauth2PermissionScopes` of the service principal.

    https://learn.microsoft.com/graph/api/resources/permissionscope
    """
    return [
        {
            "id": scope_id,
            "value": value,
            "type": "Admin" if value.endswith(".All") else "User",
            "isEnabled": True,
            "adminConsentDisplayName": value,
            "adminConsentDescription": value,
            "userConsentDisplayName": value,
            "userConsentDescription": value,
        }
        for value, scope_id in SCOPE_IDS.items()
    ]
