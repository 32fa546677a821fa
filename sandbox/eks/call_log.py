"""Every call that the EKS stand-in answered: what tests assert on, absence included."""

from __future__ import annotations

from dataclasses import dataclass

NOT_IMPLEMENTED = 501


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCall:
    """One call; neither headers nor bodies are kept."""

    method: str
    path: str
    status: int
    operation: str | None = None
    """Of the service model; None when nothing here answers to it."""
    error_code: str | None = None


class CallLog:
    """Calls in the order of their answers."""

    def __init__(self) -> None:
        self.entries: list[RecordedCall] = []

    @property
    def unexpected(self) -> list[RecordedCall]:
        """Those that were answered 501: a real client asked for something that is not here."""
        return [entry for entry in self.entries if entry.status == NOT_IMPLEMENTED]
