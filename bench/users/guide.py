"""The method `guide`: `guide.sh`, the guide's curl commands in a loop.

It remembers nothing, so what a person has to know stands in for it:
first and no change are the same command for every user, because the loop cannot know that a value
is already there; for one percent the person runs it for the changed lines only, which is the best
that can be said for it; to look at live values takes the same loop with GET.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bench.directory import Directory
from bench.users.declared import DeclaredUser

SCRIPT = Path(__file__).with_name("guide.sh")


class GuideError(Exception):
    """The script ended with an error; the message has what it said."""


class Guide:
    """Runs the script against one directory; its files are in `folder`."""

    def __init__(self, directory: Directory, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700)
        address, names = directory.address, directory.extension_names
        settings = {
            "ca_file": address.ca_file,
            "login_url": address.login_url,
            "graph_url": address.graph_url,
            "tenant_id": address.tenant_id,
            "client_id": address.client_id,
            "default_namespace_name": names["default_namespace"],
            "picture_name": names["picture"],
        }
        (folder / "settings").write_text(
            "".join(f"{name}={shlex.quote(value)}\n" for name, value in settings.items())
        )
        (folder / "client_secret").write_text(address.client_secret)

    def first(self, users: Sequence[DeclaredUser]) -> None:
        """PATCH every user."""
        self._run("assign", users)

    def one_percent(self, users: Sequence[DeclaredUser], moved: Sequence[DeclaredUser]) -> None:
        """PATCH those that the person knows to have changed."""
        del users
        self._run("assign", moved)

    def no_change(self, users: Sequence[DeclaredUser]) -> None:
        """PATCH every user."""
        self._run("assign", users)

    def refresh(self, users: Sequence[DeclaredUser]) -> None:
        """GET every user."""
        self._run("look", users)

    def state_bytes(self) -> int:
        """Return 0: nothing is remembered."""
        return 0

    def _run(self, what: str, users: Sequence[DeclaredUser]) -> None:
        listed = self._folder / "list"
        listed.write_text(
            "".join("\t".join([user.object_id, *user.values.values()]) + "\n" for user in users)
        )
        log = self._folder / "log"
        with (
            log.open("wb") as output,
            subprocess.Popen(
                [SCRIPT, what, self._folder, listed],
                env={"PATH": os.environ.get("PATH", os.defpath)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as script,
        ):
            try:
                status = script.wait()
            finally:
                # The script's curl goes with it when this is interrupted.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(script.pid, signal.SIGKILL)
        if status:
            msg = f"guide.sh ended with status {status}:\n{log.read_text()[-2000:]}"
            raise GuideError(msg)
