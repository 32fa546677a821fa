"""What the Pulumi engine says to a provider plugin, in plain Python values.

It checks the answers against the rules the engine enforces: ids are never empty, a creation leaves
nothing unknown.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.plugins.protocol.process import start_server
from sandbox.plugins.protocol.resource import Provider
from sandbox.plugins.protocol.values import from_struct, has_unknown, to_struct

PROJECT = Path(__file__).parents[3]


class RpcError(Exception):
    """The plugin answered with an error; `details` are the packed messages beside it."""

    def __init__(self, call: grpc.RpcError) -> None:
        super().__init__(call.details())
        self.details = []
        for key, value in call.trailing_metadata() or ():  # type: ignore[attr-defined]
            if key == "grpc-status-details-bin":
                self.details = list(status_pb2.Status.FromString(value).details)

    def initialisation_failure(self) -> provider_pb2.ErrorResourceInitFailed:
        failure = provider_pb2.ErrorResourceInitFailed()
        assert self.details, "the error says nothing about a half-created resource"
        assert self.details[0].Unpack(failure)
        return failure


@dataclass(frozen=True, kw_only=True)
class Diff:
    changed: bool
    detailed: dict[str, str]
    replaces: list[str]
    delete_before_replace: bool


@dataclass(frozen=True, kw_only=True)
class Created:
    resource_id: str
    state: dict[str, Any]
    raw: struct_pb2.Struct


@dataclass(frozen=True, kw_only=True)
class Read:
    resource_id: str
    state: dict[str, Any]
    inputs: dict[str, Any]


def urn(token: str, name: str = "thing") -> str:
    return f"urn:pulumi:dev::project::{token}::{name}"


def _as_the_sdk_says(token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The Kubernetes SDK writes each object's version and kind into its inputs."""
    package, module, kind = token.split(":")
    if package != "kubernetes":
        return dict(inputs)
    return {"apiVersion": module.removeprefix("core/"), "kind": kind, **inputs}


