"""What a kind of resource and a provider have to say; the servicer does the rest.

Properties are plain Python values with Pulumi's camelCase names (see `values`).
Whatever `create`, `read` and `update` return is the resource's whole state.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sandbox.plugins.protocol.difference import Change, Comparison
from sandbox.plugins.protocol.drift import live_inputs
from sandbox.plugins.protocol.errors import CheckFailure, NotEmulatedError, ProviderError
from sandbox.plugins.protocol.schema import Shape
from sandbox.plugins.protocol.values import UNKNOWN

Properties = Mapping[str, Any]
Function = Callable[[Properties], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Inputs as the provider will use them, or why it will not."""

    inputs: Properties
    failures: list[CheckFailure] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What an update would change, and whether the old object must go before the new one comes."""

    changes: list[Change]
    delete_before_replace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """A live object: its id, its state and the inputs that would lead to it."""

    resource_id: str
    state: dict[str, Any]
    inputs: dict[str, Any]


class Resource(ABC):
    """One kind of resource of one provider.

    `secrets` are the outputs that are secret whatever they were made from. `not_emulated` are the
    official inputs that are refused here. `computed_inputs` are those the service fills in when
    they are not given, so that a live value nobody declared is no drift.
    """

    rules: ClassVar[Comparison] = Comparison()
    secrets: ClassVar[frozenset[str]] = frozenset()
    not_emulated: ClassVar[frozenset[str]] = frozenset()
    computed_inputs: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    def check(self, name: str, old: Properties, new: Properties, seed: bytes) -> Checked:
        """Check the inputs `new`; `name` is the resource's logical name, `seed` its random seed."""
        del name, old, seed
        failures = self.shape.problems(new)
        failures += [
            CheckFailure(
                path=unsupported,
                reason=str(NotEmulatedError(unsupported)),
            )
            for unsupported in sorted(self.not_emulated & new.keys())
        ]
        return Checked(inputs=new, failures=failures or self.problems(new))

    def problems(self, inputs: Properties) -> list[CheckFailure]:
        """Return what the official provider refuses before any call; names and types are right."""
        del inputs
        return []

    def difference(self, old: Properties, new: Properties) -> Difference:
        """Compare the inputs `old` with the inputs `new`."""
        return Difference(changes=self.rules.changes(old, new))

    def preview_create(self, inputs: Properties) -> dict[str, Any]:
        """Return the state a creation would lead to; what is not known yet is `UNKNOWN`."""
        not_given = dict.fromkeys(self.shape.input_names)
        computed = {
            name: UNKNOWN
            for name in self.shape.outputs
            if name not in not_given or name in self.computed_inputs
        }
        return {**not_given, **computed, **inputs}

    @abstractmethod
    def create(self, inputs: Properties, timeout_s: float) -> tuple[str, dict[str, Any]]:
        """Create the object; return its id and state. `timeout_s` 0 means the default.

        Raises:
            PartiallyCreatedError: it exists, but is not as declared.
            ProviderError: it does not exist.
        """

    @abstractmethod
    def read(self, resource_id: str, state: Properties) -> dict[str, Any] | None:
        """Return the live state, or None when the object is gone."""

    def existing(self, resource_id: str, inputs: Properties, state: Properties) -> Existing | None:
        """Return the live object for refresh and import, or None when it is gone."""
        live = self.read(resource_id, state)
        if live is None:
            return None
        declared = {
            name: live[name]
            for name in self.shape.input_names
            if name in live and (name in inputs or name not in self.computed_inputs)
        }
        return Existing(
            resource_id=resource_id,
            state=live,
            inputs=live_inputs(inputs, declared, self.rules),
        )

    def preview_update(
        self, resource_id: str, state: Properties, old: Properties, new: Properties
    ) -> dict[str, Any]:
        """Return the state an update would lead to."""
        del resource_id
        removed = {name: None for name in old if name not in new}
        return {**state, **removed, **new}

    def update(
        self,
        resource_id: str,
        state: Properties,
        old: Properties,
        new: Properties,
        timeout_s: float,
    ) -> dict[str, Any]:
        """Change the object in place from the inputs `old` to `new`; return its state."""
        del resource_id, state, old, new, timeout_s
        msg = f"{type(self).__name__} cannot be changed in place"
        raise ProviderError(msg)

    @abstractmethod
    def delete(self, resource_id: str, state: Properties, timeout_s: float) -> None:
        """Delete the object and wait until it is gone; an object that is gone already is fine."""


class Provider(ABC):
    """One provider plugin.

    `name` is the package's; `distribution` the SDK whose version the plugin reports as its own;
    `identity` the settings that say *which* cloud it is: when one changes, the provider and all its
    resources are replaced. `shapes` is the content of its `schema.json`, by token.
    """

    name: ClassVar[str]
    distribution: ClassVar[str]
    identity: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.shapes = shapes
        self.cancelled = threading.Event()

    @property
    def settings_shape(self) -> Shape:
        """The shape of the provider's own inputs."""
        return self.shapes[f"pulumi:providers:{self.name}"]

    def check_settings(self, settings: Properties) -> list[CheckFailure]:
        """Return what is wrong with the provider's own inputs; names and types are right."""
        del settings
        return []

    @abstractmethod
    def configure(self, settings: Properties) -> None:
        """Take the provider's own inputs, and its environment; called once."""

    @abstractmethod
    def resource(self, token: str) -> Resource | None:
        """Return the kind of resource with this type token."""

    def function(self, token: str) -> tuple[Shape, Function] | None:
        """Return the invoke with this token and the shape of its arguments."""
        del token
        return None

    def cancel(self) -> None:
        """End what waits; called from another thread, perhaps before `configure`."""
        self.cancelled.set()

    def close(self) -> None:
        """Close connections; nothing is called afterwards."""
        return
