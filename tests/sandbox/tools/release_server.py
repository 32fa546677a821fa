"""A release host on loopback, with TLS, that counts what it is asked for."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import io
import tarfile
import threading
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from sandbox.certificates import CertificateAuthority


class ReleaseServer:
    """Serves `files` by path; `asked` holds the paths of all GET requests."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.url = ""

    def publish(self, path: str, content: bytes, checksums_path: str) -> None:
        """Serve `content` and its checksum."""
        name = path.rpartition("/")[2]
        line = f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        self.files[path] = content
        self.files[checksums_path] = self.files.get(checksums_path, b"") + line.encode()


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return a .tar.gz of `files` by name."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@contextlib.contextmanager
def serve_releases(ca: CertificateAuthority) -> Iterator[ReleaseServer]:
    """Run a release host with a certificate of `ca`."""
    served = ReleaseServer()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(HTTPStatus.OK)
            self.end_headers()

        def do_GET(self) -> None:
            served.asked.append(self.path)
            content = served.files.get(self.path)
            self.send_response(HTTPStatus.NOT_FOUND if content is None else HTTPStatus.OK)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ca.issue("releases", "localhost", "127.0.0.1").server_context()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    served.url = f"https://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
