"""Rules about federated credentials: which workloads may act as an application."""

from __future__ import annotations

import re
from collections.abc import Iterator

from review import kinds
from review.graph_permissions import Reach, application_role
from review.model import Resource
from review.rules.rule import Observation, Rule, Severity, resource_rule
from review.settings import ReviewSettings
from review.situation import Situation, display_name
from review.values import UNKNOWN, at

_LINK = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"
_CREDENTIALS = (kinds.FEDERATED_CREDENTIAL, kinds.FLEXIBLE_FEDERATED_CREDENTIAL)
_GITHUB = "https://token.actions.githubusercontent.com"
_AUDIENCES = {
    "api://AzureADTokenExchange",
    "api://AzureADTokenExchangeUSGov",
    "api://AzureADTokenExchangeChina",
}


def _width(credential: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
    flexible = credential.type == kinds.FLEXIBLE_FEDERATED_CREDENTIAL
    subject = credential.inputs.get("claimsMatchingExpression" if flexible else "subject")
    issuer = credential.inputs.get("issuer")
    if UNKNOWN in (subject, issuer):
        yield Observation(
            text="Which workloads may act as the application.",
            urns=(credential.urn,),
            about="subject",
            unknown=True,
        )
        return
    for sentence in _too_wide(str(subject), str(issuer or ""), flexible=flexible):
        yield Observation(text=sentence, urns=(credential.urn,), about=sentence)
    audience = at(credential.inputs, "audiences", 0) or credential.inputs.get("audience")
    if isinstance(audience, str) and audience not in _AUDIENCES:
        sentence = (
            f"{subject} may come with tokens for the audience {audience}, which are made for "
            "another service: that service can use them to act as the application."
        )
        yield Observation(text=sentence, urns=(credential.urn,), about=audience)


def _too_wide(subject: str, issuer: str, *, flexible: bool) -> Iterator[str]:
    """https://docs.github.com/actions/reference/security/oidc#example-subject-claims"""
    if not issuer.startswith("https://"):
        yield f"{subject} comes from {issuer or 'no issuer'}, which is not https."
    if "*" in subject:
        if flexible:
            yield (
                f"The expression {subject} has a wildcard: every workload that fits it may act as "
                "the application, those that others make later included."
            )
        else:
            yield (
                f"The subject {subject} has a wildcard, which Entra compares to the letter: it "
                "lets "
                "nobody in as it is, and everybody who fits once it becomes an expression."
            )
    elif issuer == _GITHUB and subject.endswith(":pull_request"):
        yield (
            f"{subject}: every pull request may act as the application, with whatever code and "
            "workflow its author has put in it, before anybody has looked at it."
        )
    elif issuer == _GITHUB and not re.search(r":(?:environment|ref|job_workflow_ref):.+", subject):
        yield f"{subject} names neither a branch nor an environment: any workflow may fit."
    elif subject.startswith("system:serviceaccount:") and subject.count(":") < 3:
        yield f"{subject} names no service account of one namespace."


def _added(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(*_CREDENTIALS):
        new = change.new
        if new is None or change.operation == "delete":
            continue
        application = situation.application_of(new, "applicationId")
        subject = new.inputs.get("subject") or new.inputs.get("claimsMatchingExpression")
        who = "A workload that cannot be told yet" if subject is UNKNOWN else str(subject)
        yield Observation(
            text=f"{who}, with tokens of {new.inputs.get('issuer')}, may act as "
            f"{display_name(application)} without a secret.{_so_it_may(situation, application)}",
            urns=(change.urn,),
        )


def _so_it_may(situation: Situation, application: Resource | None) -> str:
    allowed = []
    for assignment in situation.resources_after(kinds.APP_ROLE_ASSIGNMENT):
        role = assignment.inputs.get("appRoleId")
        if not isinstance(role, str) or role == kinds.DEFAULT_ACCESS_ROLE:
            continue
        if application is not None and application is situation.application_of(
            assignment, "principalObjectId"
        ):
            permission = application_role(role, assignment.name)
            weight = 9 if permission.reach is None else permission.reach
            allowed.append((-weight, f"{permission.allows} ({permission.name})"))
    if not allowed:
        return ""
    return f" It may then {'; '.join(words for _weight, words in sorted(allowed))}."


def _wide(situation: Situation) -> Iterator[Observation]:
    """As wide as a subject is, so bad is what its application may do."""
    for change in situation.of_kind(*_CREDENTIALS):
        if change.new is None or change.operation == "delete":
            continue
        before = (
            {seen.about for seen in _width(change.old, situation.settings)} if change.old else set()
        )
        application = situation.application_of(change.new, "applicationId")
        for seen in _width(change.new, situation.settings):
            if seen.about in before:
                continue
            writes = _may_write(situation, application)
            yield Observation(
                text=seen.text + ("" if writes else " It may only read there."),
                urns=seen.urns,
                unknown=seen.unknown,
                severity=None if writes or seen.unknown else Severity.MEDIUM,
                blocks=None if writes else False,
            )


def _may_write(situation: Situation, application: Resource | None) -> bool:
    """Whether an application may change anything in the directory; not known counts as yes."""
    if application is None or not situation.preview.whole:
        return True
    roles = [
        application_role(str(assignment.inputs.get("appRoleId")), assignment.name).reach
        for assignment in situation.resources_after(kinds.APP_ROLE_ASSIGNMENT)
        if situation.application_of(assignment, "principalObjectId") is application
        and assignment.inputs.get("appRoleId") != kinds.DEFAULT_ACCESS_ROLE
    ]
    return any(reach is None or reach > Reach.READ for reach in roles)


RULES = (
    resource_rule(
        id="federated-credential-too-wide",
        title="A federated credential lets in too many",
        severity=Severity.HIGH,
        blocks=True,
        consequence="Whoever can start such a workload can do what the application may.",
        remedy="Name one environment or protected branch, such as "
        "repo:ORG/REPO:environment:production, and one service account of one namespace.",
        link=_LINK,
        types=_CREDENTIALS,
        check=_width,
        look=_wide,
    ),
    Rule(
        id="federated-credential-added",
        title="A workload may act as an application",
        severity=Severity.MEDIUM,
        consequence="It needs no secret: who controls the workload controls the application.",
        remedy="Check whose workload it is, and who may change it.",
        link=_LINK,
        look=_added,
    ),
)
