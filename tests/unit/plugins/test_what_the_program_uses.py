"""Whatever resource or lookup the program uses, there is a stand-in for it, and it is tested."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest

from sandbox.plugins.aws.provider import GET_CLUSTER, IDENTITY_PROVIDER_CONFIG
from sandbox.plugins.azuread.provider import RESOURCES
from sandbox.plugins.sdk_schema import SOURCES, FunctionSource

ROOT = Path(__file__).parents[3]
SDKS = {"azuread": "pulumi_azuread", "aws": "pulumi_aws"}
PROGRAM = [ROOT / "__main__.py", *sorted((ROOT / "components").glob("*.py"))]


def _used() -> Iterator[tuple[str, str]]:
    """The dotted names of the azuread and aws SDKs in the program, as `azuread, Application`."""
    for file in PROGRAM:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute):
                name = ast.unparse(node)
                package, _, rest = name.partition(".")
                if package in SDKS and rest.replace(".", "").replace("_", "").isalnum():
                    yield package, rest


def _is_resource_or_lookup(package: str, name: str) -> bool:
    found: object = importlib.import_module(SDKS[package])
    for part in name.split("."):
        found = getattr(found, part, None)
    if inspect.isclass(found):
        return issubclass(found, pulumi.CustomResource | pulumi.ProviderResource)
    return inspect.isfunction(found) and name.rpartition(".")[2].startswith("get_")


USED = sorted({each for each in _used() if _is_resource_or_lookup(*each)})


def test_the_program_uses_what_it_is_known_to_use() -> None:
    assert ("azuread", "Application") in USED
    assert ("aws", "eks.get_cluster") in USED


@pytest.mark.parametrize(("package", "name"), USED, ids=lambda part: part)
def test_there_is_a_schema_for_it(package: str, name: str) -> None:
    last = name.rpartition(".")[2]

    assert last in {source.name for source in SOURCES[package]} | {
        source.module.rpartition(".")[2] for source in SOURCES[package]
    }


def test_every_schema_has_a_stand_in_and_every_stand_in_a_schema() -> None:
    resources = {
        source.pulumi_type
        for package in SDKS
        for source in SOURCES[package]
        if not isinstance(source, FunctionSource) and ":providers:" not in source.pulumi_type
    }

    assert resources == {*RESOURCES, IDENTITY_PROVIDER_CONFIG}
    assert GET_CLUSTER in {source.pulumi_type for source in SOURCES["aws"]}
