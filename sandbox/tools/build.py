"""The third way: building the tool from its pinned Go module.

Everything comes through the Go module proxy and is verified against go.sum. The build uses the Go
build and module caches of the person who runs it (GOCACHE, GOMODCACHE: some gigabytes, which make
the next build faster and can be removed with `go clean -cache -modcache`); nothing else is left.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from sandbox.tools.errors import WayClosedError
from sandbox.tools.recipe import Recipe, dotted, parse_version

Progress = Callable[[str], None]

PROGRESS_EVERY_S: Final = 5.0
LAST_LINES: Final = 20
_PASSED_ON: Final = re.compile(
    r"(PATH|HOME|TMPDIR|XDG_CACHE_HOME|XDG_CONFIG_HOME|GO[A-Z0-9]+|NETRC|GIT_SSL_CAINFO"
    r"|SSL_CERT_FILE|SSL_CERT_DIR|HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy)"
)


def go_environment(ambient: Mapping[str, str]) -> dict[str, str]:
    """Return what Go needs of `ambient`: its own settings and the way to the module proxy."""
    taken = {name: value for name, value in ambient.items() if _PASSED_ON.fullmatch(name)}
    # Without C the result depends on nothing of this machine.
    return taken | {"CGO_ENABLED": "0"}


def build(recipe: Recipe, folder: Path, ambient: Mapping[str, str], progress: Progress) -> str:
    """Build the executable and put it, with its scripts, into `folder`; return what it is.

    Raises:
        WayClosedError: Go is missing or too old, or the build failed.
    """
    env = go_environment(ambient)
    go = shutil.which("go", path=env.get("PATH", os.defpath))
    if go is None:
        msg = f"Go is not on the PATH; {dotted(recipe.go_version)} or newer is needed"
        raise WayClosedError(msg)
    toolchain = _toolchain(go, recipe, env)
    total = len(_run_go([go, "list", "-deps", recipe.package], recipe, env, progress).splitlines())
    command = [
        go, "build", "-v", "-mod=readonly", "-trimpath", "-buildvcs=false",
        # The linker drops debugging information; not to make any saves a tenth of the time.
        "-gcflags=all=-dwarf=false",
        "-ldflags", recipe.linker_flags, "-o", str(folder / recipe.name), recipe.package,
    ]  # fmt: skip
    _run_go(command, recipe, env, progress, packages=total)
    for module, path in recipe.from_module:
        found = _run_go([go, "list", "-m", "-f", "{{.Dir}}", module], recipe, env, progress)
        script = folder / Path(path).name
        shutil.copyfile(Path(found.strip()) / path, script)
        script.chmod(0o755)
    return f"built from {recipe.module} v{dotted(recipe.version)} with {toolchain}"


def _toolchain(go: str, recipe: Recipe, env: Mapping[str, str]) -> str:
    """Return the version of Go that will build, which Go may have to download first."""
    # An older Go that may not download a newer one refuses every command in the module's folder.
    answer = subprocess.run(
        [go, "env", "GOVERSION"],
        cwd=recipe.module_folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    version = answer.stdout.strip()
    try:
        # Go 1.20 and older call their first release 1.20, not 1.20.0.
        new_enough = parse_version(f"{version.removeprefix('go')}.0", go) >= recipe.go_version
    except ValueError:
        new_enough = False
    if answer.returncode or not new_enough:
        why = answer.stderr.strip() or f"{go} is {version}"
        msg = f"Go {dotted(recipe.go_version)} or newer is needed: {why}"
        raise WayClosedError(msg)
    return version


def _run_go(
    command: Sequence[str],
    recipe: Recipe,
    env: Mapping[str, str],
    progress: Progress,
    packages: int | None = None,
) -> str:
    """Run a go command, say every few seconds how far it is, and return what it prints."""
    started = time.monotonic()
    printed: list[str] = []
    said: list[str] = []
    readers: list[threading.Thread] = []
    with subprocess.Popen(
        command,
        cwd=recipe.module_folder,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A group of its own: compilers must not outlive a build that is interrupted.
        process_group=0,
    ) as process:
        # Nothing before this: an interrupt there would leave the compilers running.
        try:
            for lines, stream in ((printed, process.stdout), (said, process.stderr)):
                readers.append(threading.Thread(target=lines.extend, args=(stream,)))
                readers[-1].start()
            _wait(process, lambda: progress(_how_far(said, packages, time.monotonic() - started)))
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                process.wait()
            for reader in readers:
                reader.join()
    if process.returncode:
        telling = [line for line in said if not line.startswith("go: downloading")]
        msg = f"`go {command[1]}` failed:\n{''.join(telling[-LAST_LINES:]).strip()}"
        raise WayClosedError(msg)
    return "".join(printed)


def _wait(process: subprocess.Popen[str], say: Callable[[], None]) -> None:
    while True:
        try:
            process.wait(PROGRESS_EVERY_S)
        except subprocess.TimeoutExpired:
            say()
        else:
            return


def _how_far(said: Sequence[str], packages: int | None, seconds: float) -> str:
    modules = sum(line.startswith("go: downloading") for line in said)
    if packages is None:
        return f"{modules} modules downloaded, {seconds:.0f} s"
    # What the build cache already has is not compiled again, hence "at most".
    return f"{len(said) - modules} of at most {packages} packages compiled, {seconds:.0f} s"
