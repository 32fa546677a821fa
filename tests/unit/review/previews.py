"""Previews as Pulumi prints them, made of what a test is about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from review import Report, ReviewSettings, review
from review.rules import Finding

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
TODAY = date(2026, 11, 24)
PREFIX = "urn:pulumi:dev::entra-eks-sso::"
STACK_URN = f"{PREFIX}pulumi:pulumi:Stack::entra-eks-sso-dev"


def urn(kind: str, name: str, component: str = "") -> str:
    return f"{PREFIX}{component}{'$' if component else ''}{kind}::{name}"


def state(
    kind: str,
    name: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    component: str = "",
    parent: str = STACK_URN,
    **more: Any,
) -> dict[str, Any]:
    """One side of a step."""
    return {
        "urn": urn(kind, name, component),
        "custom": True,
        "type": kind,
        "inputs": dict(inputs or {}),
        "parent": parent,
        **more,
    }


def step(
    op: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    side = new or old
    assert side
    return {"op": op, "urn": side["urn"], "oldState": old, "newState": new, **more}


def create(new: Mapping[str, Any]) -> dict[str, Any]:
    return step("create", new=new)


def delete(old: Mapping[str, Any]) -> dict[str, Any]:
    return step("delete", old=old)


def same(one: Mapping[str, Any]) -> dict[str, Any]:
    return step("same", old=one, new=one)


def change(op: str, old: Mapping[str, Any], inputs: Mapping[str, Any], **more: Any) -> Any:
    """The step from `old` to other inputs."""
    new = {**old, "inputs": {**old["inputs"], **inputs}}
    differing = [name for name in inputs if inputs[name] != old["inputs"].get(name)]
    return step(op, old=old, new=new, diffReasons=differing, **more)


def digest(*steps: Mapping[str, Any], **more: Any) -> str:
    """A digest as `pulumi preview --json --show-sames` prints it."""
    counts: dict[str, int] = {}
    for one in steps:
        counts[one["op"]] = counts.get(one["op"], 0) + 1
    return json.dumps({"steps": list(steps), "changeSummary": counts, **more})


def reviewed(*steps: Mapping[str, Any], settings: Mapping[str, Any] | None = None) -> Report:
    return review(digest(*steps), ReviewSettings(today=TODAY, **(settings or {})))


def found(
    rule: str, *steps: Mapping[str, Any], settings: Mapping[str, Any] | None = None
) -> list[Finding]:
    """What one rule finds."""
    return [f for f in reviewed(*steps, settings=settings).findings if f.rule.id == rule]


def texts(findings: Sequence[Finding]) -> list[str]:
    return [finding.text for finding in findings]
