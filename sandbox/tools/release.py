"""The second way: the official release, its checksum verified."""

from __future__ import annotations

import hashlib
import ssl
import tarfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from sandbox.tools.errors import WayClosedError
from sandbox.tools.recipe import Recipe, dotted, this_platform

Progress = Callable[[str], None]

PROBE_TIMEOUT_S: Final = 2.5
"""All that unreachable hosts may cost; they are asked at the same time, once."""
PROGRESS_EVERY_S: Final = 5.0

PULUMI_HOST: Final[str] = "https://get.pulumi.com"
KUBERNETES_HOST: Final[str] = "https://dl.k8s.io"
GITHUB_HOST: Final[str] = "https://github.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Where the publisher of a tool keeps it; paths are relative to the host."""

    host: str
    path: str
    checksums_path: str
    """A file of `<sha256>  <name>` lines, or of the bare sum."""
    keep: Callable[[str], bool] | None = None
    """For an archive: which files (by name without folders) to take out of it."""


def release_of(recipe: Recipe) -> Release:
    """Return where `recipe` is released for this platform.

    https://www.pulumi.com/docs/install/versions/,
    https://kubernetes.io/releases/download/#binaries,
    https://github.com/etcd-io/etcd/releases, https://github.com/rhysd/actionlint/releases
    """
    version, (system, architecture) = dotted(recipe.version), this_platform()
    if recipe.name == "pulumi":
        pulumi_architecture = {"amd64": "x64"}.get(architecture, architecture)
        return Release(
            host=PULUMI_HOST,
            path=f"/releases/sdk/pulumi-v{version}-{system}-{pulumi_architecture}.tar.gz",
            checksums_path=f"/releases/sdk/pulumi-{version}-checksums.txt",
            # The hosts of other languages are four fifths of the distribution.
            keep=lambda name: name == "pulumi" or "python" in name,
        )
    if recipe.name == "etcd":
        folder = f"/etcd-io/etcd/releases/download/v{version}"
        return Release(
            host=GITHUB_HOST,
            path=f"{folder}/etcd-v{version}-{system}-{architecture}.tar.gz",
            checksums_path=f"{folder}/SHA256SUMS",
            keep=lambda name: name == "etcd",
        )
    if recipe.name == "actionlint":
        folder = f"/rhysd/actionlint/releases/download/v{version}"
        return Release(
            host=GITHUB_HOST,
            path=f"{folder}/actionlint_{version}_{system}_{architecture}.tar.gz",
            checksums_path=f"{folder}/actionlint_{version}_checksums.txt",
            keep=lambda name: name == "actionlint",
        )
    path = f"/v{version}/bin/{system}/{architecture}/{recipe.name}"
    return Release(host=KUBERNETES_HOST, path=path, checksums_path=f"{path}.sha256")


