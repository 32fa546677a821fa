"""This project's user attributes, and nothing else of it: what `__main__.py` does for `users`."""

import csv
from pathlib import Path

import pulumi

from components.directory_lookup import look_up_directory
from components.user_attributes import UserAttributes, UserAttributesArgs
from graph.cloud import cloud_from

config = pulumi.Config()
with Path(config.require("users")).open(newline="") as lines:
    users = {line.pop("user"): line for line in csv.DictReader(lines)}
directory = look_up_directory(
    config.require("tenantId"),
    cloud_from(config.require_object("cloud")),
    users=users,
    groups=(),
)
UserAttributes(
    "users",
    UserAttributesArgs(
        extension_names=config.require_object("extensionNames"),
        users=users,
        directory_users=directory.users,
    ),
)
