"""What a sign-in must come out as, worked out from what is declared and who is in the tenant.

It is worked out from the settings and the scenario alone, never from what the sandbox answered:
comparing the two is the proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.declared_values import declared_values
from sandbox.entra.scenario import Scenario, ScenarioPerson
from settings.model import Settings
from verify.kubernetes_access import AccessQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What one person's sign-in must show."""

    claims: Mapping[str, object]
    """Claims and their exact values; a group list is sorted. None: the claim must be absent."""
    username: str
    groups: tuple[str, ...]
    """Groups in Kubernetes that come from the directory, sorted."""
    allowed: tuple[AccessQuestion, ...]
    denied: tuple[AccessQuestion, ...]


def expect(settings: Settings, scenario: Scenario, user_principal_name: str) -> Expectation:
    """Work out what a sign-in of `user_principal_name` must show under `settings`."""
    person = scenario.person(user_principal_name)
    group_ids = _groups_in_token(settings, scenario, person)
    declared = declared_values(settings, scenario).get(person.user_principal_name)
    provider = settings.cluster.identity_provider
    # A guest's #EXT# comes without hashes:
    # https://learn.microsoft.com/entra/identity-platform/optional-claims#additional-properties-of-optional-claims
    upn = user_principal_name.replace("#", "_")
    granted = {
        name for name in settings.access.groups() if scenario.group(name).object_id in group_ids
    }
    allowed, denied = _access(settings, granted)
    return Expectation(
        claims={
            # What is declared to be no claim must not be in a token.
            **{p.name: None for p in settings.extension_properties if not p.is_claim},
            "upn": upn,
            "email": person.mail,
            "groups": group_ids,
            **{name: declared.values.get(name) if declared else None for name in settings.claims},
        },
        username=f"{provider.username_prefix}{upn}",
        groups=tuple(f"{provider.groups_prefix}{group_id}" for group_id in group_ids),
        allowed=allowed,
        denied=denied,
    )


def _groups_in_token(settings: Settings, scenario: Scenario, person: ScenarioPerson) -> list[str]:
    """Object ids, sorted. Assigned groups count for direct members only, others through nesting.

    https://learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-fed-group-claims
    """
    direct = {scenario.group(name).object_id for name in scenario.groups_of(person)}
    if settings.application.group_membership_claims == "ApplicationGroup":
        assigned = {scenario.group(name).object_id for name in settings.access.groups()}
        return sorted(direct & assigned)
    found: set[str] = set()
    to_visit = list(direct)
    while to_visit:
        group_id = to_visit.pop()
        if group_id not in found:
            found.add(group_id)
            parents = scenario.group(group_id).member_of
            to_visit += [scenario.group(parent).object_id for parent in parents]
    return sorted(found)


def _access(
    settings: Settings, granted: set[str]
) -> tuple[tuple[AccessQuestion, ...], tuple[AccessQuestion, ...]]:
    """Ask what tells the roles apart, and answer it from the groups that the token names."""
    access = settings.access
    cluster_admin = not granted.isdisjoint(access.cluster_admins)
    answers = {
        AccessQuestion(
            verb="create", group="rbac.authorization.k8s.io", resource="clusterrolebindings"
        ): cluster_admin,
        AccessQuestion(
            verb="get", resource="secrets", namespace=settings.portal.namespace
        ): cluster_admin,
    }
    for namespace, roles in access.namespaces.items():
        admin = cluster_admin or not granted.isdisjoint(roles.admins)
        developer = admin or not granted.isdisjoint(roles.developers)
        viewer = developer or not granted.isdisjoint(roles.viewers)
        answers |= {
            AccessQuestion(verb="get", resource="pods", namespace=namespace): viewer,
            AccessQuestion(
                verb="create", group="tekton.dev", resource="pipelineruns", namespace=namespace
            ): developer,
            AccessQuestion(verb="get", resource="secrets", namespace=namespace): admin,
            AccessQuestion(
                verb="create",
                group="rbac.authorization.k8s.io",
                resource="rolebindings",
                namespace=namespace,
            ): admin,
        }
    return (
        tuple(question for question, answer in answers.items() if answer),
        tuple(question for question, answer in answers.items() if not answer),
    )
