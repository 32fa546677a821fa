"""Every request that the stand-in answered: what tests assert on, absence included.

Neither headers nor bodies are kept, and of the login endpoints no query: they carry codes and
secrets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Service = Literal["login", "sts", "graph"]
NOT_IMPLEMENTED = 501
NO_ANSWER = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """One request; the items of a Graph batch are recorded one by one, after the batch itself."""

    service: Service
    method: str
    path: str
    status: int
    """0 when the connection was reset instead of an answer."""
    operation: str | None = None
    """The documented operation; None when nothing here answers to it."""
    query: str = ""
    """Graph's OData options, decoded; always empty for the login endpoints."""
    caller_app_id: str | None = None
    """The client id in the caller's access token; None when it had none."""
    in_batch: bool = False


class RequestLog:
    """Requests in the order of their answers."""

    def __init__(self) -> None:
        self.entries: list[RecordedRequest] = []

    @property
    def unexpected(self) -> list[RecordedRequest]:
        """Those that were answered 501: a real client asked for something that is not here."""
        return [entry for entry in self.entries if entry.status == NOT_IMPLEMENTED]
