"""The kubernetes plugin under test: the stand-in, or the official one to compare it with.

`OFFICIAL_KUBERNETES_PLUGIN=/path/to/pulumi-resource-kubernetes` runs the same tests against the
official plugin: what passes with both is the same in both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2_grpc

from sandbox.plugins.kubernetes.provider import KubernetesProvider
from tests.sandbox.plugins.engine import Plugin, in_process, plugin_process

OFFICIAL = os.environ.get("OFFICIAL_KUBERNETES_PLUGIN")


@contextmanager
def kubernetes_plugin() -> Iterator[Plugin]:
    if OFFICIAL is None:
        with in_process(KubernetesProvider()) as plugin:
            yield plugin
        return
    with _engine() as address, plugin_process(OFFICIAL, address, env=dict(os.environ)) as started:
        yield started[0]


@contextmanager
def _engine() -> Iterator[str]:
    """What an official plugin needs of the engine: somebody who listens to its messages."""
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    engine_pb2_grpc.add_EngineServicer_to_server(_Listener(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


class _Listener(engine_pb2_grpc.EngineServicer):
    def Log(self, request: Any, context: grpc.ServicerContext) -> Any:
        del request, context
        return empty_pb2.Empty()
