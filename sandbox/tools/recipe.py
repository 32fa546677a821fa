"""What the tools are: which version, what is good enough, how they are built and released.

The version of each tool is written once: in the `go.mod` it is built from.
"""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

Version = tuple[int, int, int]

_VERSION: Final = re.compile(r"\bv?(\d+)\.(\d+)\.(\d+)")
_ARCHITECTURES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One tool."""

    name: str
    """Of the executable."""
    module_folder: Path
    """Holds the go.mod and go.sum that pin it and all it is built from."""
    module: str
    """The Go module whose version is the tool's."""
    package: str
    """The Go package of the executable."""
    version_arguments: tuple[str, ...]
    """What makes the executable print its version."""
    linker_variables: tuple[tuple[str, str], ...]
    """Go variables that official builds set to the version; {version}, {major}, {minor}."""
    good_enough: Callable[[Version, Version], bool]
    """Whether a version found on this machine (first) can stand for the pinned one (second)."""
    accepted: str
    """`good_enough` in words."""
    beside: tuple[str, ...] = ()
    """Executables that an official distribution has beside it, without which it is not complete."""
    from_module: tuple[tuple[str, str], ...] = ()
    """Scripts that a build takes out of a Go module: (module, path in it)."""
    build_minutes: float
    """How long a build with empty caches took on 2 cores, to tell people what to expect."""

    @property
    def version(self) -> Version:
        """The pinned version."""
        return parse_version(self._requirement(), f"{self.module} in {self.go_mod}")

    @property
    def go_mod(self) -> Path:
        """The file that pins it."""
        return self.module_folder / "go.mod"

    @property
    def go_version(self) -> Version:
        """The Go that the module asks for."""
        line = re.search(r"^go (\S+)$", self.go_mod.read_text(encoding="utf-8"), re.MULTILINE)
        text = line.group(1) if line else ""
        return parse_version(text if text.count(".") > 1 else f"{text}.0", f"go in {self.go_mod}")

    @property
    def linker_flags(self) -> str:
        """What `go build -ldflags` gets: no symbol tables, and the version."""
        major, minor, _ = self.version
        values = {"version": dotted(self.version), "major": major, "minor": minor}
        sets = [f"-X {name}={value.format(**values)}" for name, value in self.linker_variables]
        return " ".join(["-s", "-w", *sets])

    @property
    def cache_key(self) -> str:
        """Names this tool, made this way, for this platform."""
        digest = hashlib.sha256(repr((self.linker_flags, self.from_module)).encode())
        for name in ("go.mod", "go.sum"):
            digest.update((self.module_folder / name).read_bytes())
        system, architecture = this_platform()
        return (
            f"{self.name}-{dotted(self.version)}-{system}-{architecture}-{digest.hexdigest()[:8]}"
        )

    def _requirement(self) -> str:
        wanted = re.compile(rf"^\s*{re.escape(self.module)} (v\S+)", re.MULTILINE)
        found = wanted.search(self.go_mod.read_text(encoding="utf-8"))
        return found.group(1) if found else ""


def parse_version(text: str, where: str) -> Version:
    """Return the first version in `text`.

    Raises:
        ValueError: there is none; the message names `where`.
    """
    found = _VERSION.search(text)
    if found is None:
        msg = f"no version such as 1.2.3 in {where}: {text.strip()[:200]!r}"
        raise ValueError(msg)
    major, minor, patch = (int(part) for part in found.groups())
    return major, minor, patch


def dotted(version: Version) -> str:
    """Return `version` as people write it."""
    return ".".join(str(part) for part in version)


def this_platform() -> tuple[str, str]:
    """Return the operating system and the architecture by Go's names."""
    machine = platform.machine().lower()
    return sys.platform, _ARCHITECTURES.get(machine, machine)


_HERE: Final = Path(__file__).resolve().parent
_KUBERNETES_VERSION: Final = (
    ("k8s.io/component-base/version.gitVersion", "v{version}"),
    ("k8s.io/component-base/version.gitMajor", "{major}"),
    ("k8s.io/component-base/version.gitMinor", "{minor}"),
)

PULUMI: Final = Recipe(
    name="pulumi",
    module_folder=_HERE / "pulumi",
    module="github.com/pulumi/pulumi/pkg/v3",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version_arguments=("version",),
    linker_variables=(("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", "v{version}"),),
    # The engine keeps working with older SDKs, not with newer ones.
    good_enough=lambda found, pinned: found >= pinned and found[0] == pinned[0],
    accepted="the same major version and not older",
    beside=("pulumi-language-python",),
    # The language host runs programs by it; it has to be of the engine's version.
    from_module=(("github.com/pulumi/pulumi/sdk/v3", "python/cmd/pulumi-language-python-exec"),),
    build_minutes=3,
)
ETCD: Final = Recipe(
    name="etcd",
    module_folder=_HERE / "etcd",
    module="go.etcd.io/etcd/server/v3",
    package="go.etcd.io/etcd/server/v3",
    version_arguments=("--version",),
    linker_variables=(),
    good_enough=lambda found, pinned: found >= (3, 5, 0) and found[0] == pinned[0],
    accepted="3.5 or newer",
    build_minutes=1,
)


def _kubernetes(
    name: str,
    build_minutes: float,
    *,
    folder: str = "kubernetes",
    version_arguments: tuple[str, ...] = ("--version",),
) -> Recipe:
    return Recipe(
        name=name,
        module_folder=_HERE / folder,
        module="k8s.io/kubernetes",
        package=f"k8s.io/kubernetes/cmd/{name}",
        version_arguments=version_arguments,
        linker_variables=_KUBERNETES_VERSION,
        # The EKS stand-in says which Kubernetes it is, and rules depend on it.
        good_enough=lambda found, pinned: found[:2] == pinned[:2],
        accepted="the same minor version",
        build_minutes=build_minutes,
    )


KUBE_APISERVER: Final = _kubernetes("kube-apiserver", 3.5)
KUBE_CONTROLLER_MANAGER: Final = _kubernetes("kube-controller-manager", 1.5)
KUBECTL: Final = _kubernetes(
    "kubectl", 1, folder="kubectl", version_arguments=("version", "--client")
)
"""Not one of the sandbox's own: the conformance tests want an independent client."""

ALL: Final = (ETCD, KUBE_APISERVER, KUBE_CONTROLLER_MANAGER, PULUMI)

ACTIONLINT: Final = Recipe(
    name="actionlint",
    module_folder=_HERE / "actionlint",
    module="github.com/rhysd/actionlint",
    package="github.com/rhysd/actionlint/cmd/actionlint",
    version_arguments=("--version",),
    linker_variables=(),
    # A newer one knows more of GitHub's keys, an older one refuses what is in use here.
    good_enough=lambda found, pinned: found >= pinned and found[0] == pinned[0],
    accepted="the same major version and not older",
    build_minutes=0.5,
)
"""Checks the workflows in the tests; no sandbox needs it."""
