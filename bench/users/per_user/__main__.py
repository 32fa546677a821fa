"""One Pulumi dynamic resource a user, the way anyone would write it first."""

import csv
from pathlib import Path

import pulumi
from user_attributes import UserAttributes

with Path(pulumi.Config().require("users")).open(newline="") as lines:
    for user in csv.DictReader(lines):
        UserAttributes(
            user["user"],
            user["object_id"],
            user["default_namespace"],
            user["picture"],
        )
