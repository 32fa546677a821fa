"""What the control plane needs of an API server; `sandbox.cluster.Cluster` is one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from sandbox.cluster import TrustedIssuer


class ApiServer(Protocol):
    """An API server whose trust in issuers can be changed while it runs."""

    ca_file: Path

    @property
    def server_url(self) -> str:
        """Where clients reach it."""
        ...

    @property
    def version(self) -> str:
        """Its Kubernetes minor version, such as `1.34`."""
        ...

    def trust(self, issuers: Sequence[TrustedIssuer]) -> None:
        """Trust exactly `issuers` from now on, sooner or later."""
        ...

    def trust_is_loaded(self) -> bool:
        """Whether it does."""
        ...

    def trust_refusal(self) -> str | None:
        """Why it cannot, if so."""
        ...
