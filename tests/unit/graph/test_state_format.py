"""What existing stacks depend on: change one of these and their state must be migrated."""

from __future__ import annotations

import ast
import base64
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.dynamic import ConfigureRequest, ResourceProvider
from pulumi.dynamic.config import Config
from pulumi.dynamic.dynamic import serialize_provider

import graph.extension_property
import graph.user_attributes
from graph import errors
from graph.errors import GraphSettingsError
from graph.shards import SHARDS, shard_of

PROVIDERS = [graph.extension_property.Provider, graph.user_attributes.Provider]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_state_holds_a_reference_to_the_provider_and_nothing_of_it(
    provider: type[ResourceProvider],
) -> None:
    """Only that lets an edit of the code cause no diff, and makes leaving it unencrypted right."""
    blob = base64.b64decode(serialize_provider(provider()))

    assert len(blob) < 60
    assert provider.__module__.encode() in blob
    assert provider.serialize_as_secret_always is False


def test_the_types_are_what_stacks_already_have() -> None:
    types = [
        graph.extension_property.ExtensionProperty._resource_type_name,
        graph.user_attributes.UserAttributes._resource_type_name,
    ]

    assert types == ["dynamic/entra:ExtensionProperty", "dynamic/entra:UserAttributes"]


def test_a_users_shard_stays() -> None:
    assert SHARDS == 16
    assert shard_of("3f8a0c52-6d1e-4b7a-9c45-1e2d3a4b5c6d") == 6
    assert shard_of("00000000-0000-0000-0000-000000000000") == 12


@given(st.uuids())
def test_a_shard_is_one_of_sixteen_and_the_spelling_of_the_id_does_not_matter(uuid: object) -> None:
    assert shard_of(str(uuid)) == shard_of(str(uuid).upper()) in range(SHARDS)


def test_users_spread_over_the_shards() -> None:
    counts = [0] * SHARDS
    for number in range(1600):
        counts[shard_of(f"00000000-0000-4000-8000-{number:012d}")] += 1

    assert min(counts) > 60
    assert max(counts) < 150


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_stack_without_a_tenant_is_told_which_setting_is_missing(
    provider: type[ResourceProvider],
) -> None:
    request = ConfigureRequest(Config({"entra-eks-sso:cloud": "public"}, "entra-eks-sso"))

    with pytest.raises(GraphSettingsError, match="pulumi config set tenantId <GUID>"):
        provider().configure(request)


def test_the_package_is_a_leaf() -> None:
    """The provider process imports it for every command; a cloud SDK would double its start."""
    allowed = {*sys.stdlib_module_names, "azure", "graph", "grpc", "httpx", "pulumi"}
    imported: dict[str, set[str]] = {}
    for file in Path(errors.__file__).parent.glob("*.py"):
        nodes = list(ast.walk(ast.parse(file.read_text())))
        names = [
            alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
        ]
        names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
        imported[file.name] = {name.partition(".")[0] for name in names}

    assert {file: names - allowed for file, names in imported.items() if names - allowed} == {}
    with_pulumi = {file for file, names in imported.items() if "pulumi" in names}
    assert with_pulumi == {"extension_property.py", "provider_process.py", "user_attributes.py"}
