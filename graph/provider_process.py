"""What both dynamic providers need of the process that Pulumi runs them in.

The settings come from the stack's configuration, the identity from the environment. What the
process writes to stderr is what the CLI shows under "Diagnostics".
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import grpc
import pulumi
from pulumi.dynamic import ConfigureRequest
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from graph.client import GraphClient, connect
from graph.clock import Clock
from graph.cloud import cloud_from
from graph.errors import GraphError, GraphSettingsError
from graph.pacing import WRITES_PER_WINDOW, WritePace

_PROGRESS_STREAM = 1
_LOOK_EVERY_S = 0.2


def client_from_config(request: ConfigureRequest) -> GraphClient:
    """Return a client for the stack's `tenantId` and `cloud` (default: public).

    Raises:
        GraphSettingsError: `tenantId` is missing, or `cloud` is not a cloud.
    """
    _leave_out_tracebacks_of_graph_errors()
    _end_with_the_engine()
    tenant_id = request.config.get("tenantId")
    if not tenant_id:
        msg = "The setting tenantId is missing. Set it with: pulumi config set tenantId <GUID>"
        raise GraphSettingsError(msg)
    cloud = cloud_from(request.config.get("cloud") or "public")
    return connect(tenant_id, cloud, on_wait=tell_passing)


def pace_from_config(request: ConfigureRequest, clock: Clock) -> WritePace:
    """Return the pace that the stack's `userAttributes.writesPerWindow` sets.

    Raises:
        GraphSettingsError: the setting is not a positive number.
    """
    text = request.config.get("userAttributes")
    # An object in configuration comes as JSON.
    setting: Any = json.loads(text) if text else {}
    writes = setting.get("writesPerWindow", WRITES_PER_WINDOW)
    if not isinstance(writes, int) or writes < 1:
        msg = (
            f"The setting userAttributes.writesPerWindow is {writes!r}; it must be a number from 1 "
            f"to {WRITES_PER_WINDOW}."
        )
        raise GraphSettingsError(msg)
    return WritePace(clock, writes=writes)


def tell_passing(sentence: str) -> None:
    """Show a sentence while it is true: progress, and why something waits."""
    engine = _engine()
    if engine is None:
        pulumi.log.info(sentence)
        return
    request = engine_pb2.LogRequest(
        severity=engine_pb2.INFO, message=sentence, streamId=_PROGRESS_STREAM, ephemeral=True
    )
    # The engine may be ending; nobody reads it then.
    with contextlib.suppress(grpc.RpcError):
        engine.Log(request, timeout=5)


@functools.cache
def _engine() -> engine_pb2_grpc.EngineStub | None:
    """Return the engine that started this process, whose address is the last argument.

    `pulumi.log` knows it in a program only; in this process it writes to stderr, where nothing
    passes. Outside a provider's process there is none.
    """
    if Path(sys.argv[0]).parts[-3:] != ("pulumi", "dynamic", "__main__.py"):
        return None
    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[-1]))


@functools.cache
def _end_with_the_engine() -> None:
    """End this process when the engine is gone: killed, it can tell nobody.

    A process that went on writing would race with the next command, at twice the pace.
    """
    if _engine() is None:
        return
    engine_pid = os.getppid()

    def watch() -> None:
        while os.getppid() == engine_pid:
            time.sleep(_LOOK_EVERY_S)
        os._exit(1)

    threading.Thread(target=watch, name="engine-watch", daemon=True).start()


class _NotOfGraphErrors(logging.Filter):
    """Drops the traceback of errors whose message the engine shows anyway."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = record.exc_info[0] if record.exc_info else None
        return kind is None or not issubclass(kind, GraphError)


def _leave_out_tracebacks_of_graph_errors() -> None:
    # gRPC's server logs every exception of a provider with its traceback, thirty lines that would
    # bury the table of users.
    server_log = logging.getLogger("grpc._server")
    if not any(isinstance(entry, _NotOfGraphErrors) for entry in server_log.filters):
        server_log.addFilter(_NotOfGraphErrors())
