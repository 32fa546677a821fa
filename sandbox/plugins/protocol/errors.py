"""What can go wrong in a provider, in the terms of Pulumi's protocol.

ProviderError
├── PartiallyCreatedError   the remote object exists, but not all of the work is done
└── CancelledError          the engine asked to stop
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFailure:
    """One property that the provider refuses; `path` is as Pulumi writes it (`web.homepageUrl`)."""

    path: str
    reason: str


class ProviderError(Exception):
    """An operation failed; the message goes to the person who runs Pulumi."""


class NotEmulatedError(ProviderError):
    """There is no stand-in for a type of resource, a function or a property."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the sandbox's stand-in does not emulate {what!r}; "
            "rehearse it with the official plugin (PLUGINS=official)"
        )


class CancelledError(ProviderError):
    """The engine asked to stop while the operation was waiting."""


class PartiallyCreatedError(ProviderError):
    """The object exists remotely, but the rest of its creation or update failed.

    The engine then keeps it in the state (`resource_id`, `state`, `inputs`) as failed to
    initialise, instead of forgetting it.
    """

    def __init__(
        self,
        reason: str,
        *,
        resource_id: str,
        state: Mapping[str, Any],
        inputs: Mapping[str, Any],
    ) -> None:
        super().__init__(reason)
        self.resource_id = resource_id
        self.state = state
        self.inputs = inputs
