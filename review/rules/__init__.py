"""What an expert would look for in a preview, one rule a thing, worst topics first."""

from __future__ import annotations

from review.rules import (
    applications,
    bindings,
    claims,
    outcome,
    permissions,
    protection,
    redirects,
    secrets,
    trust,
    values_of_users,
    workloads,
)
from review.rules.rule import Finding, Observation, Rule, Severity, find

RULES: tuple[Rule, ...] = (
    *applications.RULES,
    *trust.RULES,
    *claims.RULES,
    *permissions.RULES,
    *redirects.RULES,
    *secrets.RULES,
    *workloads.RULES,
    *bindings.RULES,
    *values_of_users.RULES,
    *protection.RULES,
    *outcome.RULES,
)

BY_ID = {rule.id: rule for rule in RULES}

__all__ = ["BY_ID", "RULES", "Finding", "Observation", "Rule", "Severity", "find"]
