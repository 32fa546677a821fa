"""A port that stays ours until a child process listens on it."""

from __future__ import annotations

import socket


def reserve_port() -> socket.socket:
    """Return a bound loopback socket that keeps its port from everybody but our own children.

    Nothing else is given this port while the socket is open, and it takes no connection as it does
    not listen. A child of the same user that sets SO_REUSEPORT (`--permit-port-sharing`) can bind
    the port as well. Looking for a free port and closing it again would be a race.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(("127.0.0.1", 0))
    return sock
