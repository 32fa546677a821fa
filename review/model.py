"""A preview as the rules see it, whatever form Pulumi wrote it in.

Everything is frozen; `reading` makes it, nothing else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from review.values import Value

Operation = Literal["create", "update", "replace", "delete", "same", "read", "import"]
Form = Literal["digest", "events"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One side of a change: what is in the state, or what is declared."""

    urn: str
    inputs: Mapping[str, Value] = field(default_factory=dict)
    outputs: Mapping[str, Value] = field(default_factory=dict)
    id: str | None = None
    protect: bool = False
    parent: str = ""
    provider: str = ""
    depends_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """URNs that a property's value comes from, by property."""

    @property
    def type(self) -> str:
        """Its own type, such as `azuread:index/application:Application`."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        """Its name in the program."""
        return self.urn.split("::", 3)[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to one resource."""

    operation: Operation
    urn: str
    old: Resource | None = None
    new: Resource | None = None
    differing: tuple[str, ...] = ()
    """Properties that the engine names as the reason; a secret one shows no other difference."""
    replacing: tuple[str, ...] = ()
    """Those of them that make it a replacement."""

    @property
    def resource(self) -> Resource:
        """The declared side, or what is in the state when nothing is declared any more."""
        side = self.new or self.old
        if side is None:
            msg = "a change has a side"
            raise AssertionError(msg)
        return side

    @property
    def type(self) -> str:
        """The resource's own type."""
        return self.resource.type

    @property
    def gone(self) -> bool:
        """Whether what is there now will not be there any more."""
        return self.operation in ("delete", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """What the program, a provider or the engine said."""

    severity: str
    message: str
    urn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResult:
    """What a policy said of a resource."""

    pack: str
    policy: str
    level: str
    message: str
    urn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One preview of one stack."""

    form: Form
    stack: str = ""
    project: str = ""
    config: Mapping[str, Value] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    """What is declared differently, and (`same`) what is not, as far as the preview shows it."""
    drift: tuple[Change, ...] = ()
    """What has been changed outside since the last update, as a refresh has found it."""
    diagnostics: tuple[Diagnostic, ...] = ()
    policy_results: tuple[PolicyResult, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    """By operation, unchanged ones included, as Pulumi counted."""
    failed: bool = False
    whole: bool = False
    """Whether unchanged resources are shown too (`--show-sames`)."""
