"""The users in groups, through nested groups, with what is to be known of them in the same pages.

The members are not cast to users (`/transitiveMembers/microsoft.graph.user`): that is an advanced
query, answered from an index that may lag behind a change of membership. Devices and the nested
groups themselves come with the pages and are left out.
https://learn.microsoft.com/graph/api/group-list-transitivemembers
"""

from __future__ import annotations

from graph.batched_pages import Collection, collection
from graph.client import Json
from graph.directory import PAGE, READS_GROUPS, READS_USERS, DirectoryUser
from graph.errors import GraphError

_USER = "#microsoft.graph.user"


def members_of(group_id: str, fields: str) -> Collection:
    """Return the collection of a group's members; `fields` are selected."""
    path = f"/groups/{group_id}/transitiveMembers"
    return collection(path, needs=READS_GROUPS, select=fields, top=str(PAGE))


def user_among(group_id: str, item: Json) -> DirectoryUser | None:
    """Return a member as a user; None for one of another kind.

    Raises:
        GraphError: the caller may see that there is a user, and no more.
    """
    if item.get("@odata.type") != _USER:
        return None
    # Members of a kind that the caller may not read come with their id alone:
    # https://learn.microsoft.com/graph/permissions-overview
    if not item.get("userPrincipalName"):
        msg = (
            f"Microsoft Graph names the members of group {group_id} by their ids alone. Give the "
            f"identity that runs Pulumi the application permission {READS_USERS}, with admin "
            "consent."
        )
        raise GraphError(msg)
    return DirectoryUser.parse(item)
