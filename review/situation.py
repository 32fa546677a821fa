"""A preview with what every rule needs to look at it: both sides, names, who refers to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from review import kinds
from review.diff import property_changes, same_content
from review.model import Change, Preview, Resource
from review.names import Names, names_in
from review.settings import ReviewSettings
from review.user_values import UserValues, user_values
from review.values import UNKNOWN, Value, at, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Made by `situation_of`; rules only read it."""

    preview: Preview
    settings: ReviewSettings
    names: Names
    changes: tuple[Change, ...]
    """Those that mean something: no component, no provider's pickle, no other order."""
    before: Mapping[str, Resource]
    """What there is now, by URN, as far as the preview shows it."""
    after: Mapping[str, Resource]
    """What there will be."""
    users: UserValues
    """Whose values the changes declare differently."""
    urn_by_id: Mapping[str, str]
    """URNs of applications and service principals by their object id, client id and id."""

    def of_kind(self, *wanted: str) -> Iterator[Change]:
        """Yield the changes of these types."""
        return (change for change in self.changes if change.type in wanted)

    def resources_after(self, *wanted: str) -> list[Resource]:
        """Return what there will be of these types."""
        return [resource for resource in self.after.values() if resource.type in wanted]

    def change_of(self, urn: str) -> Change | None:
        """Return what happens to a resource; None when nothing does."""
        return next((change for change in self.changes if change.urn == urn), None)

    def application_of(self, resource: Resource, name: str) -> Resource | None:
        """Return the application that a property's value means; None when it is not known.

        The value may be an id of the application or of its service principal. What is not known
        yet is found by what it comes from, or by the component that it is declared in.
        """
        urn = self._urn_of(resource, name)
        if urn is None:
            return None
        found = self.after.get(urn) or self.before.get(urn)
        if found is not None and found.type == kinds.SERVICE_PRINCIPAL:
            return self.application_of(found, "clientId")
        return found

    def _urn_of(self, resource: Resource, name: str) -> str | None:
        value = resource.inputs.get(name)
        if isinstance(value, str):
            return self.urn_by_id.get(value.lower())
        if value is not UNKNOWN:
            return None
        wanted = (kinds.APPLICATION, kinds.SERVICE_PRINCIPAL)
        known = {**self.before, **self.after}
        sources = [
            urn
            for urn in resource.depends_on.get(name, ())
            if urn in known and known[urn].type in wanted
        ]
        if len(sources) == 1:
            return sources[0]
        return None if sources else self._in_the_same_component(resource)

    def _in_the_same_component(self, resource: Resource) -> str | None:
        parent = resource.parent
        while parent and parent.split("::")[2] != kinds.STACK:
            near = [
                other.urn
                for other in self.after.values()
                if other.type == kinds.APPLICATION and other.parent == parent
            ]
            if len(near) == 1:
                return near[0]
            component = self.after.get(parent) or self.before.get(parent)
            parent = component.parent if component else ""
        # What is not known yet is made by this program: by its only application, if it has one.
        all_of_them = self.resources_after(kinds.APPLICATION)
        return all_of_them[0].urn if len(all_of_them) == 1 and self.preview.whole else None


def situation_of(
    preview: Preview, settings: ReviewSettings, names: Names | None = None
) -> Situation:
    """Return the situation; `names` are added to those that the preview tells."""
    told = names_in(preview)
    before: dict[str, Resource] = {}
    after: dict[str, Resource] = {}
    for change in preview.changes:
        if change.old is not None and change.operation != "create":
            before[change.urn] = change.old
        if change.new is not None and change.operation != "delete":
            after[change.urn] = change.new
        elif change.operation == "same" and change.old is not None:
            after[change.urn] = change.old
    found_outside = {change.urn: change for change in preview.drift}
    changes = tuple(
        change
        for change in preview.changes
        if means_something(change) and not _only_puts_back(change, found_outside)
    )
    return Situation(
        preview=preview,
        settings=settings,
        names=told.with_more(names.by_guid) if names else told,
        changes=changes,
        before=before,
        after=after,
        users=user_values(changes),
        urn_by_id=_ids([*after.values(), *before.values()]),
    )


def means_something(change: Change) -> bool:
    """Whether a change is more than a form of words.

    Other code of a dynamic provider, the settings that are handed to it, another order or layout of
    the same content, and components, which only group others, are not.
    """
    kind = change.type
    if change.operation == "read" or kinds.is_component(kind):
        return False
    if kind == "pulumi:providers:pulumi-python":
        return False
    if change.operation in ("same", "update"):
        if change.old and change.new and change.old.protect != change.new.protect:
            return True
        return change.operation == "update" and bool(property_changes(change))
    return True


def _only_puts_back(change: Change, drift: Mapping[str, Change]) -> bool:
    """Whether an update declares nothing new: it undoes what was changed outside."""
    outside = drift.get(change.urn)
    if change.operation != "update" or outside is None or change.new is None:
        return False
    return outside.old is not None and same_content(outside.old, change.new)


def is_signed_in_to(application: Resource) -> bool:
    """Whether people sign in to an application: it has a redirect URI."""
    return any(
        at(application.inputs, platform, "redirectUris")
        for platform in ("web", "publicClient", "singlePageApplication")
    )


def display_name(resource: Resource | None) -> str:
    """Return the name of an application that people know."""
    if resource is None:
        return "an application that cannot be told yet"
    name: Value = resource.inputs.get("displayName")
    return name if isinstance(name, str) else resource.name


def _ids(resources: list[Resource]) -> dict[str, str]:
    found: dict[str, str] = {}
    for resource in resources:
        if resource.type in (kinds.APPLICATION, kinds.SERVICE_PRINCIPAL):
            outputs = resource.outputs
            for value in texts([outputs.get("objectId"), resource.id, outputs.get("id")]):
                found[value.lower()] = resource.urn
            # A client id is of both; the application is meant.
            client_id = outputs.get("clientId")
            if isinstance(client_id, str) and resource.type == kinds.APPLICATION:
                found[client_id.lower()] = resource.urn
    return found
