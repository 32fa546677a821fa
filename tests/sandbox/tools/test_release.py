"""Official releases: the right file, only with the right checksum."""

from __future__ import annotations

import re
import socket
import time
from pathlib import Path

import pytest

from sandbox.tools.errors import WayClosedError
from sandbox.tools.recipe import ETCD, KUBE_APISERVER, PULUMI, this_platform
from sandbox.tools.release import (
    GITHUB_HOST,
    KUBERNETES_HOST,
    PULUMI_HOST,
    ReleaseHosts,
    release_of,
)
from tests.sandbox.tools.release_server import ReleaseServer, archive


def nothing_to_say(line: str) -> None:
    del line


def test_the_addresses_are_those_of_the_publishers() -> None:
    system, architecture = this_platform()
    pulumi_architecture = "x64" if architecture == "amd64" else architecture
    pulumi, etcd, server = release_of(PULUMI), release_of(ETCD), release_of(KUBE_APISERVER)

    assert (pulumi.host, pulumi.path, pulumi.checksums_path) == (
        "https://get.pulumi.com",
        f"/releases/sdk/pulumi-v3.250.0-{system}-{pulumi_architecture}.tar.gz",
        "/releases/sdk/pulumi-3.250.0-checksums.txt",
    )
    assert (etcd.host, etcd.path, etcd.checksums_path) == (
        "https://github.com",
        f"/etcd-io/etcd/releases/download/v3.6.5/etcd-v3.6.5-{system}-{architecture}.tar.gz",
        "/etcd-io/etcd/releases/download/v3.6.5/SHA256SUMS",
    )
    assert (server.host, server.path, server.checksums_path) == (
        "https://dl.k8s.io",
        f"/v1.34.1/bin/{system}/{architecture}/kube-apiserver",
        f"/v1.34.1/bin/{system}/{architecture}/kube-apiserver.sha256",
    )


def test_a_single_executable_is_kept_as_it_is(
    releases: ReleaseServer, hosts: ReleaseHosts, download_folder: Path
) -> None:
    release = release_of(KUBE_APISERVER)
    releases.publish(release.path, b"the server", release.checksums_path)
    bare_sum = releases.files[release.checksums_path].split()[0]
    releases.files[release.checksums_path] = bare_sum

    url = hosts.fetch(release, "kube-apiserver", download_folder, nothing_to_say)

    assert url == releases.url + release.path
    assert [file.name for file in download_folder.iterdir()] == ["kube-apiserver"]
    executable = download_folder / "kube-apiserver"
    assert executable.read_bytes() == b"the server"
    assert executable.stat().st_mode & 0o111


def test_of_pulumi_s_archive_only_what_python_programs_need_is_kept(
    releases: ReleaseServer, hosts: ReleaseHosts, download_folder: Path
) -> None:
    release = release_of(PULUMI)
    names = ("pulumi", "pulumi-language-python", "pulumi-language-go", "../../pulumi-python-x")
    packed = archive({f"pulumi/{name}": name.encode() for name in names})
    releases.publish("/releases/sdk/another.tar.gz", b"x", release.checksums_path)
    releases.publish(release.path, packed, release.checksums_path)

    hosts.fetch(release, "pulumi", download_folder, nothing_to_say)

    kept = sorted(file.name for file in download_folder.iterdir())
    assert kept == ["pulumi", "pulumi-language-python", "pulumi-python-x"]
    assert [file.name for file in download_folder.parent.iterdir()] == ["made"]


def test_another_checksum_is_refused(
    releases: ReleaseServer, hosts: ReleaseHosts, download_folder: Path
) -> None:
    release = release_of(KUBE_APISERVER)
    releases.publish(release.path, b"the server", release.checksums_path)
    releases.files[release.path] = b"something else"

    with pytest.raises(WayClosedError, match=r"it is damaged or not the publisher's, and not used"):
        hosts.fetch(release, "kube-apiserver", download_folder, nothing_to_say)

    assert list(download_folder.iterdir()) == []


def test_a_release_without_a_checksum_is_refused(
    releases: ReleaseServer, hosts: ReleaseHosts, download_folder: Path
) -> None:
    release = release_of(ETCD)
    releases.publish("/another/etcd.tar.gz", b"x", release.checksums_path)
    releases.publish("/one/more.tar.gz", b"x", release.checksums_path)
    releases.files[release.path] = b"x"

    with pytest.raises(WayClosedError, match=r"/SHA256SUMS does not list etcd-v3\.6\.5-"):
        hosts.fetch(release, "etcd", download_folder, nothing_to_say)

    assert release.path not in releases.asked


def test_a_release_that_does_not_exist_closes_the_way(
    hosts: ReleaseHosts, download_folder: Path
) -> None:
    with pytest.raises(WayClosedError, match="404"):
        hosts.fetch(release_of(ETCD), "etcd", download_folder, nothing_to_say)


def test_an_archive_without_the_executable_closes_the_way(
    releases: ReleaseServer, hosts: ReleaseHosts, download_folder: Path
) -> None:
    release = release_of(ETCD)
    releases.publish(release.path, archive({"etcd/README.md": b"x"}), release.checksums_path)

    with pytest.raises(WayClosedError, match=f"^there is no etcd in {re.escape(releases.url)}"):
        hosts.fetch(release, "etcd", download_folder, nothing_to_say)


def test_a_host_that_does_not_prove_who_it_is_is_not_used(
    releases: ReleaseServer, hosts: ReleaseHosts, download_folder: Path
) -> None:
    hosts.context = None  # the system's authorities, which do not know the test's

    with pytest.raises(WayClosedError, match="certificate verify failed"):
        hosts.fetch(release_of(ETCD), "etcd", download_folder, nothing_to_say)

    assert releases.asked == []


def test_hosts_that_are_silent_cost_little_and_only_once(download_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        mirrors = dict.fromkeys((PULUMI_HOST, KUBERNETES_HOST, GITHUB_HOST), url)
        hosts = ReleaseHosts(mirrors=mirrors, probe_timeout_s=0.5)
        started = time.monotonic()
        for recipe in (PULUMI, KUBE_APISERVER, ETCD):
            with pytest.raises(WayClosedError, match=r"^127\.0\.0\.1 cannot be reached \("):
                hosts.fetch(release_of(recipe), recipe.name, download_folder, nothing_to_say)

        assert time.monotonic() - started < 1.4, "0.5 s for all hosts and tools together"
