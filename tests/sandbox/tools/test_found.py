"""Tools that are already on the machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.tools.errors import WayClosedError
from sandbox.tools.found import find
from sandbox.tools.recipe import ETCD, KUBE_APISERVER, PULUMI
from tests.sandbox.tools.executables import write_executable


def test_the_assets_of_envtest_come_before_the_path(tmp_path: Path) -> None:
    write_executable(tmp_path / "bin" / "kube-apiserver", "echo Kubernetes v1.34.2")
    assets = write_executable(tmp_path / "assets" / "kube-apiserver", "echo Kubernetes v1.34.0")

    env = {"PATH": str(tmp_path / "bin"), "KUBEBUILDER_ASSETS": str(tmp_path / "assets")}

    assert find(KUBE_APISERVER, env) == assets


def test_one_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    write_executable(tmp_path / "old" / "etcd", "echo etcd Version: 3.4.30")
    good = write_executable(tmp_path / "good" / "etcd", "echo etcd Version: 3.5.21")

    assert find(ETCD, {"PATH": f"{tmp_path / 'old'}:{tmp_path / 'good'}"}) == good


def test_what_will_not_do_is_said_with_the_reason(tmp_path: Path) -> None:
    old = write_executable(tmp_path / "a" / "etcd", "echo etcd Version: 3.4.30")
    mute = write_executable(tmp_path / "b" / "etcd", "echo who knows")
    broken = write_executable(tmp_path / "c" / "etcd", "exit 3")

    with pytest.raises(WayClosedError) as refused:
        find(ETCD, {"PATH": f"{old.parent}:{mute.parent}:{broken.parent}"})

    assert re.fullmatch(
        rf"{old} is 3\.4\.30, not 3\.5 or newer \(3\.6\.5 is pinned\); "
        rf"{mute} does not say its version \(no version such as .*'who knows'\); "
        rf"{broken} does not say its version \(.*exit status 3\.\)",
        str(refused.value),
    )


def test_a_pulumi_without_its_language_host_will_not_do(tmp_path: Path) -> None:
    pulumi = write_executable(tmp_path / "pulumi", "echo v3.250.0")

    reason = f"^{re.escape(f'{pulumi} has no pulumi-language-python beside it')}$"
    with pytest.raises(WayClosedError, match=reason):
        find(PULUMI, {"PATH": str(tmp_path)})


def test_a_pulumi_that_is_linked_to_is_looked_at_where_it_is(tmp_path: Path) -> None:
    real = write_executable(tmp_path / "opt" / "pulumi", "echo v3.250.0")
    write_executable(tmp_path / "opt" / "pulumi-language-python", "")
    link = tmp_path / "bin" / "pulumi"
    link.parent.mkdir()
    link.symlink_to(real)

    assert find(PULUMI, {"PATH": str(link.parent)}) == link


def test_a_tool_that_is_asked_for_its_version_sees_no_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARM_CLIENT_SECRET", "the-real-one")
    write_executable(
        tmp_path / "etcd", f'[ -z "$ARM_CLIENT_SECRET" ] && env > {tmp_path}/env; echo 3.6.5'
    )

    find(ETCD, {"PATH": str(tmp_path)})

    assert "the-real-one" not in (tmp_path / "env").read_text()


def test_nothing_found_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(WayClosedError, match=r"^not on the PATH$"):
        find(ETCD, {"PATH": str(tmp_path)})
    with pytest.raises(WayClosedError, match=r"^not in KUBEBUILDER_ASSETS or on the PATH$"):
        find(ETCD, {"PATH": str(tmp_path), "KUBEBUILDER_ASSETS": str(tmp_path)})
