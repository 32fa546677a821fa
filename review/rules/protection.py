"""Rules about what must not vanish."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from review import kinds
from review.model import Resource
from review.rules.bindings import listed
from review.rules.rule import Observation, Rule, Severity, resource_rule
from review.settings import ReviewSettings
from review.situation import Situation, display_name, is_signed_in_to
from review.values import at

_PROTECT = "https://www.pulumi.com/docs/iac/concepts/options/protect/"
_GUARDED = (kinds.APPLICATION, kinds.IDENTITY_PROVIDER)


def called(resource: Resource) -> str:
    """Return what a resource is, with the name that people know it by."""
    known = at(resource.inputs, "metadata", "name") or resource.inputs.get("displayName")
    namespace = at(resource.inputs, "metadata", "namespace")
    name = known if isinstance(known, str) else resource.name
    place = f" in {namespace}" if isinstance(namespace, str) else ""
    return f"{kinds.in_words(resource.type)} {name}{place}"


def _unprotected(resource: Resource, settings: ReviewSettings) -> Iterator[Observation]:
    if settings.protected and not resource.protect:
        yield Observation(
            text=f"The {called(resource)} is not protected: a wrong setting can delete or replace "
            "it.",
            urns=(resource.urn,),
            about="protect",
        )


def _still_unprotected(situation: Situation) -> Iterator[Observation]:
    """Look at unchanged ones too, as soon as anything changes."""
    if situation.changes:
        for resource in situation.resources_after(*_GUARDED):
            yield from _unprotected(resource, situation.settings)


def _protection_removed(situation: Situation) -> Iterator[Observation]:
    for change in situation.changes:
        if change.old and change.new and change.old.protect and not change.new.protect:
            yield Observation(
                text=f"The {called(change.new)} is no longer protected: the next change may delete "
                "or replace it.",
                urns=(change.urn,),
            )


def _may_not_vanish(kind: str, settings: ReviewSettings) -> bool:
    allowed = settings.allowed_deletions
    return settings.protected and not any(fnmatchcase(kind, pattern) for pattern in allowed)


def _deletions(situation: Situation) -> Iterator[Observation]:
    deleted = [
        change
        for change in situation.changes
        if change.operation == "delete" and _may_not_vanish(change.type, situation.settings)
    ]
    what = "one resource is" if len(deleted) == 1 else f"{len(deleted)} resources are"
    for change in deleted:
        if change.old is not None:
            yield Observation(
                headline=f"{what} deleted in a protected environment",
                text=f"The {called(change.old)} is deleted in a protected environment.",
                urns=(change.urn,),
            )


def _namespaces(situation: Situation) -> Iterator[Observation]:
    gone = [c for c in situation.of_kind(kinds.NAMESPACE) if c.gone and c.old is not None]
    for change in gone:
        name = at(change.old.inputs if change.old else {}, "metadata", "name")
        again = " An empty one of that name is made." if change.operation == "replace" else ""
        yield Observation(
            headline=f"the namespace {name} is deleted with everything in it",
            text=f"The namespace {name} is deleted with everything in it: workloads, volumes that "
            f"are claimed there, secrets.{again}",
            urns=(change.urn,),
            # What is deleted without another in its place is blocked by a rule of its own.
            blocks=change.operation == "replace"
            and _may_not_vanish(change.type, situation.settings),
        )


_TARGETS = {
    "pulumi:providers:azuread": {"tenantId": "tenant"},
    "pulumi:providers:aws": {"region": "region", "profile": "profile"},
    kinds.KUBERNETES_PROVIDER: {"clusterIdentifier": "cluster", "context": "context"},
}


def _moved_elsewhere(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(*_TARGETS):
        if change.old is None or change.new is None:
            continue
        for key, words in _TARGETS[change.type].items():
            old, new = change.old.inputs.get(key), change.new.inputs.get(key)
            if old == new:
                continue
            moved = [
                other.resource
                for other in situation.changes
                if other.operation == "replace" and other.resource.provider == change.urn
            ]
            what = (
                f" {len(moved)} resources are deleted there and made anew: "
                f"{listed(called(resource) for resource in moved)}."
                if moved
                else ""
            )
            yield Observation(
                text=f"The program no longer points to {words} {old} but to {new}.{what} What is "
                "meant as one more place needs a stack of its own.",
                urns=(change.urn,),
            )


def _renamed(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(kinds.APPLICATION):
        if change.operation == "update" and change.old and change.new:
            old, new = display_name(change.old), display_name(change.new)
            if old != new and is_signed_in_to(change.new):
                yield Observation(
                    text=f"The application {old} is called {new} from now on; people see that name "
                    "when they sign in.",
                    urns=(change.urn,),
                )


RULES = (
    Rule(
        id="namespace-deleted",
        title="A namespace is deleted",
        severity=Severity.CRITICAL,
        consequence="Kubernetes deletes everything in a namespace with it, and there is no undo. "
        "In a protected environment one that is made anew blocks like one that goes.",
        remedy="Take what is declared in it away and keep the namespace "
        "(pulumi state delete, or create: false after it), or have a backup.",
        link="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
        look=_namespaces,
    ),
    Rule(
        id="target-changed",
        title="The program points to another place",
        severity=Severity.HIGH,
        consequence="What is declared is made in another tenant, account or cluster, and deleted "
        "where it was.",
        remedy="Make a new stack for the new place, and take the old one down when nobody needs "
        "it.",
        link="https://www.pulumi.com/docs/iac/concepts/resources/providers/",
        look=_moved_elsewhere,
    ),
    resource_rule(
        id="unprotected-production",
        title="Production without protection",
        severity=Severity.MEDIUM,
        consequence="One wrong setting can delete or replace the application or the identity "
        "provider, and with it everybody's sign-in.",
        remedy="Set protect: true for this stack.",
        link=_PROTECT,
        types=_GUARDED,
        check=_unprotected,
        look=_still_unprotected,
    ),
    Rule(
        id="protection-removed",
        title="Protection is taken away",
        severity=Severity.HIGH,
        consequence="Nothing stops the next change from deleting or replacing it.",
        remedy="Take it away only together with the change that needs it, and put it back.",
        link=_PROTECT,
        look=_protection_removed,
    ),
    Rule(
        id="deletion-in-protected-environment",
        title="Something is deleted in a protected environment",
        severity=Severity.HIGH,
        blocks=True,
        consequence="In such an environment nothing is to vanish by the way.",
        remedy="Say so in review.yaml (allowedDeletions) in the same pull request, so that the "
        "deletion itself is reviewed.",
        link=_PROTECT,
        look=_deletions,
    ),
    Rule(
        id="application-renamed",
        title="An application gets another name",
        severity=Severity.NOTE,
        consequence="People see another name when they sign in; nothing else changes.",
        remedy="Tell people, so that they do not take it for a phish.",
        link="https://learn.microsoft.com/entra/identity-platform/howto-add-branding-in-apps",
        look=_renamed,
    ),
)
