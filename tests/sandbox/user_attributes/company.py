"""A stack that keeps the values of users, on the real engine, in a directory with a temper.

The program declares the extension properties and the shards and nothing else, so that an update
takes seconds. Its users come from a file beside it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.certificates import IssuedCertificate
from sandbox.engine import Engine, Result
from sandbox.engine.command import end_session, members_of_session
from sandbox.entra.entra import Entra
from sandbox.entra.temper import Temper
from sandbox.serving import Server, bind
from sandbox.waiting import wait_until

ROOT = Path(__file__).parents[3]
PROPERTIES = {"default_namespace": "String", "floor": "Integer"}
Values = Mapping[str, str]

PROJECT = """\
name: entra-eks-sso
runtime:
  name: python
  options:
    virtualenv: .venv
"""
PROGRAM = """\
import json
from pathlib import Path

import pulumi

from components.users_not_reached import fail_for_users_not_reached
from graph.attribute_text import UserRow, write_text
from graph.extension_property import ExtensionProperty
from graph.shards import shard_of
from graph.user_attributes import UserAttributes

declared = json.loads(Path("users.json").read_text())
names, previous = {}, None
for name, data_type in declared["properties"].items():
    previous = ExtensionProperty(
        name,
        application_object_id=declared["application"],
        property_name=name,
        data_type=data_type,
        opts=pulumi.ResourceOptions(depends_on=[previous] if previous else []),
    )
    names[name] = previous.extension_name
rows = {}
for object_id, (user_name, values) in declared["users"].items():
    row = UserRow(user_principal_name=user_name, object_id=object_id, values=values)
    rows.setdefault(shard_of(object_id), []).append(row)
shards = [
    UserAttributes(
        f"users-{number:02d}",
        extension_names=names,
        data_types=declared["properties"],
        users=write_text(sorted(names), rows[number]),
    )
    for number in sorted(rows)
]
failures = pulumi.Output.all(*(shard.failures for shard in shards)).apply(
    lambda shards: [failure for shard in shards for failure in shard or ()]
)
fail_for_users_not_reached(failures, after=[])
"""


@dataclass
class GraphServer:
    """Where a company's Graph is served."""

    app: Any
    certificate: IssuedCertificate
    server: Server

    @contextmanager
    def away(self) -> Iterator[None]:
        """Close the server, so that connections are refused, and open it again where it was."""
        port = urlsplit(self.server.url).port
        assert port
        self.server.stop()
        sock = bind(port)
        try:
            yield
        finally:
            self.server = Server(self.app, sock, self.certificate, "graph").start()


@dataclass
class Company:
    """One tenant, one stack `dev`, and what is declared in it."""

    entra: Entra
    graph: GraphServer
    engine: Engine
    project: Path
    application_object_id: str
    app_id: str
    declared: dict[str, dict[str, str]] = field(default_factory=dict)
    """Values by user principal name."""

    @property
    def users(self) -> list[str]:
        """User principal names of everybody in the tenant, sorted."""
        return sorted(user.user_principal_name for user in self.entra.tenant.users)

    def object_id(self, user: str) -> str:
        found = self.entra.tenant.user_called(user)
        assert found is not None
        return found.object_id

    def extension_name(self, name: str) -> str:
        return f"extension_{self.app_id.replace('-', '')}_{name}"

    def live(self, user: str) -> dict[str, Any]:
        """Return what the directory holds, by property."""
        found = self.entra.tenant.user_called(user)
        assert found is not None
        prefix = self.extension_name("")
        return {name.removeprefix(prefix): value for name, value in found.extension_values.items()}

    def put(self, user: str, **values: Any) -> None:
        """Change values as somebody else would, or take them away with None."""
        found = self.entra.tenant.user_called(user)
        assert found is not None
        for name, value in values.items():
            if value is None:
                found.extension_values.pop(self.extension_name(name), None)
            else:
                found.extension_values[self.extension_name(name)] = value

    def declare(self, users: Mapping[str, Values]) -> None:
        self.declared = {user: dict(values) for user, values in users.items()}
        content = {
            "application": self.application_object_id,
            "properties": PROPERTIES,
            "users": {self.object_id(user): [user, values] for user, values in users.items()},
        }
        (self.project / "users.json").write_text(json.dumps(content))

    def behave(self, **temper: Any) -> None:
        self.entra.temper = Temper(**temper)

    def patches(self) -> list[str]:
        """Paths of the users that were written, in order."""
        return [
            entry.path
            for entry in self.entra.requests
            if entry.service == "graph" and entry.method == "PATCH" and entry.status == 204
        ]

    def asked(self) -> list[tuple[str, str, int]]:
        """Method, path and status of the requests that reached Graph by themselves."""
        return [
            (entry.method, entry.path, entry.status)
            for entry in self.entra.requests
            if entry.service == "graph" and not entry.in_batch
        ]

    def throttled(self) -> int:
        return sum(entry.status == 429 for entry in self.entra.requests)

    def up(self, *, check: bool = True) -> Result:
        return self.engine.up("dev", check=check)

    def preview(self, *arguments: str) -> Result:
        return self.engine.preview("dev", *arguments)

    def refresh(self, *arguments: str) -> Result:
        return self.engine.refresh("dev", *arguments)

    def destroy(self, *, check: bool = True) -> Result:
        return self.engine.destroy("dev", check=check)

    def state(self) -> list[dict[str, Any]]:
        deployment = self.engine.export_state("dev")["deployment"]
        return deployment.get("resources") or []

    def is_as_declared(self) -> bool:
        return all(
            self.live(user)
            == {
                name: int(value) if PROPERTIES[name] == "Integer" else value
                for name, value in self.declared.get(user, {}).items()
            }
            for user in self.users
        )

    @contextmanager
    def updating(self) -> Iterator[Update]:
        """Run `pulumi up` beside the test; what is left of it is ended."""
        arguments = ["up", "--yes", "--skip-preview", "--stack", "dev", "--non-interactive"]
        with subprocess.Popen(
            [str(self.engine.pulumi), *arguments],
            env=dict(self.engine.environment),
            cwd=self.project,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield Update(self, process)
            finally:
                end_session(process)


@dataclass
class Update:
    """A `pulumi up` that is under way."""

    company: Company
    process: subprocess.Popen[str]

    def wait_for_writes(self, count: int) -> None:
        before = len(self.company.patches())
        wait_until(
            lambda: (
                len(self.company.patches()) >= before + count or self.process.poll() is not None
            ),
            what=f"{count} writes",
            timeout_s=60,
        )
        assert self.process.poll() is None, "it ended before it could be interrupted"

    def providers(self) -> list[int]:
        return [
            pid
            for pid in members_of_session(self.process.pid)
            if b"dynamic" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]

    def kill_provider(self) -> None:
        (pid,) = self.providers()
        os.kill(pid, signal.SIGKILL)

    def wait_for_end(self) -> int:
        return self.process.wait(60)