class Plugin:
    """One plugin behind a channel."""

    def __init__(self, channel: grpc.Channel, package: str = "") -> None:
        self.package = package
        self.stub = provider_pb2_grpc.ResourceProviderStub(channel)

    def call(self, method: str, request: Any) -> Any:
        try:
            return getattr(self.stub, method)(request, timeout=120)
        except grpc.RpcError as error:
            raise RpcError(error) from None

    def check_config(self, token: str, settings: Mapping[str, Any]) -> dict[str, str]:
        request = provider_pb2.CheckRequest(urn=urn(token), news=to_struct(settings))
        answer = self.call("CheckConfig", request)
        return {failure.property: failure.reason for failure in answer.failures}

    def configure(self, **settings: Any) -> Any:
        request = provider_pb2.ConfigureRequest(
            args=to_struct(settings),
            # The older form of the same, which some official plugins still read.
            variables={f"{self.package}:config:{name}": v for name, v in settings.items()},
            acceptSecrets=True,
            acceptResources=True,
        )
        return self.call("Configure", request)

    def failures(self, token: str, inputs: Mapping[str, Any]) -> dict[str, str]:
        news = to_struct(_as_the_sdk_says(token, inputs))
        answer = self.call("Check", provider_pb2.CheckRequest(urn=urn(token), news=news))
        return {failure.property: failure.reason for failure in answer.failures}

    def checked(
        self,
        token: str,
        inputs: Mapping[str, Any],
        *,
        old: Mapping[str, Any] | None = None,
        name: str = "thing",
        seed: bytes = b"seed",
    ) -> dict[str, Any]:
        request = provider_pb2.CheckRequest(
            urn=urn(token, name),
            news=to_struct(_as_the_sdk_says(token, inputs)),
            olds=to_struct(old or {}),
            randomSeed=seed,
        )
        answer = self.call("Check", request)
        assert not answer.failures, answer.failures
        return from_struct(answer.inputs)

    def diff(
        self,
        token: str,
        resource_id: str,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        state: Mapping[str, Any] | None = None,
    ) -> Diff:
        request = provider_pb2.DiffRequest(
            id=resource_id,
            urn=urn(token),
            old_inputs=to_struct(old),
            olds=to_struct(state or old),
            news=to_struct(new),
        )
        return self._diff(self.call("Diff", request))

    def diff_config(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        request = provider_pb2.DiffRequest(old_inputs=to_struct(old), news=to_struct(new))
        return self._diff(self.call("DiffConfig", request))

    def _diff(self, answer: Any) -> Diff:
        kinds = provider_pb2.PropertyDiff.Kind
        return Diff(
            changed=answer.changes == provider_pb2.DiffResponse.DIFF_SOME,
            detailed={path: kinds.Name(d.kind) for path, d in answer.detailedDiff.items()},
            replaces=list(answer.replaces),
            delete_before_replace=answer.deleteBeforeReplace,
        )

    def preview(self, token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        request = provider_pb2.CreateRequest(
            urn=urn(token), properties=to_struct(inputs), preview=True
        )
        return from_struct(self.call("Create", request).properties)

    def create(self, token: str, inputs: Mapping[str, Any], timeout_s: float = 60) -> Created:
        request = provider_pb2.CreateRequest(
            urn=urn(token), properties=to_struct(inputs), timeout=timeout_s
        )
        answer = self.call("Create", request)
        assert answer.id, "the engine refuses an empty id"
        state = from_struct(answer.properties)
        assert not has_unknown(state), state
        return Created(resource_id=answer.id, state=state, raw=answer.properties)

    def read(
        self,
        token: str,
        resource_id: str,
        inputs: Mapping[str, Any] | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> Read | None:
        request = provider_pb2.ReadRequest(
            id=resource_id,
            urn=urn(token),
            inputs=to_struct(inputs or {}),
            properties=to_struct(state or {}),
        )
        answer = self.call("Read", request)
        if not answer.id:
            return None
        return Read(
            resource_id=answer.id,
            state=from_struct(answer.properties),
            inputs=from_struct(answer.inputs),
        )

    def update(
        self,
        token: str,
        resource_id: str,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        state: Mapping[str, Any] | None = None,
        *,
        preview: bool = False,
    ) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(
            id=resource_id,
            urn=urn(token),
            olds=to_struct(state or old),
            old_inputs=to_struct(old),
            news=to_struct(new),
            timeout=60,
            preview=preview,
        )
        return from_struct(self.call("Update", request).properties)

    def delete(self, token: str, resource_id: str, state: Mapping[str, Any] | None = None) -> None:
        request = provider_pb2.DeleteRequest(
            id=resource_id, urn=urn(token), properties=to_struct(state or {}), timeout=60
        )
        self.call("Delete", request)

    def invoke(self, token: str, **arguments: Any) -> dict[str, Any]:
        request = provider_pb2.InvokeRequest(tok=token, args=to_struct(arguments))
        answer = self.call("Invoke", request)
        assert not answer.failures, answer.failures
        return from_struct(getattr(answer, "return"))


@contextmanager
def in_process(provider: Provider) -> Iterator[Plugin]:
    """Serve a provider from this process: coverage and debuggers see it."""
    server, port = start_server(provider)
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    try:
        yield Plugin(channel)
    finally:
        channel.close()
        provider.cancel()
        server.stop(5).wait()
        provider.close()


@contextmanager
def plugin_process(
    *command: str, env: Mapping[str, str]
) -> Iterator[tuple[Plugin, subprocess.Popen[str]]]:
    """Start a plugin as the engine does: the port is the first line of its stdout."""
    process = subprocess.Popen(
        command or (sys.executable,), stdout=subprocess.PIPE, text=True, env=dict(env), cwd="/"
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            port = int(process.stdout.readline())
            channel = grpc.insecure_channel(f"127.0.0.1:{port}")
            try:
                yield Plugin(channel, package=Path(command[0]).name.rpartition("-")[2]), process
            finally:
                channel.close()
        finally:
            process.kill()
            process.wait()
