"""What a case of a rule is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.unit.review.previews import change, same
from tests.unit.review.resources import (
    application,
    automation,
    automation_service_principal,
    service_principal,
)

Steps = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """`says` is what the finding must say; an empty `unknown` needs a reason why."""

    fires: Steps
    says: str
    silent: Steps
    unknown: Steps = ()
    never_unknown: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def updated(old: Mapping[str, Any], **inputs: Any) -> Mapping[str, Any]:
    return change("update", old, inputs)


LOGIN: Steps = (same(application()), same(service_principal()))
AUTOMATION: Steps = (same(automation()), same(automation_service_principal()))
WEB = "https://portal.contoso.com/auth/callback"
