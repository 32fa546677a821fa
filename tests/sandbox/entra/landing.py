"""Where the browser is sent back to: a client's redirect URI on loopback, for one test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Landing:
    """`arrivals` are the parameters of each visit: the query's, or the form's when posted."""

    url: str
    arrivals: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def landing() -> Iterator[Landing]:
    """Listen on a free port of localhost, which Entra does not compare."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._arrive(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._arrive(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _arrive(self, encoded: str) -> None:
            if urlsplit(self.path).path == "/":
                here.arrivals.append(dict(parse_qsl(encoded, keep_blank_values=True)))
            page = b"<!doctype html><link rel=icon href=data:,><title>Back at the client</title>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Landing(f"http://localhost:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
