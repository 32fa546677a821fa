"""The plugin process: serve until the engine is done with it.

The engine reads one line from stdout, the port; anything else there would break it, so everything
written to stdout later goes to stderr. The process ends on SIGTERM and SIGINT (finishing the calls
that run for a moment) and when the engine has died without a word.

It has to end fast. The engine closes its plugins one after another and gives the Cancel calls of
all of them 5 s together (`ReleaseContext` in
https://github.com/pulumi/pulumi/blob/v3.250.0/pkg/host/host.go). When those before have used them
up, it says of a plugin that it "exited prematurely", as an error of the whole command.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
from concurrent import futures
from typing import Final, NoReturn

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.plugins.protocol.resource import Provider
from sandbox.plugins.protocol.servicer import ProviderServicer

# The engine asks for as many operations at once as it has independent resources.
WORKERS: Final = 32
MESSAGE_BYTES: Final = 400 * 1024 * 1024
GRACE_S: Final = 5.0
PARENT_POLL_S: Final = 1.0


def start_server(provider: Provider) -> tuple[grpc.Server, int]:
    """Serve `provider` on loopback; return the running server and its port."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=WORKERS),
        options=[
            ("grpc.max_receive_message_length", MESSAGE_BYTES),
            ("grpc.max_send_message_length", MESSAGE_BYTES),
        ],
    )
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(ProviderServicer(provider), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(provider: Provider) -> NoReturn:
    """Run the plugin process until the engine ends it."""
    # Not an Event: a signal that comes while the event is held by the wait would wait for itself.
    signals: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: signals.put(number))
    parent = os.getppid()
    server, port = start_server(provider)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    sys.stdout = sys.stderr
    while os.getppid() == parent:
        try:
            signals.get(timeout=PARENT_POLL_S)
        except queue.Empty:
            continue
        break
    provider.cancel()
    server.stop(GRACE_S).wait()
    provider.close()
    sys.stderr.flush()
    # Taking the interpreter down would take ten times as long as all of the above, and do nothing.
    os._exit(0)
