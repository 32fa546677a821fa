"""One policy a rule that a resource alone can break.

What blocks a pull request is mandatory by default, everything else advisory; a configuration
(`--policy-pack-config FILE`) sets either, and the thresholds:

    {
      "issuer-v1": "mandatory",
      "secret-expiring": {"enforcementLevel": "mandatory", "secretExpiresWithinDays": 60},
      "unprotected-production": {"protected": true}
    }
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)
from pulumi_policy.proxy import UnknownValueError

from review.model import Resource
from review.rules import RULES, Rule
from review.rules import Severity as RuleSeverity
from review.settings import ReviewSettings
from review.values import UNKNOWN, Value, read_value

_SEVERITIES = {
    RuleSeverity.NOTE: Severity.LOW,
    RuleSeverity.LOW: Severity.LOW,
    RuleSeverity.MEDIUM: Severity.MEDIUM,
    RuleSeverity.HIGH: Severity.HIGH,
    RuleSeverity.CRITICAL: Severity.CRITICAL,
}
_SETTINGS = {
    "secret-expiring": {"secretExpiresWithinDays": {"type": "integer", "minimum": 0}},
    "unprotected-production": {"protected": {"type": "boolean"}},
}
_NAMES = {"secretExpiresWithinDays": "secret_expires_within_days", "protected": "protected"}
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def policy_of(rule: Rule) -> Policy:
    """Return the policy that checks what `rule` checks."""
    settings = _SETTINGS.get(rule.id)
    return ResourceValidationPolicy(
        name=rule.id,
        description=rule.title,
        display_name=rule.title,
        validate=_validation(rule),
        enforcement_level=EnforcementLevel.MANDATORY if rule.blocks else EnforcementLevel.ADVISORY,
        config_schema=PolicyConfigSchema(properties=settings) if settings else None,
        severity=_SEVERITIES[rule.severity],
        remediation_steps=rule.remedy,
        url=rule.link,
    )


def _validation(rule: Rule):
    def validate(args: ResourceValidationArgs, report_violation: ReportViolation) -> None:
        check = rule.check
        if check is None or args.resource_type not in rule.types:
            return
        not_known: list[str] = []
        try:
            resource = Resource(
                urn=args.urn, inputs=known(args.props), protect=bool(args.opts.protect)
            )
            for seen in check(resource, _settings(args.get_config())):
                if seen.unknown:
                    not_known.append(seen.text)
                else:
                    report_violation(f"{seen.text} {rule.remedy}", None)
        except Exception as error:  # noqa: BLE001 - a rule that fails must not pass
            report_violation(
                f"This could not be checked: {type(error).__name__}: {error}. Please report it.",
                None,
            )
        if not_known:
            # The engine tells this apart from a violation, and goes on.
            unknown = UnknownValueError(_UNKNOWN_TEXT, [])
            unknown.message = f"cannot tell yet: {' '.join(not_known)}"
            raise unknown

    return validate


def known(props: Any) -> Any:
    """Return the properties with what is not known yet marked; reading such a one raises."""
    if isinstance(props, Mapping):
        return {name: _item(props, name) for name in props if not str(name).startswith("__")}
    if isinstance(props, Sequence) and not isinstance(props, str | bytes):
        return [_item(props, number) for number in range(len(props))]
    return read_value(props)


def _item(container: Any, key: Any) -> Value:
    try:
        return known(container[key])
    except UnknownValueError:
        return UNKNOWN


def _settings(config: Mapping[str, Any]) -> ReviewSettings:
    chosen = {_NAMES[name]: value for name, value in config.items() if name in _NAMES}
    return ReviewSettings(today=datetime.now(UTC).date(), **chosen)


POLICIES: tuple[Policy, ...] = tuple(policy_of(rule) for rule in RULES if rule.check is not None)
