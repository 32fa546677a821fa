"""Rules about the preview as a whole: policies, drift, what people have to do afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from review import kinds
from review.diff import property_changes
from review.model import PolicyResult
from review.rules.protection import called
from review.rules.rule import Observation, Rule, Severity
from review.situation import Situation
from review.user_values import user_values
from review.values import at, holds_unknown

PACK = "entra-eks-sso"
"""The pack of this project (`policy/`), whose rules are the reviewer's own."""
_NOT_RUN = "can't run policy"
"""https://github.com/pulumi/pulumi-policy/blob/v1.21.0/sdk/python/lib/pulumi_policy/policy.py"""


def policy_said(result: PolicyResult) -> str:
    """Return what a policy says; one of our own pack says no more than its rule does."""
    if result.pack == PACK:
        return "as the rule of that name says"
    return " ".join(result.message.split())


def _policies(situation: Situation) -> Iterator[Observation]:
    for result in situation.preview.policy_results:
        mandatory = result.level in ("mandatory", "remediate")
        not_run = _NOT_RUN in result.message
        if not_run and result.pack == PACK:
            continue  # the rule of that name says what cannot be told yet
        what = "could not be checked yet" if not_run else f"is violated: {policy_said(result)}"
        yield Observation(
            headline=f"the {result.level} policy {result.policy} is violated",
            text=f"The {result.level} policy {result.policy} of {result.pack} {what}.",
            urns=(result.urn,) if result.urn else (),
            severity=Severity.HIGH if mandatory else Severity.LOW,
            blocks=mandatory,
            unknown=not_run,
        )


def _drift(situation: Situation) -> Iterator[Observation]:
    drift = situation.preview.drift
    users = user_values(drift)
    for change in users.changes:
        yield Observation(
            text=f"{change.user_principal_name} was changed outside: {change.describe()}. The "
            "update puts back what is declared.",
            urns=tuple(c.urn for c in drift if c.type == kinds.USER_ATTRIBUTES),
        )
    for change in drift:
        if change.type == kinds.USER_ATTRIBUTES and change.operation == "update":
            continue
        if change.operation == "delete":
            yield Observation(
                text=f"The {called(change.resource)} was deleted outside. The update makes it "
                "anew.",
                urns=(change.urn,),
                severity=Severity.MEDIUM,
            )
        else:
            what = ", ".join(entry.path for entry in property_changes(change))
            yield Observation(
                text=f"The {called(change.resource)} was changed outside: {what}.",
                urns=(change.urn,),
            )


def _portal_settings(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(kinds.CONFIG_MAP):
        if at(change.resource.inputs, "metadata", "name") != "portal-config":
            continue
        if change.operation not in ("update", "replace"):
            continue
        keys = [
            entry.path.removeprefix("data.")
            for entry in property_changes(change)
            if entry.path.startswith("data")
        ]
        if keys:
            yield Observation(
                text=f"The portal's settings change ({', '.join(keys)}). The portal reads them "
                "when "
                "it starts: until it is restarted with the new Helm values it goes on with the old "
                "ones.",
                urns=(change.urn,),
            )


def _not_known(situation: Situation) -> Iterator[Observation]:
    """Updates whose values are not known; of what is new, that is to be expected."""
    for change in situation.changes:
        if change.operation == "update" and change.new is not None:
            unknown = [
                entry.path for entry in property_changes(change) if holds_unknown(entry.after)
            ]
            if unknown:
                yield Observation(
                    text=f"What {', '.join(unknown)} of the {called(change.new)} will be.",
                    urns=(change.urn,),
                    unknown=True,
                )


RULES = (
    Rule(
        id="policy-violated",
        title="A policy is violated",
        severity=Severity.HIGH,
        consequence="A mandatory policy stops the update; an advisory one only tells.",
        remedy="See what the policy says.",
        link="https://www.pulumi.com/docs/insights/policy/",
        look=_policies,
    ),
    Rule(
        id="portal-settings-changed",
        title="The portal has to be restarted",
        severity=Severity.LOW,
        consequence="The portal goes on with its old settings until it is restarted.",
        remedy="Give Helm the new values (pulumi stack output portalHelmValues) after the update.",
        link="https://github.com/KubeRocketCI/krci-portal",
        look=_portal_settings,
    ),
    Rule(
        id="drift-found",
        title="Something was changed outside",
        severity=Severity.LOW,
        consequence="The update puts back what is declared, over what somebody has done by hand.",
        remedy="Find out who changed it and why; declare it, if it is right.",
        link="https://www.pulumi.com/docs/iac/cli/commands/pulumi_refresh/",
        look=_drift,
    ),
    Rule(
        id="value-not-known",
        title="A changed value is not known yet",
        severity=Severity.LOW,
        consequence="What the change does hangs on a value that only the update makes.",
        remedy="Apply what it comes from first, then preview again.",
        link="https://www.pulumi.com/docs/iac/concepts/inputs-outputs/",
        look=_not_known,
    ),
)
