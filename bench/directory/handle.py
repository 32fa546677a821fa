"""The measuring side: starts the directory's process, asks it what it has counted, ends it.

They talk in lines of JSON over the child's standard streams; the child ends when its input closes,
so it cannot outlive this process however that ends.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sandbox.entra.temper import Temper

_LOG_FILE = "directory.log"
_STOP_TIMEOUT_S = 10


class DirectoryError(Exception):
    """The directory's process ended; the message has the end of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the directory is and who may write to it; worthless once it ends."""

    ca_file: str
    tenant_id: str
    login_url: str
    sts_url: str
    graph_url: str
    client_id: str
    client_secret: str = field(repr=False)

    @property
    def cloud_setting(self) -> dict[str, str]:
        """The program's setting `cloud` that points to it."""
        return {
            "metadataHost": self.login_url.removeprefix("https://"),
            "loginEndpoint": self.login_url,
            "stsEndpoint": self.sts_url,
            "graphEndpoint": self.graph_url,
        }

    def environment(self) -> dict[str, str]:
        """Return the variables by which programs find identity and certificate authority."""
        return {
            "ARM_TENANT_ID": self.tenant_id,
            "ARM_CLIENT_ID": self.client_id,
            "ARM_CLIENT_SECRET": self.client_secret,
            "ARM_USE_CLI": "false",
            "REQUESTS_CA_BUNDLE": self.ca_file,
            "SSL_CERT_FILE": self.ca_file,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What has been asked of Microsoft Graph since the last `begin`."""

    requests: int
    """HTTP requests; a batch is one."""
    writes: int
    """Users that were written, items of batches one by one: what the quota counts."""
    reads: int
    """Pages and objects that were read, items of batches one by one."""
    throttled: int
    """Answers 429, to whole requests and to items of batches."""
    refused: int
    """Answers of 400 and above, those 429 included."""
    cpu_seconds: float
    """CPU time of the directory's process."""


class Directory:
    """One running directory with `users` users in it; its files are in `folder`."""

    address: Address
    extension_names: Mapping[str, str]
    """Graph's names of the two extension properties, by property name."""
    user_ids: Mapping[str, str]
    """Object ids by user principal name."""

    def __init__(self, folder: Path, *, users: int, temper: Temper) -> None:
        self._folder = folder
        self._users = users
        self._temper = temper
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        with (self._folder / _LOG_FILE).open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bench.directory", str(self._folder)],
                cwd=Path(__file__).parents[2],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                # A Ctrl-C in the terminal is for us to handle.
                start_new_session=True,
            )
        try:
            told = self._ask({"users": self._users, "temper": self._temper.model_dump(mode="json")})
        except BaseException:
            self._end()
            raise
        self.address = Address(**told["address"])
        self.extension_names = told["extension_names"]
        self.user_ids = told["user_ids"]
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    @property
    def pid(self) -> int:
        """The process that is nobody's memory."""
        return self._process.pid

    def begin(self) -> None:
        """Forget what was counted, and give every application its full quota."""
        self._ask({"do": "begin"})

    def counts(self) -> Counts:
        """Return what has been counted; any thread may ask."""
        return Counts(**self._ask({"do": "counts"}))

    def values(self) -> dict[str, dict[str, Any]]:
        """Return the extension values of every user that has any, by object id."""
        return self._ask({"do": "values"})

    def _ask(self, question: Mapping[str, Any]) -> Any:
        stdin, stdout = self._process.stdin, self._process.stdout
        answer = ""
        if stdin and stdout:
            with self._lock, contextlib.suppress(BrokenPipeError):
                stdin.write(json.dumps(question) + "\n")
                stdin.flush()
                answer = stdout.readline()
        if not answer:
            log = (self._folder / _LOG_FILE).read_text(errors="replace").splitlines()
            msg = "the directory has ended; its last output:\n" + "\n".join(log[-30:])
            raise DirectoryError(msg)
        return json.loads(answer)

    def _end(self) -> None:
        with self._process as process:
            if process.stdin:
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
            try:
                process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