@dataclass(slots=True, kw_only=True)
class ReleaseHosts:
    """Downloads releases, and remembers which of their hosts cannot be reached.

    `mirrors` replaces a host by another URL; `context` is what TLS trusts, by default what httpx
    does (the system's authorities or SSL_CERT_FILE).
    """

    mirrors: Mapping[str, str] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    probe_timeout_s: float = PROBE_TIMEOUT_S
    _unreachable: dict[str, str] | None = field(default=None, init=False)

    def fetch(self, release: Release, name: str, folder: Path, progress: Progress) -> str:
        """Put the executable `name` (and what belongs to it) into `folder`; return its URL.

        Raises:
            WayClosedError: the host cannot be reached, has no such release, or what it has does
                not have the checksum it says.
        """
        host = self.mirrors.get(release.host, release.host)
        if reason := self._why_unreachable().get(host):
            msg = f"{httpx.URL(host).host} cannot be reached ({reason})"
            raise WayClosedError(msg)
        url = f"{host}{release.path}"
        downloaded = folder.parent / "download"
        timeout = httpx.Timeout(30, connect=5)
        try:
            with httpx.Client(
                verify=self.context or True, timeout=timeout, follow_redirects=True
            ) as client:
                wanted = _expected_sum(client, f"{host}{release.checksums_path}", url)
                actual = _download(client, url, downloaded, progress)
        except httpx.HTTPError as error:
            msg = f"{url}: {error}"
            raise WayClosedError(msg) from error
        if actual != wanted:
            msg = (
                f"{url} has the SHA-256 {actual}, and {release.checksums_path} says {wanted}: "
                "it is damaged or not the publisher's, and not used"
            )
            raise WayClosedError(msg)
        if release.keep is None:
            downloaded.rename(folder / name)
        else:
            _unpack(downloaded, release.keep, folder)
            downloaded.unlink()
        executable = folder / name
        if not executable.is_file():
            msg = f"there is no {name} in {url}"
            raise WayClosedError(msg)
        executable.chmod(0o755)
        return url

    def _why_unreachable(self) -> Mapping[str, str]:
        if self._unreachable is None:
            hosts = [self.mirrors.get(h, h) for h in (PULUMI_HOST, KUBERNETES_HOST, GITHUB_HOST)]
            self._unreachable = self._probe(hosts)
        return self._unreachable

    def _probe(self, hosts: list[str]) -> dict[str, str]:
        """Ask all hosts at once; in threads, because no timeout stops the look-up of a name."""
        reasons = dict.fromkeys(hosts, f"no answer in {self.probe_timeout_s:g} s")
        reachable: set[str] = set()

        def ask(host: str) -> None:
            try:
                httpx.head(host, verify=self.context or True, timeout=self.probe_timeout_s)
            except httpx.HTTPError as error:
                reasons[host] = str(error) or type(error).__name__
            else:
                reachable.add(host)

        threads = [threading.Thread(target=ask, args=(host,), daemon=True) for host in set(hosts)]
        deadline = time.monotonic() + self.probe_timeout_s
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return {host: reason for host, reason in reasons.items() if host not in reachable}


def _expected_sum(client: httpx.Client, checksums_url: str, url: str) -> str:
    answer = client.get(checksums_url).raise_for_status()
    name = url.rpartition("/")[2]
    lines = [line.split() for line in answer.text.splitlines() if line.strip()]
    if len(lines) == 1 and len(lines[0]) == 1:
        return lines[0][0]
    for parts in lines:
        # GNU coreutils marks files that were read as binary with an asterisk.
        if len(parts) == 2 and parts[1].removeprefix("*") == name:
            return parts[0]
    msg = f"{checksums_url} does not list {name}"
    raise WayClosedError(msg)


def _download(client: httpx.Client, url: str, file: Path, progress: Progress) -> str:
    digest = hashlib.sha256()
    said = started = time.monotonic()
    received = 0
    with client.stream("GET", url) as answer, file.open("wb") as out:
        answer.raise_for_status()
        total = int(answer.headers.get("content-length", 0))
        for piece in answer.iter_bytes(1 << 18):
            digest.update(piece)
            out.write(piece)
            received += len(piece)
            if time.monotonic() - said >= PROGRESS_EVERY_S:
                said = time.monotonic()
                of = f" of {total / 1e6:.0f}" if total else ""
                progress(f"{received / 1e6:.0f}{of} MB downloaded, {said - started:.0f} s")
    return digest.hexdigest()


def _unpack(archive: Path, keep: Callable[[str], bool], folder: Path) -> None:
    """Take files out one by one by name, so that no path in the archive matters."""
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                name = Path(member.name).name
                content = tar.extractfile(member) if member.isfile() and keep(name) else None
                if content is not None:
                    with content, (folder / name).open("wb") as out:
                        while piece := content.read(1 << 20):
                            out.write(piece)
                    (folder / name).chmod(0o755)
    except tarfile.TarError as error:
        msg = f"{archive.name} is not an archive that can be read: {error}"
        raise WayClosedError(msg) from error
