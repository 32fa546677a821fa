"""What EKS, the portal and kubectl have to agree on, to the letter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from review import kinds
from review.model import Resource
from review.names import GUID
from review.rules.rule import Observation
from review.situation import Situation
from review.values import SECRET, UNKNOWN, Value, at, items, texts

_PORTAL = {"issuer": "OIDC_ISSUER_URL", "client id": "OIDC_CLIENT_ID"}
_CLUSTER = {"issuer": "issuerUrl", "client id": "clientId"}
_KUBECTL = {"issuer": "--oidc-issuer-url", "client id": "--oidc-client-id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Party:
    """One who has to agree; values by what is agreed on."""

    name: str
    resource: Resource
    values: dict[str, Value]


def disagreements(situation: Situation) -> Iterator[Observation]:
    """Yield where issuer or client id will differ between cluster, portal and kubectl.

    Only when one of them changes: what was there before is not this change's doing.
    """
    parties = list(_parties(situation))
    touched = [party for party in parties if situation.change_of(party.resource.urn)]
    clusters = [party for party in parties if party.resource.type == kinds.IDENTITY_PROVIDER]
    others = [party for party in parties if party not in clusters]
    if not touched:
        return
    if not clusters or not others:
        hidden = not situation.preview.whole
        if hidden and any(_moves(situation, party) for party in touched):
            yield Observation(
                text="Whether cluster, portal and kubectl still agree on issuer and client id: the "
                "preview shows only some of them. Run it with --show-sames.",
                urns=tuple(party.resource.urn for party in touched),
                unknown=True,
            )
        return
    for what in _CLUSTER:
        for other in others:
            # With several identity providers, a client has to fit one of them.
            answers = [_compare(situation, cluster, other, what) for cluster in clusters]
            if True in answers:
                continue
            urns = (clusters[0].resource.urn, other.resource.urn)
            wanted = clusters[0].values[what]
            if None in answers:
                yield Observation(
                    text=f"Whether EKS and {other.name} will agree on the {what}.",
                    urns=urns,
                    unknown=True,
                )
            else:
                yield Observation(
                    text=f"EKS trusts the {what} {wanted}, and {other.name} uses "
                    f"{other.values[what]}: every request of {other.name} will be a 401.",
                    urns=urns,
                )


def prefix_disagreements(situation: Situation) -> Iterator[Observation]:
    """Yield bindings for groups of Entra under another prefix than the cluster will give."""
    providers = situation.resources_after(kinds.IDENTITY_PROVIDER)
    prefixes = {at(provider.inputs, "oidc", "groupsPrefix") for provider in providers}
    bindings = situation.resources_after(kinds.CLUSTER_ROLE_BINDING, kinds.ROLE_BINDING)
    changed = [r for r in (*providers, *bindings) if situation.change_of(r.urn) is not None]
    if not changed or not providers:
        return
    wrong: dict[str, list[str]] = {}
    for binding in bindings:
        for group in texts([at(subject, "name") for subject in items(_subjects(binding))]):
            guid = GUID.search(group)
            prefix = group[: guid.start()] if guid else None
            if guid and guid.end() == len(group) and prefix not in prefixes:
                wrong.setdefault(str(prefix), []).append(binding.urn)
    for prefix, urns in sorted(wrong.items()):
        if UNKNOWN in prefixes:
            yield Observation(
                text=f"Whether groups will have the prefix {prefix!r} that bindings expect.",
                urns=tuple(urns),
                unknown=True,
            )
        else:
            given = " or ".join(repr(one or "") for one in sorted(map(str, prefixes)))
            yield Observation(
                text=f"{len(urns)} bindings are for groups with the prefix {prefix!r}, and the "
                f"identity provider gives them {given}: nobody gets these rights.",
                urns=tuple(urns),
            )


def _subjects(binding: Resource) -> list[Value]:
    return [s for s in items(binding.inputs.get("subjects")) if at(s, "kind") == "Group"]


def _parties(situation: Situation) -> Iterator[_Party]:
    for resource in situation.after.values():
        if resource.type == kinds.IDENTITY_PROVIDER:
            values = {what: at(resource.inputs, "oidc", key) for what, key in _CLUSTER.items()}
            yield _Party(name="EKS", resource=resource, values=values)
        elif resource.type == kinds.CONFIG_MAP and at(resource.inputs, "data", "OIDC_ISSUER_URL"):
            values = {what: at(resource.inputs, "data", key) for what, key in _PORTAL.items()}
            yield _Party(name="the portal", resource=resource, values=values)
        elif resource.type == kinds.STACK:
            arguments = at(resource.outputs, "kubeconfigUser", "user", "exec", "args")
            values = {what: _argument(arguments, flag) for what, flag in _KUBECTL.items()}
            if any(value is not None for value in values.values()):
                yield _Party(name="kubectl", resource=resource, values=values)


def _argument(arguments: Value, flag: str) -> Value:
    for argument in texts(arguments):
        if found := re.match(rf"{flag}=(.*)", argument):
            return found[1]
    return None


def _compare(situation: Situation, cluster: _Party, other: _Party, what: str) -> bool | None:
    """Return whether two agree; None when that cannot be told yet."""
    one, two = cluster.values[what], other.values[what]
    if UNKNOWN in (one, two) or SECRET in (one, two):
        if what != "client id" or one is not two:
            return None
        return _same_source(situation, cluster.resource, other.resource) or None
    return one == two


def _same_source(situation: Situation, cluster: Resource, portal: Resource) -> bool:
    """Whether both unknown client ids are those of one application."""
    sources = [
        {urn for urn in _all(side.depends_on.values()) if _is_application(situation, urn)}
        for side in (cluster, portal)
    ]
    return len(sources[0]) == 1 and sources[0] == sources[1]


def _all(groups: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for group in groups:
        yield from group


def _is_application(situation: Situation, urn: str) -> bool:
    found = situation.after.get(urn)
    return found is not None and found.type == kinds.APPLICATION


def _moves(situation: Situation, party: _Party) -> bool:
    """Whether issuer or client id of one of them changes."""
    change = situation.change_of(party.resource.urn)
    if change is None or change.old is None:
        return True
    keys = {
        kinds.IDENTITY_PROVIDER: [("oidc", key) for key in _CLUSTER.values()],
        kinds.CONFIG_MAP: [("data", key) for key in _PORTAL.values()],
    }.get(party.resource.type, [])
    return any(at(change.old.inputs, *key) != at(party.resource.inputs, *key) for key in keys)
