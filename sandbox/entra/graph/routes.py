"""What Microsoft Graph's stand-in answers to, as data.

Each operation stands with the permissions of its documentation page, the least privileged first.
Templates are the same under `/v1.0` and `/beta`: both are views of one directory.
"""

# ruff: noqa: E501 - a table is read by its rows, so each stays on one line

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.entra.directory.objects import Application, Group, ServicePrincipal, User
from sandbox.entra.graph import (
    app_role_assignments,
    application_passwords,
    applications,
    claims_mapping_policies,
    deleted_items,
    directory_objects,
    extension_properties,
    federated_credentials,
    groups,
    memberships,
    owners,
    permission_grants,
    service_principals,
    user_delta,
    users,
)
from sandbox.entra.graph.call import GraphAnswer, GraphCall
from sandbox.entra.graph.permissions import Permissions, any_of, each_of
from sandbox.entra.routing import Route

Operation = Callable[[GraphCall], GraphAnswer]

_DOCUMENTATION = "https://learn.microsoft.com/graph/api"

_READ_APPLICATIONS = any_of(
    *("Application.Read.All", "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"),
    *("Directory.Read.All", "Directory.ReadWrite.All"),
)
# Reading one is documented with permissions to write alone; reading all of them is not.
_READ_FEDERATION = any_of(
    *("Application.Read.All", "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All")
)
_WRITE_APPLICATIONS = any_of("Application.ReadWrite.OwnedBy", "Application.ReadWrite.All")
_WRITE_EXTENSIONS = any_of(
    *("Application.ReadWrite.OwnedBy", "Application.ReadWrite.All", "Directory.ReadWrite.All")
)
_ASSIGN_ROLES = each_of(
    any_of("AppRoleAssignment.ReadWrite.All"),
    any_of("Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"),
)
_UNASSIGN_ROLES = any_of("AppRoleAssignment.ReadWrite.All")
_READ_GRANTS = any_of(
    *("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All")
)
_WRITE_GRANTS = any_of("DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All")
_READ_POLICIES = any_of("Policy.Read.All")
_WRITE_POLICIES = any_of("Policy.ReadWrite.ApplicationConfiguration")
_READ_ASSIGNED_POLICIES = each_of(
    any_of("Policy.Read.All"),
    any_of("Application.Read.All", "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"),
)
_ASSIGN_POLICIES = each_of(
    any_of("Policy.Read.All"),
    any_of("Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"),
)
_READ_USERS = any_of(
    *("User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
)
_CREATE_USERS = any_of("User.ReadWrite.All", "Directory.ReadWrite.All")
_READ_USER_MEMBERSHIPS = any_of("Directory.Read.All", "Directory.ReadWrite.All")
_WRITE_USERS = any_of("User.ReadUpdate.All", "User.ReadWrite.All", "Directory.ReadWrite.All")
_READ_GROUPS = any_of(
    *("GroupMember.Read.All", "Group.Read.All", "GroupMember.ReadWrite.All"),
    *("Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
)
_WRITE_MEMBERS = any_of(
    *("GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All")
)
_READ_DIRECTORY = any_of("Directory.Read.All", "Directory.ReadWrite.All")

_A = "/applications/{application}"
_S = "/servicePrincipals/{service_principal}"
_F = f"{_A}/federatedIdentityCredentials"
_P = "/policies/claimsMappingPolicies"
_G = "/groups/{group}"
_D = "/directory/deletedItems"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRoute(Route):
    """An operation of Microsoft Graph and the application roles that it needs."""

    handler: Operation
    permissions: Permissions


def _route(
    method: str, template: str, handler: Operation, page: str, permissions: Permissions
) -> GraphRoute:
    """`page` is the operation's documentation page, which also names it."""
    return GraphRoute(
        method=method,
        template=template,
        name=page,
        documentation=f"{_DOCUMENTATION}/{page}",
        handler=handler,
        permissions=permissions,
    )


def _list_routes(
    template: str, handler: Operation, page: str, permissions: Permissions
) -> tuple[GraphRoute, ...]:
    """A list of directory objects, the same of one kind, and the number of either."""
    return tuple(
        _route("GET", f"{template}{rest}", handler, page, permissions)
        for rest in ("", "/$count", "/{cast}", "/{cast}/$count")
    )


def _membership_routes(
    template: str, kind: str, permissions: Permissions
) -> tuple[GraphRoute, ...]:
    """What groups something is in; the pages of each kind differ only in their first word."""
    direct, transitive = f"{kind}-list-memberof", f"{kind}-list-transitivememberof"
    return (
        *_list_routes(f"{template}/memberOf", memberships.list_direct, direct, permissions),
        *_list_routes(
            f"{template}/transitiveMemberOf", memberships.list_transitive, transitive, permissions
        ),
        *(
            _route("POST", f"{template}/{action}", handler, f"directoryobject-{page}", permissions)
            for action, handler, page in (
                ("getMemberGroups", memberships.get_ids, "getmembergroups"),
                ("getMemberObjects", memberships.get_ids, "getmemberobjects"),
                ("checkMemberGroups", memberships.check_ids, "checkmembergroups"),
                ("checkMemberObjects", memberships.check_ids, "checkmemberobjects"),
            )
        ),
    )


GRAPH_ROUTES: tuple[GraphRoute, ...] = (
    _route("GET", "/applications", applications.list_all, "application-list", _READ_APPLICATIONS),
    _route("POST", "/applications", applications.create, "application-post-applications", _WRITE_APPLICATIONS),
    _route("GET", "/applications/$count", applications.count, "application-list", _READ_APPLICATIONS),
    _route("GET", _A, applications.get, "application-get", _READ_APPLICATIONS),
    _route("PATCH", _A, applications.update, "application-update", _WRITE_APPLICATIONS),
    _route("DELETE", _A, applications.delete, "application-delete", _WRITE_APPLICATIONS),
    _route("GET", f"{_A}/owners", owners.list_of_application, "application-list-owners", _READ_APPLICATIONS),
    _route("POST", f"{_A}/owners/$ref", owners.add_to_application, "application-post-owners", _WRITE_APPLICATIONS),
    _route("DELETE", f"{_A}/owners/{{owner}}/$ref", owners.remove_from_application, "application-delete-owners", _WRITE_APPLICATIONS),
    _route("POST", f"{_A}/addPassword", application_passwords.add, "application-addpassword", _WRITE_APPLICATIONS),
    _route("POST", f"{_A}/removePassword", application_passwords.remove, "application-removepassword", _WRITE_APPLICATIONS),
    _route("GET", _F, federated_credentials.list_all, "application-list-federatedidentitycredentials", _READ_FEDERATION),
    _route("POST", _F, federated_credentials.create, "application-post-federatedidentitycredentials", _WRITE_APPLICATIONS),
    _route("GET", f"{_F}/{{credential}}", federated_credentials.get, "federatedidentitycredential-get", _READ_FEDERATION),
    _route("PATCH", f"{_F}/{{credential}}", federated_credentials.update, "federatedidentitycredential-update", _WRITE_APPLICATIONS),
    _route("DELETE", f"{_F}/{{credential}}", federated_credentials.delete, "federatedidentitycredential-delete", _WRITE_APPLICATIONS),
    _route("GET", f"{_A}/extensionProperties", extension_properties.list_all, "application-list-extensionproperty", _READ_APPLICATIONS),
    _route("POST", f"{_A}/extensionProperties", extension_properties.create, "application-post-extensionproperty", _WRITE_EXTENSIONS),
    _route("GET", f"{_A}/extensionProperties/{{property}}", extension_properties.get, "extensionproperty-get", _READ_APPLICATIONS),
    _route("DELETE", f"{_A}/extensionProperties/{{property}}", extension_properties.delete, "extensionproperty-delete", _WRITE_EXTENSIONS),
    _route("GET", "/servicePrincipals", service_principals.list_all, "serviceprincipal-list", _READ_APPLICATIONS),
    _route("POST", "/servicePrincipals", service_principals.create, "serviceprincipal-post-serviceprincipals", _WRITE_APPLICATIONS),
    _route("GET", "/servicePrincipals/$count", service_principals.count, "serviceprincipal-list", _READ_APPLICATIONS),
    _route("GET", _S, service_principals.get, "serviceprincipal-get", _READ_APPLICATIONS),
    _route("PATCH", _S, service_principals.update, "serviceprincipal-update", _WRITE_APPLICATIONS),
    _route("DELETE", _S, service_principals.delete, "serviceprincipal-delete", _WRITE_APPLICATIONS),
    _route("GET", f"{_S}/owners", owners.list_of_service_principal, "serviceprincipal-list-owners", _READ_APPLICATIONS),
    _route("POST", f"{_S}/owners/$ref", owners.add_to_service_principal, "serviceprincipal-post-owners", _WRITE_APPLICATIONS),
    _route("DELETE", f"{_S}/owners/{{owner}}/$ref", owners.remove_from_service_principal, "serviceprincipal-delete-owners", _WRITE_APPLICATIONS),
    _route("GET", f"{_S}/appRoleAssignedTo", app_role_assignments.list_on_resource, "serviceprincipal-list-approleassignedto", _READ_APPLICATIONS),
    _route("POST", f"{_S}/appRoleAssignedTo", app_role_assignments.create, "serviceprincipal-post-approleassignedto", _ASSIGN_ROLES),
    _route("GET", f"{_S}/appRoleAssignedTo/{{assignment}}", app_role_assignments.get, "serviceprincipal-list-approleassignedto", _READ_APPLICATIONS),
    _route("DELETE", f"{_S}/appRoleAssignedTo/{{assignment}}", app_role_assignments.delete, "serviceprincipal-delete-approleassignedto", _UNASSIGN_ROLES),
    _route("GET", f"{_S}/appRoleAssignments", app_role_assignments.list_of_principal, "serviceprincipal-list-approleassignments", _READ_APPLICATIONS),
    _route("POST", f"{_S}/appRoleAssignments", app_role_assignments.create_for_principal, "serviceprincipal-post-approleassignments", _ASSIGN_ROLES),
    _route("DELETE", f"{_S}/appRoleAssignments/{{assignment}}", app_role_assignments.delete_of_principal, "serviceprincipal-delete-approleassignments", _UNASSIGN_ROLES),
    _route("GET", f"{_S}/oauth2PermissionGrants", permission_grants.list_of_client, "serviceprincipal-list-oauth2permissiongrants", _READ_GRANTS),
    _route("GET", f"{_S}/claimsMappingPolicies", claims_mapping_policies.list_assigned, "serviceprincipal-list-claimsmappingpolicies", _READ_ASSIGNED_POLICIES),
    _route("POST", f"{_S}/claimsMappingPolicies/$ref", claims_mapping_policies.assign, "serviceprincipal-post-claimsmappingpolicies", _ASSIGN_POLICIES),
    _route("DELETE", f"{_S}/claimsMappingPolicies/{{policy}}/$ref", claims_mapping_policies.unassign, "serviceprincipal-delete-claimsmappingpolicies", _ASSIGN_POLICIES),
    _route("GET", "/oauth2PermissionGrants", permission_grants.list_all, "oauth2permissiongrant-list", _READ_GRANTS),
    _route("POST", "/oauth2PermissionGrants", permission_grants.create, "oauth2permissiongrant-post", _WRITE_GRANTS),
    _route("GET", "/oauth2PermissionGrants/{grant}", permission_grants.get, "oauth2permissiongrant-get", _READ_GRANTS),
    _route("PATCH", "/oauth2PermissionGrants/{grant}", permission_grants.update, "oauth2permissiongrant-update", _WRITE_GRANTS),
    _route("DELETE", "/oauth2PermissionGrants/{grant}", permission_grants.delete, "oauth2permissiongrant-delete", _WRITE_GRANTS),
    _route("GET", _P, claims_mapping_policies.list_all, "claimsmappingpolicy-list", _READ_POLICIES),
    _route("POST", _P, claims_mapping_policies.create, "claimsmappingpolicy-post-claimsmappingpolicies", _WRITE_POLICIES),
    _route("GET", f"{_P}/{{policy}}", claims_mapping_policies.get, "claimsmappingpolicy-get", _READ_POLICIES),
    _route("PATCH", f"{_P}/{{policy}}", claims_mapping_policies.update, "claimsmappingpolicy-update", _WRITE_POLICIES),
    _route("DELETE", f"{_P}/{{policy}}", claims_mapping_policies.delete, "claimsmappingpolicy-delete", _WRITE_POLICIES),
    _route("GET", "/users", users.list_all, "user-list", _READ_USERS),
    _route("POST", "/users", users.create, "user-post-users", _CREATE_USERS),
    _route("GET", "/users/$count", users.count, "user-list", _READ_USERS),
    _route("GET", "/users/delta", user_delta.delta, "user-delta", _READ_USERS),
    _route("GET", "/users/{user}", users.get, "user-get", _READ_USERS),
    _route("PATCH", "/users/{user}", users.update, "user-update", _WRITE_USERS),
    _route("DELETE", "/users/{user}", users.delete, "user-delete", any_of("User.DeleteRestore.All", "User.ReadWrite.All")),
    _route("GET", "/users/{user}/manager", users.get_manager, "user-list-manager", _READ_USERS),
    *_membership_routes("/users/{user}", "user", _READ_USER_MEMBERSHIPS),
    _route("GET", "/users/{user}/appRoleAssignments", app_role_assignments.list_of_user, "user-list-approleassignments", _READ_DIRECTORY),
    _route("POST", "/users/{user}/appRoleAssignments", app_role_assignments.create_for_user, "user-post-approleassignments", _ASSIGN_ROLES),
    _route("DELETE", "/users/{user}/appRoleAssignments/{assignment}", app_role_assignments.delete_of_user, "user-delete-approleassignments", _UNASSIGN_ROLES),
    _route("GET", "/groups", groups.list_all, "group-list", _READ_GROUPS),
    _route("POST", "/groups", groups.create, "group-post-groups", any_of("Group.Create", "Group.ReadWrite.All")),
    _route("GET", "/groups/$count", groups.count, "group-list", _READ_GROUPS),
    _route("GET", _G, groups.get, "group-get", _READ_GROUPS),
    _route("PATCH", _G, groups.update, "group-update", any_of("Group.ReadWrite.All")),
    _route("DELETE", _G, groups.delete, "group-delete", any_of("Group.ReadWrite.All")),
    *_list_routes(f"{_G}/members", groups.list_members, "group-list-members", _READ_GROUPS),
    _route("POST", f"{_G}/members/$ref", groups.add_member, "group-post-members", _WRITE_MEMBERS),
    _route("DELETE", f"{_G}/members/{{member}}/$ref", groups.remove_member, "group-delete-members", _WRITE_MEMBERS),
    *_list_routes(f"{_G}/transitiveMembers", groups.list_transitive_members, "group-list-transitivemembers", _READ_GROUPS),
    _route("GET", f"{_G}/owners", groups.list_owners, "group-list-owners", _READ_GROUPS),
    _route("POST", f"{_G}/owners/$ref", groups.add_owner, "group-post-owners", any_of("Group.ReadWrite.All", "Directory.ReadWrite.All")),
    _route("DELETE", f"{_G}/owners/{{owner}}/$ref", groups.remove_owner, "group-delete-owners", any_of("Group.ReadWrite.All", "Directory.ReadWrite.All")),
    *_membership_routes(_G, "group", _READ_GROUPS),
    _route("GET", f"{_G}/appRoleAssignments", app_role_assignments.list_of_group, "group-list-approleassignments", _READ_DIRECTORY),
    _route("POST", f"{_G}/appRoleAssignments", app_role_assignments.create_for_group, "group-post-approleassignments", _ASSIGN_ROLES),
    _route("DELETE", f"{_G}/appRoleAssignments/{{assignment}}", app_role_assignments.delete_of_group, "group-delete-approleassignments", _UNASSIGN_ROLES),
    *_membership_routes(_S, "serviceprincipal", _READ_APPLICATIONS),
    _route("POST", "/directoryObjects/getByIds", directory_objects.get_by_ids, "directoryobject-getbyids", _READ_DIRECTORY),
    _route("POST", "/directoryObjects/getAvailableExtensionProperties", extension_properties.available, "directoryobject-getavailableextensionproperties", _READ_DIRECTORY),
    _route("GET", "/directoryObjects/{object}", directory_objects.get, "directoryobject-get", _READ_DIRECTORY),
    *(
        _route("GET", f"{_D}/microsoft.graph.{name}", deleted_items.list_of(kind), "directory-deleteditems-list", deleted_items.READERS[kind])
        for name, kind in (("application", Application), ("group", Group), ("servicePrincipal", ServicePrincipal), ("user", User))
    ),
    _route("GET", f"{_D}/{{object}}", deleted_items.get, "directory-deleteditems-get", deleted_items.ANY_READER),
    _route("POST", f"{_D}/{{object}}/restore", deleted_items.restore_item, "directory-deleteditems-restore", deleted_items.ANY_WRITER),
    _route("DELETE", f"{_D}/{{object}}", deleted_items.delete, "directory-deleteditems-delete", deleted_items.ANY_WRITER),
)  # fmt: skip
