"""What is pinned, and what may stand for it."""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path

import pytest

from sandbox.tools.recipe import (
    ALL,
    ETCD,
    KUBE_APISERVER,
    KUBE_CONTROLLER_MANAGER,
    KUBECTL,
    PULUMI,
    Recipe,
    Version,
    dotted,
    parse_version,
)


@pytest.mark.parametrize(
    ("recipe", "version"),
    [
        (PULUMI, "3.250.0"),
        (ETCD, "3.6.5"),
        (KUBE_APISERVER, "1.34.1"),
        (KUBE_CONTROLLER_MANAGER, "1.34.1"),
        (KUBECTL, "1.34.1"),
    ],
)
def test_the_version_is_the_one_in_go_mod(recipe: Recipe, version: str) -> None:
    assert dotted(recipe.version) == version
    assert f"\t{recipe.module} v{version}" in recipe.go_mod.read_text()


@pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.name)
def test_the_package_is_a_tool_of_its_module(recipe: Recipe) -> None:
    tools = re.findall(r"^(?:tool |\t)([a-z0-9.]+/\S+)$", recipe.go_mod.read_text(), re.MULTILINE)

    assert recipe.package in tools


def test_builds_carry_the_version_that_official_ones_carry() -> None:
    assert PULUMI.linker_flags == (
        "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.250.0"
    )
    assert KUBE_APISERVER.linker_flags == (
        "-s -w -X k8s.io/component-base/version.gitVersion=v1.34.1"
        " -X k8s.io/component-base/version.gitMajor=1"
        " -X k8s.io/component-base/version.gitMinor=34"
    )


@pytest.mark.parametrize(
    ("recipe", "found", "good_enough"),
    [
        (PULUMI, (3, 250, 0), True),
        (PULUMI, (3, 300, 1), True),
        (PULUMI, (3, 249, 9), False),
        (PULUMI, (4, 0, 0), False),
        (ETCD, (3, 5, 21), True),
        (ETCD, (3, 4, 30), False),
        (ETCD, (4, 0, 0), False),
        (KUBE_APISERVER, (1, 34, 0), True),
        (KUBE_APISERVER, (1, 34, 9), True),
        (KUBE_APISERVER, (1, 33, 4), False),
        (KUBE_CONTROLLER_MANAGER, (1, 35, 0), False),
    ],
)
def test_what_is_good_enough(recipe: Recipe, found: Version, good_enough: bool) -> None:
    assert recipe.good_enough(found, recipe.version) is good_enough


def test_another_pin_is_another_tool_in_the_cache(tmp_path: Path) -> None:
    shutil.copytree(ETCD.module_folder, tmp_path / "etcd")
    copied = dataclasses.replace(ETCD, module_folder=tmp_path / "etcd")
    assert copied.cache_key == ETCD.cache_key, "where the checkout is does not matter"

    with (tmp_path / "etcd" / "go.sum").open("a") as sums:
        sums.write("example.org/another v1.0.0 h1:x=\n")

    assert copied.cache_key != ETCD.cache_key


def test_the_servers_of_kubernetes_do_not_share_a_place_in_the_cache() -> None:
    assert len({recipe.cache_key for recipe in ALL}) == len(ALL)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.250.0\n", (3, 250, 0)),
        ("etcd Version: 3.6.5\nGit SHA: a061450", (3, 6, 5)),
        ("Kubernetes v1.34.1", (1, 34, 1)),
        ("v3.251.0-alpha.1", (3, 251, 0)),
    ],
)
def test_versions_are_read_as_the_tools_print_them(text: str, version: Version) -> None:
    assert parse_version(text, "it") == version


def test_a_version_that_is_not_there_is_an_error_that_says_where() -> None:
    with pytest.raises(ValueError, match=r"^no version such as 1\.2\.3 in /bin/x: 'unknown'$"):
        parse_version("unknown\n", "/bin/x")
