"""What Microsoft Graph permissions allow, in plain words.

Names and their meaning: https://learn.microsoft.com/graph/permissions-reference. The ids are those
of application roles, which are the same in every tenant; a role that is not in here is said to be
unknown, never harmless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Reach(IntEnum):
    """What somebody can do who gets hold of a permission."""

    SIGN_IN = 0
    READ = 1
    WRITE = 2
    TAKE_OVER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One permission; `reach` is None when it is not known here."""

    name: str
    allows: str
    reach: Reach | None
    note: str = ""
    """Where the name comes from, when it is not Microsoft's."""

    @property
    def called(self) -> str:
        """The name with where it comes from."""
        return f"{self.name}, {self.note}" if self.note else self.name

    @property
    def known(self) -> bool:
        """Whether its meaning is known here."""
        return self.reach is not None


_MEANINGS: Final[dict[str, tuple[Reach, str]]] = {
    "openid": (Reach.SIGN_IN, "sign people in"),
    "profile": (Reach.SIGN_IN, "read the name of who signs in"),
    "email": (Reach.SIGN_IN, "read the email address of who signs in"),
    "offline_access": (Reach.SIGN_IN, "keep people signed in with refresh tokens"),
    "User.Read": (Reach.SIGN_IN, "read the profile of who signs in"),
    "User.ReadBasic.All": (Reach.READ, "read the names of all users"),
    "User.Read.All": (Reach.READ, "read all users of the tenant, with all their attributes"),
    "User.ReadUpdate.All": (Reach.WRITE, "read and change the attributes of all users"),
    "User.ReadWrite.All": (Reach.WRITE, "create, change and delete all users of the tenant"),
    "Group.Read.All": (Reach.READ, "read all groups, their members and their content"),
    "Group.ReadWrite.All": (
        Reach.TAKE_OVER,
        "change all groups and their members, and so give anybody what a group may do",
    ),
    "GroupMember.Read.All": (Reach.READ, "read all groups and who is in them"),
    "GroupMember.ReadWrite.All": (
        Reach.TAKE_OVER,
        "change who is in any group, and so give anybody what a group may do",
    ),
    "Application.Read.All": (Reach.READ, "read all applications of the tenant"),
    "Application.ReadWrite.OwnedBy": (
        Reach.WRITE,
        "create applications, and change those that it owns, their secrets included",
    ),
    "Application.ReadWrite.All": (
        Reach.TAKE_OVER,
        "change every application of the tenant and give it secrets, and so act as any of them",
    ),
    "AppRoleAssignment.ReadWrite.All": (
        Reach.TAKE_OVER,
        "give any application any permission, itself included, and so take over the tenant",
    ),
    "DelegatedPermissionGrant.ReadWrite.All": (
        Reach.TAKE_OVER,
        "consent to anything on behalf of all users",
    ),
    "RoleManagement.ReadWrite.Directory": (
        Reach.TAKE_OVER,
        "give anybody any directory role, Global Administrator included",
    ),
    "RoleManagement.Read.Directory": (Reach.READ, "read who holds which directory role"),
    "Directory.Read.All": (Reach.READ, "read the whole directory"),
    "Directory.ReadWrite.All": (Reach.TAKE_OVER, "change nearly everything in the directory"),
    "Policy.Read.All": (Reach.READ, "read all policies of the tenant"),
    "Policy.ReadWrite.ApplicationConfiguration": (
        Reach.WRITE,
        "change the claims and token policies of applications",
    ),
    "Policy.ReadWrite.ConditionalAccess": (Reach.TAKE_OVER, "switch conditional access off"),
    "AuditLog.Read.All": (Reach.READ, "read audit and sign-in logs"),
    "Mail.Read": (Reach.READ, "read the mail of all users"),
    "Mail.ReadWrite": (Reach.WRITE, "read, write and delete the mail of all users"),
    "Mail.Send": (Reach.WRITE, "send mail as any user"),
    "Files.Read.All": (Reach.READ, "read all files of all users"),
    "Files.ReadWrite.All": (Reach.WRITE, "read and change all files of all users"),
    "Sites.Read.All": (Reach.READ, "read all SharePoint sites"),
    "Sites.FullControl.All": (Reach.WRITE, "do anything in all SharePoint sites"),
}

_ROLE_IDS: Final = {
    "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9": "Application.ReadWrite.All",
    "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30": "Application.Read.All",
    "18a4783c-866b-4cc7-a460-3d5e5662c884": "Application.ReadWrite.OwnedBy",
    "06b708a9-e830-4db3-a914-8e69da51d44f": "AppRoleAssignment.ReadWrite.All",
    "8e8e4742-1d95-4f68-9d56-6ee75648c72a": "DelegatedPermissionGrant.ReadWrite.All",
    "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8": "RoleManagement.ReadWrite.Directory",
    "7ab1d382-f21e-4acd-a863-ba3e13f7da61": "Directory.Read.All",
    "19dbc75e-c2e2-444c-a770-ec69d8559fc7": "Directory.ReadWrite.All",
    "df021288-bdef-4463-88db-98f22de89214": "User.Read.All",
    "741f803b-c850-494e-b5df-cde7c675a1ca": "User.ReadWrite.All",
    "5b567255-7703-4780-807c-7be8301ae99b": "Group.Read.All",
    "62a82d76-70ea-41e2-9197-370581804d09": "Group.ReadWrite.All",
    "98830695-27a2-44f7-8c18-0c3ebc9698f6": "GroupMember.Read.All",
    "dbaae8cf-10b5-4b86-a4a1-f871c94c6695": "GroupMember.ReadWrite.All",
    "246dd0d5-5bd0-4def-940b-0421030a5b68": "Policy.Read.All",
    "be74164b-cff1-491c-8741-e671cb536e13": "Policy.ReadWrite.ApplicationConfiguration",
}
_NAME: Final = re.compile(r"[A-Z]\w+(?:\.\w+)+$")
UNKNOWN_MEANING: Final = "do something that is not known here; look it up before you approve"


def named(name: str) -> Permission:
    """Return the permission of this name, as the delegated ones are declared."""
    reach, allows = _MEANINGS.get(name, (None, UNKNOWN_MEANING))
    return Permission(name=name, allows=allows, reach=reach)


def application_role(role_id: str, name_in_program: str) -> Permission:
    """Return the application role of this id.

    The id decides. When it is not known here, the role is called what the program calls it (the end
    of `name_in_program`), and that this is the program's word shows.
    """
    known = _ROLE_IDS.get(role_id.lower())
    if known is not None:
        return named(known)
    called = _NAME.search(name_in_program.rpartition("-")[2])
    if called is None or called[0] in _ROLE_IDS.values():
        # A name whose id is another is not believed.
        return Permission(name=role_id, allows=UNKNOWN_MEANING, reach=None)
    found = named(called[0])
    note = f"the program's own name for the id {role_id}"
    return Permission(name=found.name, allows=found.allows, reach=found.reach, note=note)
