"""What a rehearsal found, as `.sandbox/report.json` and as a person reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

SHOWN_CLAIMS = ("upn", "email", "groups", "default_namespace", "picture")


@dataclass(frozen=True, slots=True, kw_only=True)
class KubernetesAnswer:
    """Who the API server says a person is, and what it lets them do."""

    username: str
    groups: Sequence[str]
    allowed: Sequence[str]
    denied: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """One verified sign-in, and where it differs from what is declared."""

    user: str
    client: Literal["kubectl", "portal"]
    claims: Mapping[str, Any]
    kubernetes: KubernetesAnswer
    differences: Sequence[str] = ()
    """Sentences; none when all is as declared."""


@dataclass(slots=True, kw_only=True)
class Report:
    """Collected step by step."""

    seconds: dict[str, float] = field(default_factory=dict)
    """Wall time by step."""
    resources: int = 0
    """Resources in the stack's state."""
    sign_ins: list[SignIn] = field(default_factory=list)

    def differences(self) -> list[str]:
        """Return every difference, with whose sign-in it is."""
        return [
            f"{sign_in.user} by {sign_in.client}: {difference}"
            for sign_in in self.sign_ins
            for difference in sign_in.differences
        ]

    def write(self, path: Path) -> None:
        """Write the facts as JSON."""
        facts = {
            "seconds": {step: round(seconds, 2) for step, seconds in self.seconds.items()},
            "resources": self.resources,
            "sign_ins": [
                {
                    "user": sign_in.user,
                    "client": sign_in.client,
                    "claims": dict(sign_in.claims),
                    "kubernetes": {
                        "username": sign_in.kubernetes.username,
                        "groups": list(sign_in.kubernetes.groups),
                        "allowed": list(sign_in.kubernetes.allowed),
                        "denied": list(sign_in.kubernetes.denied),
                    },
                }
                for sign_in in self.sign_ins
            ],
        }
        path.write_text(json.dumps(facts, indent=2) + "\n")


def describe(sign_in: SignIn, group_names: Mapping[str, str]) -> str:
    """Return a sign-in in lines; `group_names` are display names by object id."""
    claims = dict(sign_in.claims)
    claims["groups"] = _named(claims.get("groups") or [], group_names)
    kubernetes = sign_in.kubernetes
    lines = [
        f"{sign_in.user} by {sign_in.client}",
        *(f"  {claim:<18} {claims.get(claim) or '-'}" for claim in SHOWN_CLAIMS),
        f"  API server says    {kubernetes.username}",
        f"  in groups          {_named(kubernetes.groups, group_names)}",
        *(f"  may                {question}" for question in kubernetes.allowed),
        *(f"  may not            {question}" for question in kubernetes.denied),
        *(f"  NOT AS DECLARED    {difference}" for difference in sign_in.differences),
    ]
    return "\n".join(lines)


def _named(groups: Sequence[str], group_names: Mapping[str, str]) -> str:
    """GUIDs cannot be read: the display name goes beside each."""
    named = [
        f"{group} ({group_names[group_id]})"
        if (group_id := group.rpartition(":")[2]) in group_names
        else group
        for group in groups
    ]
    return ", ".join(named) or "none"
