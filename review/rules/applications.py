"""Rules about applications in Entra: what they are, who may sign in and by which flows."""

from __future__ import annotations

from collections.abc import Iterator

from review import kinds
from review.model import Change, Resource
from review.rules.rule import Observation, Rule, Severity, resource_rule
from review.settings import ReviewSettings
from review.situation import Situation, display_name, is_signed_in_to
from review.user_values import user_values
from review.values import UNKNOWN, at, items

_MANIFEST = (
    "https://learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest"
)


def _replaced(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(kinds.APPLICATION):
        if change.gone and change.old is not None:
            yield _lost_application(situation, change, change.old)


def _lost_application(situation: Situation, change: Change, old: Resource) -> Observation:
    name = display_name(old)
    happens = "is replaced" if change.operation == "replace" else "is deleted"
    # By its id when somebody has asked for it (`--replace`), which is no reason.
    reasons = [name for name in change.replacing if name != "id"]
    why = f" because {', '.join(reasons)} changes" if reasons else ""
    if not is_signed_in_to(old):
        then = (
            "until they are given the new client id"
            if change.operation == "replace"
            else "from then on"
        )
        return Observation(
            text=f"The application {name} {happens}{why}. Workloads that sign in as it are refused "
            f"{then}.",
            urns=(change.urn,),
            severity=Severity.HIGH,
            blocks=False,
        )
    kept = _users_with_values(situation)
    values = (
        f"The extension values of {kept} go with it. " if kept else "Extension values go with it. "
    )
    after = (
        "Its successor has another client id: until EKS trusts that one nobody can sign in, every "
        "kubeconfig and the portal need the new one"
        if change.operation == "replace"
        else "Nobody can sign in to the portal or with kubectl any more"
    )
    return Observation(
        text=f"The application {name}, which people sign in to, {happens}{why}. {values}{after}.",
        urns=(change.urn,),
    )


def _users_with_values(situation: Situation) -> str:
    tables = [
        Change(operation="create", urn=resource.urn, new=resource)
        for resource in situation.before.values()
        if resource.type == kinds.USER_ATTRIBUTES
    ]
    number = len(user_values(tuple(tables)).changes)
    return f"{number:,} users" if number > 1 else "one user" if number else ""


def _multi_tenant(application: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
    audience = application.inputs.get("signInAudience")
    mapped = at(application.inputs, "api", "mappedClaimsEnabled")
    if audience in (None, "AzureADMyOrg") or mapped in (None, False):
        return
    name = display_name(application)
    if UNKNOWN in (audience, mapped):
        yield Observation(
            text=f"Whether {name} takes accounts of other tenants while it accepts mapped claims.",
            urns=(application.urn,),
            unknown=True,
        )
        return
    yield Observation(
        text=f"{name} takes accounts of other tenants ({audience}) and accepts mapped claims: an "
        "administrator of any tenant can put the claims that the cluster trusts into tokens.",
        urns=(application.urn,),
        about=str(audience),
    )


def _public_client_flows(application: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
    allowed = application.inputs.get("fallbackPublicClientEnabled")
    if allowed is True:
        yield Observation(
            text=f"{display_name(application)} allows public client flows: anybody can start a "
            "device code sign-in in its name and have a colleague finish it, and passwords can be "
            "tried without a browser.",
            urns=(application.urn,),
            about="allowed",
        )
    elif allowed is UNKNOWN:
        yield Observation(
            text=f"Whether {display_name(application)} allows public client flows.",
            urns=(application.urn,),
            unknown=True,
        )


def _implicit_grant(application: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
    for switch, token in (
        ("idTokenIssuanceEnabled", "ID tokens"),
        ("accessTokenIssuanceEnabled", "access tokens"),
    ):
        issued = at(application.inputs, "web", "implicitGrant", switch)
        if issued is True:
            yield Observation(
                text=f"{display_name(application)} hands out {token} straight from the authorize "
                "endpoint: without PKCE or a secret, and through the browser's address bar.",
                urns=(application.urn,),
                about=token,
            )
        elif issued is UNKNOWN:
            yield Observation(
                text=f"Whether {display_name(application)} hands out {token} by implicit grant.",
                urns=(application.urn,),
                about=token,
                unknown=True,
            )


def _open_to_all(principal: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
    required = principal.inputs.get("appRoleAssignmentRequired")
    if required is False:
        yield Observation(
            text="Everybody in the tenant, guests included, can sign in and gets a token that the "
            "cluster accepts; only RBAC still decides what they may do.",
            urns=(principal.urn,),
        )
    elif required is UNKNOWN:
        yield Observation(
            text="Whether signing in still needs an assignment.",
            urns=(principal.urn,),
            unknown=True,
        )


_TOO_MANY = frozenset({"SecurityGroup", "All", "DirectoryRole"})


def _overage(application: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
    for claim in items(application.inputs.get("groupMembershipClaims")):
        if claim is UNKNOWN:
            yield Observation(
                text="Which groups the ID token will name.", urns=(application.urn,), unknown=True
            )
        elif claim in _TOO_MANY - {"DirectoryRole"}:
            yield Observation(
                text=f"The ID token names all security groups of a person ({claim}). Whoever is in "
                "more than 200, nested ones counted, gets a token without groups that Kubernetes "
                "refuses altogether: that person can no longer sign in. How many people that is "
                "cannot be told from the preview.",
                urns=(application.urn,),
                about="groups",
            )


RULES = (
    Rule(
        id="application-replaced",
        title="An application is replaced or deleted",
        severity=Severity.CRITICAL,
        blocks=True,
        consequence="A new application has another client id. EKS, the portal and every kubeconfig "
        "name the old one; extension properties belong to the old one, and the values of all users "
        "go with it; consent has to be given anew.",
        remedy="Keep the application: undo the setting that replaces it, and set protect: true. If "
        "it has to go, announce it, and plan it as a move with a second application.",
        link="https://learn.microsoft.com/graph/extensibility-overview#directory-microsoft-entra-id-extensions",
        look=_replaced,
    ),
    resource_rule(
        id="multi-tenant-mapped-claims",
        title="Several tenants with mapped claims",
        severity=Severity.CRITICAL,
        blocks=True,
        consequence="Mapped claims are safe in a single tenant only: elsewhere others can make "
        "claims mapping policies for the application.",
        remedy="Leave signInAudience at AzureADMyOrg.",
        link="https://learn.microsoft.com/entra/identity-platform/jwt-claims-customization",
        types=(kinds.APPLICATION,),
        check=_multi_tenant,
    ),
    resource_rule(
        id="public-client-flows",
        title="Public client flows are allowed",
        severity=Severity.HIGH,
        consequence="Device code and password sign-ins become possible, which phishing lives on.",
        remedy="Leave fallbackPublicClientEnabled false: kubectl's redirect URI does not need it.",
        link="https://learn.microsoft.com/entra/identity-platform/msal-client-applications",
        types=(kinds.APPLICATION,),
        check=_public_client_flows,
    ),
    resource_rule(
        id="implicit-grant",
        title="Implicit grant is switched on",
        severity=Severity.HIGH,
        consequence="Tokens come without PKCE or a secret, in the address bar of the browser.",
        remedy="Leave application.implicitIdTokens false: neither portal nor kubectl needs it.",
        link="https://learn.microsoft.com/entra/identity-platform/v2-oauth2-implicit-grant-flow",
        types=(kinds.APPLICATION,),
        check=_implicit_grant,
    ),
    resource_rule(
        id="sign-in-open-to-all",
        title="Sign-in without assignment",
        severity=Severity.HIGH,
        consequence="Anybody with an account in the tenant can sign in to portal and cluster.",
        remedy="Leave application.assignmentRequired true, and name the groups in access.",
        link="https://learn.microsoft.com/entra/identity-platform/howto-restrict-your-app-to-a-set-of-users",
        types=(kinds.SERVICE_PRINCIPAL,),
        check=_open_to_all,
    ),
    resource_rule(
        id="group-overage",
        title="All security groups in the token",
        severity=Severity.HIGH,
        consequence="Above 200 groups Entra leaves them out of the token and says where to ask. "
        "Kubernetes cannot ask there and refuses the whole sign-in.",
        remedy="Use application.groupMembershipClaims: ApplicationGroup, which names only groups "
        "that are assigned to the application.",
        link=_MANIFEST + "#groupmembershipclaims-attribute",
        types=(kinds.APPLICATION,),
        check=_overage,
    ),
)
