"""The users in groups, through nested groups, with what is to be known of them in the same pages.

The members are not cast to users (`/transitiveMembers/microsoft.graph.user`): that is an advanced
query, answered from an index that may lag behind a change of membership. Devices and the nested
groups themselves come with the pages and are left out.
https://learn.microsoft.com/graph/api/group-list-transitivemembers
"""

from __future__ import annotations

from collections.abc import Iterable

from graph.batched_pages import query, read_pages
from graph.client import GraphClient
from graph.directory import PAGE, READS_GROUPS, READS_USERS, DirectoryUser, user_fields
from graph.errors import GraphError

_USER = "#microsoft.graph.user"


def read_members(
    client: GraphClient, group_ids: Iterable[str], *, also: Iterable[str] = ()
) -> dict[str, list[DirectoryUser]]:
    """Return the users in each group, directly or through nested groups, each user once.

    `also` are further properties to select, by Graph's names. Twenty groups are read at a time.
    Takes the permissions GroupMember.Read.All and User.Read.All.

    Raises:
        GraphError: the members could not be read, or not what is to be known of them.
    """
    wanted = list(dict.fromkeys(group_ids))
    options = query(select=user_fields(also), top=str(PAGE))
    urls = {group_id: f"/groups/{group_id}/transitiveMembers?{options}" for group_id in wanted}
    members: dict[str, dict[str, DirectoryUser]] = {group_id: {} for group_id in wanted}
    for group_id, item in read_pages(client, urls, needs=READS_GROUPS):
        if item.get("@odata.type") != _USER:
            continue
        # Members of a kind that the caller may not read come with their id alone:
        # https://learn.microsoft.com/graph/permissions-overview
        if not item.get("userPrincipalName"):
            msg = (
                f"Microsoft Graph names the members of group {group_id} by their ids alone. Give "
                f"the identity that runs Pulumi the application permission {READS_USERS}, with "
                "admin consent."
            )
            raise GraphError(msg)
        members[group_id][item["id"]] = DirectoryUser.parse(item)
    return {group_id: list(found.values()) for group_id, found in members.items()}
