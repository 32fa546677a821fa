"""For each tool the first way that works, and the reason is said."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from sandbox.tools.errors import ToolsError
from sandbox.tools.recipe import ETCD, KUBE_APISERVER
from sandbox.tools.release import ReleaseHosts, release_of
from sandbox.tools.resolver import Resolver
from tests.sandbox.tools.executables import write_executable, write_go
from tests.sandbox.tools.release_server import ReleaseServer, archive

REFUSED = f"[Errno {errno.ECONNREFUSED}] {os.strerror(errno.ECONNREFUSED)}"
MAKE_IT = 'echo built > "$out"'


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }


def publish_etcd(releases: ReleaseServer) -> None:
    release = release_of(ETCD)
    packed = archive({"etcd-v3.6.5/etcd": b"released"})
    releases.publish(release.path, packed, release.checksums_path)


def test_one_on_this_machine_comes_first(
    tmp_path: Path, env: dict[str, str], hosts: ReleaseHosts, releases: ReleaseServer
) -> None:
    publish_etcd(releases)
    etcd = write_executable(tmp_path / "bin" / "etcd", "echo etcd Version: 3.6.5")
    said: list[str] = []

    assert Resolver(env, hosts, said.append).executable(ETCD) == etcd
    assert said == [f"etcd: {etcd} is good enough (3.5 or newer)"]
    assert releases.asked == []


def test_then_the_official_release(
    tmp_path: Path, env: dict[str, str], hosts: ReleaseHosts, releases: ReleaseServer
) -> None:
    publish_etcd(releases)
    write_go(tmp_path / "bin", build=MAKE_IT)
    said: list[str] = []

    etcd = Resolver(env, hosts, said.append).executable(ETCD)

    assert etcd.read_text() == "released"
    assert said == [f"etcd: 3.6.5, after 0 s: {releases.url}{release_of(ETCD).path}"]


def test_then_a_build(tmp_path: Path, env: dict[str, str], no_hosts: ReleaseHosts) -> None:
    write_go(tmp_path / "bin", build=MAKE_IT)
    said: list[str] = []

    etcd = Resolver(env, no_hosts, said.append).executable(ETCD)

    assert etcd.read_text() == "built\n"
    assert said == [
        "etcd: not on the PATH; no official release: 127.0.0.1 cannot be reached "
        f"({REFUSED}); building it from source, which takes some 1 min on "
        "2 cores",
        "etcd: 3.6.5, after 0 s: built from go.etcd.io/etcd/server/v3 v3.6.5 with go1.99.0",
    ]


def test_what_was_made_once_is_taken_from_the_cache(
    tmp_path: Path, env: dict[str, str], hosts: ReleaseHosts, releases: ReleaseServer
) -> None:
    publish_etcd(releases)
    made = Resolver(env, hosts, print).executable(ETCD)
    asked = len(releases.asked)
    said: list[str] = []

    assert Resolver(env, hosts, said.append).executable(ETCD) == made
    assert said == [f"etcd: 3.6.5, from the cache: {releases.url}{release_of(ETCD).path}"]
    assert len(releases.asked) == asked
    assert sorted(entry.name for entry in made.parent.iterdir()) == ["ORIGIN", "etcd"]
    assert tmp_path in made.parents


def test_a_release_with_a_wrong_checksum_is_not_used_and_it_is_said(
    tmp_path: Path, env: dict[str, str], hosts: ReleaseHosts, releases: ReleaseServer
) -> None:
    publish_etcd(releases)
    releases.files[release_of(ETCD).path] += b"and more"
    write_go(tmp_path / "bin", build=MAKE_IT)
    said: list[str] = []

    etcd = Resolver(env, hosts, said.append).executable(ETCD)

    assert etcd.read_text() == "built\n"
    assert "it is damaged or not the publisher's, and not used" in said[0]


def test_two_that_want_the_same_tool_make_it_once(
    env: dict[str, str], hosts: ReleaseHosts, releases: ReleaseServer
) -> None:
    publish_etcd(releases)
    found: list[Path] = []

    def resolve() -> None:
        found.append(Resolver(env, hosts, print).executable(ETCD))

    threads = [threading.Thread(target=resolve) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert len(found) == len(threads)
    assert releases.asked.count(release_of(ETCD).path) == 1


def test_no_way_at_all_is_one_error_with_the_three_ways_out(
    tmp_path: Path, env: dict[str, str], no_hosts: ReleaseHosts
) -> None:
    env["PATH"] = str(tmp_path)

    with pytest.raises(ToolsError) as error:
        Resolver(env, no_hosts, print).executable(KUBE_APISERVER)

    assert str(error.value) == (
        "kube-apiserver 1.34.1 is needed and could not be had:\n"
        "  on this machine: not on the PATH\n"
        f"  official release: 127.0.0.1 cannot be reached ({REFUSED})\n"
        "  build from source: Go is not on the PATH; 1.24.0 or newer is needed\n"
        "Do one of these and try again:\n"
        "  put a kube-apiserver on the PATH (the same minor version as 1.34.1)\n"
        "  let this machine reach https://dl.k8s.io (HTTPS_PROXY is honoured)\n"
        "  install Go 1.24.0 or newer and let it reach its module proxy (GOPROXY)"
    )
