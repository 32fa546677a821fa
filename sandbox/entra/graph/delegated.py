"""Calls on a user's behalf: what the token's scopes and the user may do, both at once.

https://learn.microsoft.com/graph/permissions-overview#delegated-access: "the app can never access
anything the signed in user themselves couldn't access". Members read the directory; writing it
takes a directory role, or for applications owning them.
https://learn.microsoft.com/entra/fundamentals/users-default-permissions
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from sandbox.entra.directory.objects import GLOBAL_ADMINISTRATOR, User
from sandbox.entra.graph.errors import GraphError, denied, not_implemented
from sandbox.entra.graph.permissions import Permissions

_APPLICATION_ROLES = frozenset({"Application Administrator", "Cloud Application Administrator"})
_WRITERS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(template), roles)
    for template, roles in (
        (r"/users.*", frozenset({"User Administrator"})),
        (r"/groups.*", frozenset({"Groups Administrator", "User Administrator"})),
        (r".*/appRoleAssignedTo.*", frozenset({"Privileged Role Administrator"})),
        (r"/(applications|servicePrincipals|policies).*", _APPLICATION_ROLES),
        (r"/oauth2PermissionGrants.*", _APPLICATION_ROLES | {"Privileged Role Administrator"}),
        (r"/directory/deletedItems.*", _APPLICATION_ROLES | {"User Administrator"}),
    )
)
"""Who may write what, by route; the least privileged roles of the operations' pages."""
_OWNED = re.compile(r"/(applications|servicePrincipals)/.*")
_ONESELF = re.compile(r"/users/\{user\}.*")
_OWN_PROFILE, _BASIC_PROFILES = "User.Read", "User.ReadBasic.All"

Decision = Literal["denied", "owned only", "granted"]


def own_path(path: str, user: User | None) -> str:
    """Return what an address means that may begin with `/me`.

    Raises:
        GraphError: 400, an application calls as itself.
    """
    first, _, rest = path.removeprefix("/").partition("/")
    if first != "me":
        return path
    if user is None:
        message = "/me request is only valid with delegated authentication flow."
        raise GraphError(400, "BadRequest", message)
    return f"/users/{user.object_id}" + (f"/{rest}" if rest else "")


def decide_for_user(
    user: User,
    scopes: frozenset[str],
    needed: Permissions,
    *,
    template: str,
    parameters: Mapping[str, str],
    writes: bool,
) -> Decision:
    """Say what a call on behalf of `user` may do.

    Raises:
        GraphError: 403 when the scopes or the user's roles do not suffice, 501 for what guests and
            `User.ReadBasic.All` may read of others.
    """
    if not writes and _OWN_PROFILE in scopes and _is_about(user, template, parameters):
        return "granted"
    if needed.decide(scopes) == "denied":
        if _BASIC_PROFILES in scopes and template.startswith("/users") and not writes:
            what = f"what {_BASIC_PROFILES} lets a user read"
            raise not_implemented(what)
        raise denied()
    if not writes:
        if user.is_guest:
            what = "what a guest may read of others"
            raise not_implemented(what)
        return "granted"
    roles = next((roles for route, roles in _WRITERS if route.fullmatch(template)), frozenset())
    if user.directory_roles & (roles | {GLOBAL_ADMINISTRATOR}):
        return "granted"
    return "owned only" if _OWNED.fullmatch(template) else "denied"


def _is_about(user: User, template: str, parameters: Mapping[str, str]) -> bool:
    asked = parameters.get("user", "").casefold()
    own = {user.object_id, user.user_principal_name.casefold()}
    return bool(_ONESELF.fullmatch(template)) and asked in own
