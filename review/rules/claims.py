"""Rules about the claims mapping policy, which can break every sign-in at once."""

from __future__ import annotations

from collections.abc import Iterator

from review import kinds
from review.rules.rule import Observation, Rule, Severity
from review.situation import Situation, display_name
from review.values import UNKNOWN, at


def _before_flag(situation: Situation) -> Iterator[Observation]:
    """An application without `acceptMappedClaims` while a policy is, or will be, assigned."""
    assigned: set[str] = set()
    for assignment in situation.resources_after(kinds.CLAIMS_ASSIGNMENT):
        application = situation.application_of(assignment, "servicePrincipalId")
        changed = situation.change_of(assignment.urn) is not None
        if application is None:
            if changed:
                yield Observation(
                    text="Whether the application that the claims mapping policy is assigned to "
                    "accepts mapped claims.",
                    urns=(assignment.urn,),
                    unknown=True,
                )
            continue
        assigned.add(application.urn)
        if not changed and situation.change_of(application.urn) is None:
            continue
        accepts = at(application.inputs, "api", "mappedClaimsEnabled")
        if accepts is UNKNOWN:
            yield Observation(
                text=f"Whether {display_name(application)} will accept mapped claims.",
                urns=(application.urn, assignment.urn),
                unknown=True,
            )
        elif accepts is not True:
            yield Observation(
                text=f"A claims mapping policy is assigned to {display_name(application)}, which "
                "does not accept mapped claims: every sign-in ends in AADSTS50146.",
                urns=(application.urn, assignment.urn),
            )
    yield from _flag_off(situation, assigned)


def _flag_off(situation: Situation, assigned: set[str]) -> Iterator[Observation]:
    """The flag goes, and the preview does not show whether a policy is assigned."""
    for change in situation.of_kind(kinds.APPLICATION):
        if situation.preview.whole or change.urn in assigned or change.new is None:
            continue
        before = at(change.old.inputs if change.old else None, "api", "mappedClaimsEnabled")
        if before is True and at(change.new.inputs, "api", "mappedClaimsEnabled") is not True:
            yield Observation(
                text=f"{display_name(change.new)} stops accepting mapped claims. If a claims "
                "mapping policy is assigned to it, every sign-in will end in AADSTS50146.",
                urns=(change.urn,),
                unknown=True,
            )


def _supersedes(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(kinds.CLAIMS_ASSIGNMENT):
        if change.operation != "create" or change.new is None:
            continue
        application = situation.application_of(change.new, "servicePrincipalId")
        if application is None:
            yield Observation(
                text="Whether the claims mapping policy is assigned to an application that had "
                "claims set under Attributes & Claims in the admin centre.",
                urns=(change.urn,),
                unknown=True,
            )
            continue
        own = situation.change_of(application.urn)
        if own is None or own.operation != "create":
            yield Observation(
                text=f"From now on the claims mapping policy decides the claims of "
                f"{display_name(application)}. What was set for it under Attributes & Claims in "
                "the "
                "admin centre, group filters included, is ignored and can no longer be edited "
                "there.",
                urns=(change.urn,),
            )


RULES = (
    Rule(
        id="claims-policy-before-flag",
        title="Mapped claims are not accepted",
        severity=Severity.CRITICAL,
        blocks=True,
        consequence="Entra refuses every sign-in to an application with a claims mapping policy "
        "that does not accept mapped claims (AADSTS50146).",
        remedy="Set api.mappedClaimsEnabled before the policy is assigned, and take the assignment "
        "away before the flag.",
        link="https://learn.microsoft.com/entra/identity-platform/jwt-claims-customization",
        look=_before_flag,
    ),
    Rule(
        id="claims-policy-supersedes",
        title="Claims of the admin centre are superseded",
        severity=Severity.MEDIUM,
        consequence="An assigned claims mapping policy takes the place of what was clicked.",
        remedy="Compare with Attributes & Claims of the enterprise application first, and move "
        "what "
        "is needed into the policy.",
        link="https://learn.microsoft.com/entra/identity-platform/claims-customization-custom-claims-policy",
        look=_supersedes,
    ),
)
