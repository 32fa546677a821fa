"""Who may reach what, before and after: the rights that the resources of a preview give.

A right is told apart by who has it and what it is for, so a binding that is only renamed, or a
prefix that changes on both sides, takes nothing from anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from review import graph_permissions, kinds
from review.model import Resource
from review.names import GUID
from review.situation import Situation, display_name, is_signed_in_to
from review.values import UNKNOWN, at, items, texts

WhoKind = Literal["group", "user", "application", "workload", "service account", "everybody"]
EVERYBODY = "everybody in the tenant"
WHOLE_CLUSTER = "the whole cluster"
Area = Literal["cluster", "namespace", "sign-in", "directory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One thing that somebody may do."""

    who_key: str
    target_key: str
    cluster: str = ""
    """Where a binding is: the cluster's identifier, or the URN of the provider."""
    who_kind: WhoKind = field(compare=False)
    who: str = field(compare=False)
    """Who has it, by name."""
    what: str = field(compare=False)
    """What it allows, in words that follow "may"."""
    target: str = field(compare=False)
    """What is reached, shortly: a node of the picture."""
    area: Area = field(compare=False)
    weight: int = field(compare=False)
    """How much it allows; more is worse to give away."""
    urn: str = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChange:
    """Rights before and after."""

    before: frozenset[Right]
    after: frozenset[Right]

    @property
    def gained(self) -> list[Right]:
        """What is new, the most powerful first."""
        return worst_first(_beyond(self.after, self.before))

    @property
    def lost(self) -> list[Right]:
        """What is taken away, the most powerful first."""
        return worst_first(_beyond(self.before, self.after))


def access_change(situation: Situation) -> AccessChange:
    """Return who may reach what before and after, as far as the preview shows it."""
    return AccessChange(
        before=frozenset(_rights(situation, situation.before, situation.after)),
        after=frozenset(_rights(situation, situation.after, situation.before)),
    )


def _beyond(some: frozenset[Right], others: frozenset[Right]) -> list[Right]:
    """Return what is in `some` and not in `others`, neither for who has it nor for everybody."""
    for_everybody = {right.target_key for right in others if right.who_key == EVERYBODY}
    return [right for right in some - others if right.target_key not in for_everybody]


def worst_first(rights: Iterable[Right]) -> list[Right]:
    """Return rights with the most powerful first, always in the same order."""
    return sorted(
        rights,
        key=lambda right: (-right.weight, right.who.casefold(), right.target_key, right.cluster),
    )


def _rights(
    situation: Situation, resources: Mapping[str, Resource], others: Mapping[str, Resource]
) -> Iterator[Right]:
    several = len({*_clusters(resources), *_clusters(others)}) > 1
    for resource in resources.values():
        kind = resource.type
        if kind in (kinds.CLUSTER_ROLE_BINDING, kinds.ROLE_BINDING):
            # What one side does not tell is as on the other.
            cluster = _cluster(resources, resource.provider) or _cluster(others, resource.provider)
            where = cluster or resource.provider
            yield from _of_binding(situation, resource, where, called=cluster if several else "")
        elif kind == kinds.APP_ROLE_ASSIGNMENT:
            yield from _of_assignment(situation, resource)
        elif kind == kinds.SERVICE_PRINCIPAL:
            yield from _of_open_sign_in(situation, resource)
        elif kind == kinds.DELEGATED_GRANT:
            yield from _of_delegated_grant(situation, resource)
        elif kind in (kinds.FEDERATED_CREDENTIAL, kinds.FLEXIBLE_FEDERATED_CREDENTIAL):
            yield from _of_federated_credential(situation, resource)


def _clusters(resources: Mapping[str, Resource]) -> Iterator[str]:
    for resource in resources.values():
        if resource.type == kinds.KUBERNETES_PROVIDER and (
            name := _cluster(resources, resource.urn)
        ):
            yield name


def _cluster(resources: Mapping[str, Resource], provider: str) -> str:
    found = resources.get(provider)
    name = found.inputs.get("clusterIdentifier") if found else None
    return name if isinstance(name, str) else ""


def _of_binding(
    situation: Situation, binding: Resource, cluster: str, *, called: str
) -> Iterator[Right]:
    """`called` tells clusters apart where there are several."""
    role = at(binding.inputs, "roleRef", "name")
    role_kind = at(binding.inputs, "roleRef", "kind")
    namespace = at(binding.inputs, "metadata", "namespace")
    in_namespace = binding.type == kinds.ROLE_BINDING
    area: Area = "namespace" if in_namespace else "cluster"
    place = f"namespace {namespace}" if in_namespace else WHOLE_CLUSTER
    named = f"{place}{' of' if in_namespace else ''} {called}" if called else place
    what, weight = _what_a_role_allows(str(role), named, in_namespace=in_namespace)
    for subject in items(binding.inputs.get("subjects")):
        name = at(subject, "name")
        if not isinstance(name, str):
            continue
        guid = GUID.search(name)
        kind = at(subject, "kind")
        who_kind: WhoKind = (
            "group" if kind == "Group" else "user" if kind == "User" else "service account"
        )
        yield Right(
            who_key=f"{kind}:{guid[0].lower() if guid else name}",
            target_key=f"{place}:{role_kind}/{role}",
            cluster=cluster,
            who_kind=who_kind,
            who=situation.names.of(name),
            what=what,
            target=f"{named}: {role}",
            area=area,
            weight=weight,
            urn=binding.urn,
        )


