"""A tenant on loopback for clients that nobody here wrote, and a person at a browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from sandbox.certificates import CertificateAuthority
from tests.sandbox.entra.conftest import (
    app,
    authority,
    clock,
    entra,
    graph,
    http,
    sign_in,
    trust,
)

__all__ = ["app", "authority", "clock", "entra", "graph", "http", "sign_in", "trust"]


@pytest.fixture
def session(authority: CertificateAuthority) -> Iterator[requests.Session]:
    """What MSAL asks with."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(authority.ca_file)
        yield session
