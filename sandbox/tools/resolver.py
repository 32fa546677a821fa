"""Which pulumi, etcd, kube-apiserver and kube-controller-manager the sandbox runs.

For each tool the first way that works: a good enough one that is already on this machine, one from
the cache, the official release, a build of the pinned Go module. It installs nothing outside the
cache, and says why it takes the way it takes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.tools.build import build
from sandbox.tools.cache import ToolCache, cache_folder
from sandbox.tools.errors import ToolsError, WayClosedError
from sandbox.tools.found import find
from sandbox.tools.recipe import (
    ALL,
    ETCD,
    KUBE_APISERVER,
    KUBE_CONTROLLER_MANAGER,
    PULUMI,
    Recipe,
    dotted,
)
from sandbox.tools.release import ReleaseHosts, release_of

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Where the executables are."""

    pulumi_bin_dir: Path
    """Holds `pulumi` and what belongs beside it."""
    etcd: Path
    kube_apiserver: Path
    kube_controller_manager: Path


def resolve(
    progress: Progress,
    *,
    env: Mapping[str, str] | None = None,
    hosts: ReleaseHosts | None = None,
) -> Tools:
    """Return all tools, having downloaded or built what is missing.

    `progress` gets a line now and then, at least every few seconds while something is made. `env`
    is the environment to look for tools and settings in, by default this process's.

    Raises:
        ToolsError: a tool can be had in no way; the message names what to do.
    """
    resolver = Resolver(os.environ if env is None else env, hosts or ReleaseHosts(), progress)
    found = {recipe.name: resolver.executable(recipe) for recipe in ALL}
    return Tools(
        pulumi_bin_dir=found[PULUMI.name].parent,
        etcd=found[ETCD.name],
        kube_apiserver=found[KUBE_APISERVER.name],
        kube_controller_manager=found[KUBE_CONTROLLER_MANAGER.name],
    )


class Resolver:
    """Takes the first way to a tool that works."""

    def __init__(self, env: Mapping[str, str], hosts: ReleaseHosts, progress: Progress) -> None:
        self._env = env
        self._hosts = hosts
        self._progress = progress
        self._cache = ToolCache(cache_folder(env))

    def executable(self, recipe: Recipe) -> Path:
        """Return the executable of `recipe`.

        Raises:
            ToolsError: it can be had in no way.
        """
        try:
            executable = find(recipe, self._env)
        except WayClosedError as not_found:
            return self._cached_or_made(recipe, str(not_found)) / recipe.name
        self._say(recipe, f"{executable} is good enough ({recipe.accepted})")
        return executable

    def _cached_or_made(self, recipe: Recipe, not_found: str) -> Path:
        key, started = recipe.cache_key, time.monotonic()
        how = "from the cache: "
        folder = self._cache.look_up(key)
        if folder is None:
            with self._cache.locked(key, lambda line: self._say(recipe, line)):
                # Another process may have made it while we waited.
                folder = self._cache.look_up(key)
                if folder is None:
                    folder = self._make(recipe, not_found)
                    how = f"after {time.monotonic() - started:.0f} s: "
        self._say(recipe, f"{dotted(recipe.version)}, {how}{self._cache.origin(key)}")
        return folder

    def _make(self, recipe: Recipe, not_found: str) -> Path:
        def progress(line: str) -> None:
            self._say(recipe, line)

        def fetch(folder: Path) -> str:
            return self._hosts.fetch(release_of(recipe), recipe.name, folder, progress)

        try:
            return self._cache.keep(recipe.cache_key, fetch)
        except WayClosedError as error:
            no_release = str(error)
        progress(
            f"{not_found}; no official release: {no_release}; building it from source, which "
            f"takes some {recipe.build_minutes:g} min on 2 cores"
        )
        try:
            return self._cache.keep(
                recipe.cache_key, lambda folder: build(recipe, folder, self._env, progress)
            )
        except WayClosedError as error:
            raise ToolsError(_no_way(recipe, not_found, no_release, str(error))) from error

    def _say(self, recipe: Recipe, line: str) -> None:
        self._progress(f"{recipe.name}: {line}")


def _no_way(recipe: Recipe, not_found: str, no_release: str, no_build: str) -> str:
    host = release_of(recipe).host
    return (
        f"{recipe.name} {dotted(recipe.version)} is needed and could not be had:\n"
        f"  on this machine: {not_found}\n"
        f"  official release: {no_release}\n"
        f"  build from source: {no_build}\n"
        "Do one of these and try again:\n"
        f"  put a {recipe.name} on the PATH ({recipe.accepted} as {dotted(recipe.version)})\n"
        f"  let this machine reach {host} (HTTPS_PROXY is honoured)\n"
        f"  install Go {dotted(recipe.go_version)} or newer and let it reach its module proxy "
        "(GOPROXY)"
    )