def _what_a_role_allows(role: str, place: str, *, in_namespace: bool) -> tuple[str, int]:
    """https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles"""
    known = {
        "cluster-admin": (f"do everything in {place}", 60 if in_namespace else 100),
        "admin": (f"do nearly everything in {place}, secrets and roles included", 55),
        "edit": (f"change workloads and read secrets in {place}", 45),
        "view": (f"look at {place}, secrets excepted", 10),
        "tenant-developer": (
            f"work on pipelines and deployments in {place}, and get into its pods",
            40,
        ),
    }
    words, weight = known.get(role, (f"do what the role {role} allows in {place}", 50))
    return f"{words} ({role})", weight


def _of_assignment(situation: Situation, assignment: Resource) -> Iterator[Right]:
    role_id = assignment.inputs.get("appRoleId")
    principal = assignment.inputs.get("principalObjectId")
    if role_id == kinds.DEFAULT_ACCESS_ROLE:
        application = situation.application_of(assignment, "resourceObjectId")
        called = display_name(application)
        group = str(principal) if principal is not UNKNOWN else assignment.name
        yield Right(
            who_key=f"Group:{group.lower()}",
            target_key=f"sign-in:{application.urn if application else ''}",
            who_kind="group",
            who=situation.names.of(group),
            what=f"sign in to {called}",
            target=f"sign-in to {called}",
            area="sign-in",
            weight=5,
            urn=assignment.urn,
        )
    elif isinstance(role_id, str):
        application = situation.application_of(assignment, "principalObjectId")
        permission = graph_permissions.application_role(role_id, assignment.name)
        reach = permission.reach
        yield Right(
            who_key=f"application:{application.urn if application else principal}",
            target_key=f"graph:{role_id}",
            who_kind="application",
            who=display_name(application),
            what=f"{permission.allows} ({permission.name})",
            target=f"Microsoft Graph: {permission.name}",
            area="directory",
            weight=90 if reach is None else 20 + 25 * reach,
            urn=assignment.urn,
        )


def _of_open_sign_in(situation: Situation, principal: Resource) -> Iterator[Right]:
    application = situation.application_of(principal, "clientId")
    required = principal.inputs.get("appRoleAssignmentRequired")
    if application is None or required is not False or not is_signed_in_to(application):
        return
    called = display_name(application)
    yield Right(
        who_key=EVERYBODY,
        target_key=f"sign-in:{application.urn}",
        who_kind="everybody",
        who=EVERYBODY,
        what=f"sign in to {called}, guests included",
        target=f"sign-in to {called}",
        area="sign-in",
        weight=30,
        urn=principal.urn,
    )


def _of_delegated_grant(situation: Situation, grant: Resource) -> Iterator[Right]:
    application = situation.application_of(grant, "servicePrincipalObjectId")
    called = display_name(application)
    everybody = not grant.inputs.get("userObjectId")
    for scope in texts(grant.inputs.get("claimValues")):
        permission = graph_permissions.named(scope)
        on_behalf = "everybody who signs in" if everybody else "one user"
        yield Right(
            who_key=f"application:{application.urn if application else ''}",
            target_key=f"scope:{scope}:{on_behalf}",
            who_kind="application",
            who=called,
            what=f"{permission.allows}, on behalf of {on_behalf} ({scope})",
            target=f"Microsoft Graph for {on_behalf}: {scope}",
            area="directory",
            weight=70 if permission.reach is None else 5 + 15 * permission.reach,
            urn=grant.urn,
        )


def _of_federated_credential(situation: Situation, credential: Resource) -> Iterator[Right]:
    application = situation.application_of(credential, "applicationId")
    called = display_name(application)
    subject = credential.inputs.get("subject") or credential.inputs.get("claimsMatchingExpression")
    issuer = credential.inputs.get("issuer")
    words = "a workload that cannot be told yet" if subject is UNKNOWN else str(subject)
    yield Right(
        who_key=f"workload:{issuer}:{words}",
        target_key=f"acts-as:{application.urn if application else ''}",
        who_kind="workload",
        who=words,
        what=f"act as the application {called}, with tokens of {issuer}",
        target=f"application {called}",
        area="directory",
        weight=50,
        urn=credential.urn,
    )
