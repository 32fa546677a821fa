"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from review.model import Resource
from review.settings import ReviewSettings
from review.situation import Situation


class Severity(IntEnum):
    """How bad it is when what a rule has found goes wrong; a note changes no verdict."""

    NOTE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The severity as it is written."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a rule has seen in one preview, in words.

    `unknown` says that it cannot be told yet. `severity` and `blocks` are the rule's unless given.
    `headline` is shorter still, for the first line; by default it is the rule's title.
    `about` tells observations of one resource apart: what was there before is not observed again.
    """

    text: str
    urns: tuple[str, ...] = ()
    headline: str = ""
    about: str = ""
    unknown: bool = False
    severity: Severity | None = None
    blocks: bool | None = None


ResourceCheck = Callable[[Resource, ReviewSettings], Iterable[Observation]]
"""What a resource alone tells; the policy pack runs it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that an expert would look for; `look` is pure.

    `types` are the resource types that `check` is for.
    """

    id: str
    title: str
    severity: Severity
    consequence: str
    remedy: str
    link: str
    look: Callable[[Situation], Iterable[Observation]]
    blocks: bool = False
    types: tuple[str, ...] = ()
    check: ResourceCheck | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule has found in one preview."""

    rule: Rule
    text: str
    headline: str
    severity: Severity
    blocks: bool
    unknown: bool
    urns: tuple[str, ...]


def find(rule: Rule, situation: Situation) -> Iterator[Finding]:
    """Yield what `rule` finds; what cannot be told yet never blocks."""
    for seen in rule.look(situation):
        blocks = rule.blocks if seen.blocks is None else seen.blocks
        yield Finding(
            rule=rule,
            text=situation.names.beside(seen.text),
            headline=seen.headline or rule.title[0].lower() + rule.title[1:],
            severity=rule.severity if seen.severity is None else seen.severity,
            blocks=blocks and not seen.unknown,
            unknown=seen.unknown,
            urns=seen.urns,
        )


def resource_rule(
    *,
    id: str,
    title: str,
    severity: Severity,
    consequence: str,
    remedy: str,
    link: str,
    types: tuple[str, ...],
    check: ResourceCheck,
    look: Callable[[Situation], Iterable[Observation]] | None = None,
    blocks: bool = False,
) -> Rule:
    """Return a rule that a resource alone can break; a preview shows what breaks it newly.

    `look` is given when a whole preview tells more than `check` can.
    """

    def newly_broken(situation: Situation) -> Iterator[Observation]:
        for change in situation.of_kind(*types):
            if change.new is None or change.operation == "delete":
                continue
            before = (
                {seen.about or seen.text for seen in check(change.old, situation.settings)}
                if change.old is not None
                else set()
            )
            for seen in check(change.new, situation.settings):
                if (seen.about or seen.text) not in before:
                    yield seen

    return Rule(
        id=id,
        title=title,
        severity=severity,
        consequence=consequence,
        remedy=remedy,
        link=link,
        look=look or newly_broken,
        blocks=blocks,
        types=types,
        check=check,
    )
