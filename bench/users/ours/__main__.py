"""This project's user attributes, and nothing else of it: what `__main__.py` does for a file."""

from pathlib import Path

import pulumi

from attributes.files import read_files
from attributes.properties import Property
from attributes.sources import UserSources
from components.directory_lookup import look_up_directory
from components.user_attributes import UserAttributes, UserAttributesArgs
from graph.cloud import cloud_from

config = pulumi.Config()
extension_names: dict[str, str] = config.require_object("extensionNames")
properties = {name: Property(name=name) for name in extension_names}
file = Path(config.require("users"))
entries, problems = read_files(file.parent, [file.name], properties)
if problems:
    raise pulumi.RunError("\n".join(map(str, problems)))
directory = look_up_directory(
    config.require("tenantId"),
    cloud_from(config.require_object("cloud")),
    application_name="portal and kubectl",
    sources=UserSources(properties=properties, entries=tuple(entries)),
    access_groups=(),
)
UserAttributes(
    "users",
    UserAttributesArgs(
        extension_names=extension_names,
        data_types={name: each.data_type for name, each in properties.items()},
        users=directory.users,
    ),
)
