"""Rules about permissions: what applications may do in the directory, and who consents."""

from __future__ import annotations

from collections.abc import Iterator

from review import kinds
from review.graph_permissions import Permission, Reach, application_role, named
from review.model import Resource
from review.rules.rule import Observation, Rule, Severity, resource_rule
from review.settings import ReviewSettings
from review.situation import Situation, display_name, is_signed_in_to
from review.values import UNKNOWN, items

_REFERENCE = "https://learn.microsoft.com/graph/permissions-reference"
_BY_REACH = {
    Reach.SIGN_IN: Severity.LOW,
    Reach.READ: Severity.MEDIUM,
    Reach.WRITE: Severity.HIGH,
    Reach.TAKE_OVER: Severity.CRITICAL,
}


def severity_of(permission: Permission) -> Severity:
    """Return how bad it is to give a permission away; an unknown one is not thought harmless."""
    return Severity.HIGH if permission.reach is None else _BY_REACH[permission.reach]


def _given(situation: Situation) -> Iterator[tuple[Resource, str, Resource | None]]:
    """Yield assignments of application roles that are new, with role id and application."""
    for change in situation.of_kind(kinds.APP_ROLE_ASSIGNMENT):
        new = change.new
        if new is None or change.operation == "delete":
            continue
        role = new.inputs.get("appRoleId")
        if role == kinds.DEFAULT_ACCESS_ROLE:
            continue
        application = situation.application_of(new, "principalObjectId")
        if change.operation == "replace" and change.old is not None:
            before = situation.application_of(change.old, "principalObjectId")
            same_holder = before is not None and before is application
            if role == change.old.inputs.get("appRoleId") and same_holder:
                continue
        yield new, "" if role is UNKNOWN else str(role), application


def _role_added(situation: Situation) -> Iterator[Observation]:
    for assignment, role, application in _given(situation):
        who = display_name(application)
        if not role:
            yield Observation(
                text=f"Which application role {who} gets.", urns=(assignment.urn,), unknown=True
            )
            continue
        permission = application_role(role, assignment.name)
        if application is not None and is_signed_in_to(application):
            continue  # which is worse, and has a rule of its own
        yield Observation(
            text=f"{who} may, as itself and without any user: {permission.allows} "
            f"({permission.called}). This is admin consent for the whole tenant.",
            urns=(assignment.urn,),
            severity=severity_of(permission),
            blocks=permission.reach is Reach.TAKE_OVER,
        )


def _on_login_application(situation: Situation) -> Iterator[Observation]:
    for assignment, role, application in _given(situation):
        permission = application_role(role, assignment.name)
        if application is None:
            yield Observation(
                text=f"Whether {permission.name} goes to the application that people sign in to.",
                urns=(assignment.urn,),
                unknown=True,
            )
        elif is_signed_in_to(application):
            yield Observation(
                text=f"{display_name(application)} is the application that people sign in to. "
                f"Whoever gets hold of its client secret may {permission.allows} "
                f"({permission.name}).",
                urns=(assignment.urn,),
            )


def _consent(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(kinds.DELEGATED_GRANT):
        if change.new is None or change.operation == "delete":
            continue
        before = items(change.old.inputs.get("claimValues")) if change.old else []
        scopes = [s for s in items(change.new.inputs.get("claimValues")) if s not in before]
        who = display_name(situation.application_of(change.new, "servicePrincipalObjectId"))
        behalf = "one user" if change.new.inputs.get("userObjectId") else "everybody who signs in"
        if UNKNOWN in scopes:
            yield Observation(
                text=f"Which permissions {who} gets on behalf of {behalf}.",
                urns=(change.urn,),
                unknown=True,
            )
        known = [named(scope) for scope in scopes if isinstance(scope, str)]
        if known:
            allowed = "; ".join(f"{scope.allows} ({scope.name})" for scope in known)
            yield Observation(
                text=f"Admin consent: on behalf of {behalf}, {who} may {allowed}. Nobody is asked.",
                urns=(change.urn,),
                severity=max(severity_of(scope) for scope in known),
            )


def _takes_over(assignment: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
    """What an assignment alone tells: a role with which the tenant can be taken over."""
    role = assignment.inputs.get("appRoleId")
    if role is UNKNOWN:
        yield Observation(
            text="Which application role is given.", urns=(assignment.urn,), unknown=True
        )
    elif isinstance(role, str) and role != kinds.DEFAULT_ACCESS_ROLE:
        permission = application_role(role, assignment.name)
        if permission.reach is Reach.TAKE_OVER:
            yield Observation(
                text=f"An application may {permission.allows} ({permission.name}).",
                urns=(assignment.urn,),
                about=role,
            )


_ROLE_ADDED = resource_rule(
    id="graph-role-added",
    title="An application role of Microsoft Graph is given",
    severity=Severity.HIGH,
    blocks=True,  # what is seen says for itself whether it does
    consequence="The application may do this in the whole tenant without any user; how bad that is "
    "hangs on the role. One with which the tenant can be taken over blocks.",
    remedy="Give the least that the work needs, to an application that holds no secret.",
    link=_REFERENCE,
    types=(kinds.APP_ROLE_ASSIGNMENT,),
    check=_takes_over,
    look=_role_added,
)

RULES = (
    Rule(
        id="graph-role-on-login-application",
        title="The application that people sign in to gets an application role",
        severity=Severity.CRITICAL,
        blocks=True,
        consequence="Its client secret is with the portal, and in every kubeconfig of a "
        "confidential client: whoever has it may use the role in the whole tenant.",
        remedy="Use graphPermissions.holder: directory-automation.",
        link="https://learn.microsoft.com/entra/identity-platform/secure-least-privileged-access",
        look=_on_login_application,
    ),
    _ROLE_ADDED,
    Rule(
        id="consent-added",
        title="Admin consent to delegated permissions",
        severity=Severity.MEDIUM,
        consequence="The application may do this on behalf of users, who are not asked.",
        remedy="Consent to what the sign-in needs: openid, profile, email, offline_access.",
        link="https://learn.microsoft.com/entra/identity-platform/permissions-consent-overview",
        look=_consent,
    ),
)
