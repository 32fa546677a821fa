"""The extension values of every user, as declared.

Users are kept in a few shards, each one resource that holds a line a user, because one resource a
user makes previews of a company unusable. A user's shard depends on its object id alone, so a
change of one user shows in one shard, as one line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from attributes.resolution import DeclaredUser
from graph.attribute_text import UserRow, write_text
from graph.extension_values import DataType
from graph.shards import shard_of
from graph.user_attributes import UserAttributes as UserAttributesShard


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAttributesArgs:
    """Who gets which values."""

    extension_names: Mapping[str, pulumi.Input[str]]
    """Extension names by property name."""
    data_types: Mapping[str, DataType]
    """Types of the properties, by name."""
    users: Sequence[DeclaredUser]


class UserAttributes(pulumi.ComponentResource):
    """The shards of one set of users."""

    failures: pulumi.Output[Sequence[Mapping[str, str]]]
    """Users who are not as declared; see `users_not_reached`."""

    def __init__(
        self, name: str, args: UserAttributesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("entra-eks-sso:identity:UserAttributes", name, {}, opts)
        properties: Sequence[str] = sorted(args.extension_names)
        shards: dict[int, list[UserRow]] = {}
        for user in args.users:
            object_id = user.person.object_id
            row = UserRow(
                user_principal_name=user.person.user_principal_name,
                object_id=object_id,
                values=user.values,
            )
            shards.setdefault(shard_of(object_id), []).append(row)
        resources = [
            UserAttributesShard(
                f"{name}-{number:02d}",
                extension_names=dict(args.extension_names),
                data_types=args.data_types,
                users=write_text(properties, rows),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for number, rows in sorted(shards.items())
        ]
        self.failures = pulumi.Output.all(*(shard.failures for shard in resources)).apply(
            lambda shards: [failure for shard in shards for failure in shard or ()]
        )
        self.register_outputs({})
