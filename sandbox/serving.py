"""An ASGI application served over TLS on loopback, from a thread of this process.

It runs a server and ends it again without leaving a thread, a socket or a waiting connection; what
is served is none of its business. The trap it guards: the port is bound (`bind`) before anything
starts, so every address can be told to the others beforehand and no two sandboxes can collide.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.certificates import IssuedCertificate
from sandbox.waiting import wait_until

_START_TIMEOUT_S = 10
_FINISH_REQUESTS_S = 5
_JOIN_TIMEOUT_S = 15
_RESET = "sandbox.reset"


class ServingError(Exception):
    """A server did not start or did not end."""


def bind(port: int = 0) -> socket.socket:
    """Return a socket bound to a free port of the loopback address, not yet listening.

    It is reachable as `localhost` as well. `Server` takes it over and closes it; until then
    connections are refused. A `port` is named only to come back where a server has been.
    """
    # Without its protocol named asyncio leaves TCP_NODELAY off, and small answers take 40 ms.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    return sock


def url_of(sock: socket.socket) -> str:
    """Return the base URL of a bound socket: `https://localhost:<port>`, no trailing slash."""
    return f"https://localhost:{sock.getsockname()[1]}"


class Server:
    """Serves `app` on `sock` (see `bind`) with the certificate of `context_files`.

    Use it as a context manager, or `start` and `stop` it; it can be started once. `name` is used
    for the thread and in errors.
    """

    def __init__(
        self, app: Any, sock: socket.socket, context_files: IssuedCertificate, name: str
    ) -> None:
        self.url = url_of(sock)
        self._name = name
        self._sock = sock
        tls = context_files.server_context()
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                app,
                http=_Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                ssl_context_factory=lambda _config, _default: tls,
                timeout_graceful_shutdown=_FINISH_REQUESTS_S,
            )
        )
        self._thread = threading.Thread(target=self._run, name=f"serve-{name}", daemon=True)

    def start(self) -> Self:
        """Start the server and return when it completes TLS handshakes.

        Raises:
            ServingError: its thread ended instead; the thread's own error is on stderr.
            WaitedTooLongError: it did not answer within 10 s.
        """
        self._thread.start()
        wait_until(
            self._answers, what=f"the {self._name} server to answer", timeout_s=_START_TIMEOUT_S,
            poll_s=0.01,
        )  # fmt: skip
        return self

    def stop(self) -> None:
        """Finish the requests under way (for at most 5 s), close everything and end the thread.

        Harmless when it was never started or has ended already.

        Raises:
            ServingError: the thread did not end, because the application blocks its event loop.
        """
        self._uvicorn.should_exit = True
        if self._thread.is_alive():
            self._thread.join(_JOIN_TIMEOUT_S)
            if self._thread.is_alive():
                msg = f"the {self._name} server did not end within {_JOIN_TIMEOUT_S} s"
                raise ServingError(msg)
        self._sock.close()

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.run(self._uvicorn.serve(sockets=[self._sock]))

    def _answers(self) -> bool:
        if not self._thread.is_alive():
            msg = f"the {self._name} server ended while it started"
            raise ServingError(msg)
        return self._uvicorn.started


class _Uvicorn(uvicorn.Server):
    """Ends idle connections at once.

    asyncio would wait 30 s for the TLS farewell of a client that keeps a connection for later and
    is not reading, and every HTTP client with a pool does that.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)
            transport = getattr(connection, "transport", None)
            if transport is not None and (cycle is None or cycle.response_complete):
                transport.abort()
        await super().shutdown(sockets)


class ResetConnection(Response):
    """Not an answer: the connection is reset, as when a server dies or a network fails."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Reset the connection, and return when the server has noticed."""
        scope["extensions"][_RESET]()
        while (await receive())["type"] != "http.disconnect":
            pass


class _Connection(H11Protocol):
    """Lets the application reset the connection that a request came on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app = self.app

        async def with_reset(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[_RESET] = self.transport.abort
            await app(scope, receive, send)

        self.app = with_reset
