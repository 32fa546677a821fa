"""Rules about RBAC: who gains and loses what in the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from review import kinds
from review.access import WHOLE_CLUSTER, Right, access_change
from review.model import Resource
from review.rules.rule import Observation, Rule, Severity, resource_rule
from review.settings import ReviewSettings
from review.situation import Situation
from review.values import UNKNOWN, at, items, texts

_RBAC = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"
_GOOD_PRACTICE = "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
_BINDINGS = (kinds.CLUSTER_ROLE_BINDING, kinds.ROLE_BINDING)
_CONTROL = frozenset({"kube-system", "kube-public", "kube-node-lease"})
MAX_NAMED = 5


def listed(names: Iterable[str]) -> str:
    """Return names as a list of words; the rest is counted."""
    ordered = sorted(set(names), key=str.casefold)
    shown, rest = ordered[:MAX_NAMED], len(ordered) - MAX_NAMED
    if rest > 0:
        return f"{', '.join(shown)} and {rest:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def them(rights: list[Right]) -> str:
    """Return who has these rights, with what they are when they are all the same."""
    names = listed(right.who for right in rights)
    kinds_of_them = {right.who_kind for right in rights}
    if kinds_of_them == {"everybody"} or len(kinds_of_them) > 1:
        return names
    several = "s" if len({right.who for right in rights}) > 1 else ""
    return f"the {kinds_of_them.pop()}{several} {names}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def is_cluster_admin(right: Right) -> bool:
    """Whether a right is as good as root on the cluster."""
    everything = right.target_key.endswith("/cluster-admin")
    return everything and (
        right.area == "cluster" or right.target_key.partition(":")[0].split()[-1] in _CONTROL
    )


def _cluster_admins(situation: Situation) -> Iterator[Observation]:
    gained = [right for right in access_change(situation).gained if is_cluster_admin(right)]
    for where in sorted({right.target.rpartition(":")[0] for right in gained}):
        rights = [right for right in gained if right.target.rpartition(":")[0] == where]
        whole = rights[0].area == "cluster"
        becomes = f"{them(rights)} {'becomes' if len(rights) == 1 else 'become'} cluster-admin"
        cluster = where.removeprefix(WHOLE_CLUSTER)
        becomes += (f" of{cluster}" if cluster else "") if whole else f" in {where}"
        yield Observation(
            headline=becomes,
            text=f"{_capital(becomes)}: they can read every secret, change every right, "
            "theirs included, and delete everything"
            f"{'.' if whole else ', and from there the whole cluster.'}",
            urns=tuple(sorted({right.urn for right in rights})),
        )
    yield from _not_known_yet(situation)


def _not_known_yet(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(*_BINDINGS):
        if change.new is None or change.operation == "delete":
            continue
        subjects = items(change.new.inputs.get("subjects"))
        names = [subject if subject is UNKNOWN else at(subject, "name") for subject in subjects]
        role = at(change.new.inputs, "roleRef", "name")
        if UNKNOWN in names or role is UNKNOWN:
            yield Observation(
                text=f"Whom the binding {change.new.name} gives the role "
                f"{'' if role is UNKNOWN else role}.".replace(" .", "."),
                urns=(change.urn,),
                unknown=True,
            )


def _given(situation: Situation) -> Iterator[Observation]:
    gained = access_change(situation).gained
    rights = [r for r in gained if r.area in ("cluster", "namespace") and not is_cluster_admin(r)]
    everyone = [r for r in gained if r.area != "directory" and not is_cluster_admin(r)]
    headline = f"{them(everyone)} gain{_s(everyone)} access" if everyone else ""
    for what in dict.fromkeys(right.what for right in rights):
        those = [right for right in rights if right.what == what]
        yield Observation(
            headline=headline,
            text=f"{_capital(them(those))} may now {what}.",
            urns=tuple(sorted({right.urn for right in those})),
            severity=Severity.HIGH if those[0].area == "cluster" and those[0].weight > 10 else None,
        )
    signing_in = [right for right in gained if right.area == "sign-in"]
    for what in dict.fromkeys(right.what for right in signing_in):
        those = [right for right in signing_in if right.what == what]
        yield Observation(
            headline=headline,
            text=f"{_members(those)} may now {what}.",
            urns=tuple(sorted({right.urn for right in those})),
        )


def _s(rights: list[Right]) -> str:
    return "" if len({right.who for right in rights}) > 1 else "s"


def _members(rights: list[Right]) -> str:
    """Entra does not count members of nested groups: only direct ones sign in."""
    if rights[0].who_kind == "everybody":
        return _capital(rights[0].who)
    return f"Direct members of {them(rights)}"


def _taken(situation: Situation) -> Iterator[Observation]:
    lost = [r for r in access_change(situation).lost if r.area != "directory"]
    headline = f"{them(lost)} lose{_s(lost)} access" if lost else ""
    for what in dict.fromkeys(right.what for right in lost):
        those = [right for right in lost if right.what == what]
        who = _members(those) if those[0].area == "sign-in" else _capital(them(those))
        yield Observation(
            headline=headline,
            text=f"{who} may no longer {what}.",
            urns=tuple(sorted({right.urn for right in those})),
        )


def _system_names(binding: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
    role = at(binding.inputs, "roleRef", "name")
    for subject in items(binding.inputs.get("subjects")):
        name = subject if subject is UNKNOWN else at(subject, "name")
        kind = "User or Group" if subject is UNKNOWN else at(subject, "kind")
        if name is UNKNOWN:
            yield Observation(
                text=f"Whom {binding.name} gives the role {role}.",
                urns=(binding.urn,),
                about="unknown",
                unknown=True,
            )
        elif kind in ("User", "Group") and str(name).startswith("system:"):
            everybody = {
                "system:authenticated": "everybody who can sign in, IAM and workloads included",
                "system:unauthenticated": "everybody who can reach the API server",
                "system:anonymous": "everybody who can reach the API server",
                "system:masters": "a group that no admission or RBAC rule can hold back",
                "system:serviceaccounts": "every workload of the cluster",
            }.get(str(name), "a name of Kubernetes' own, which no directory group has")
            yield Observation(
                text=f"{role} is given to {name}: {everybody}.",
                urns=(binding.urn,),
                about=str(name),
            )


def _system_prefix(provider: Resource, _settings: ReviewSettings) -> Iterator[Observation]:
    for name in ("usernamePrefix", "groupsPrefix"):
        prefix = at(provider.inputs, "oidc", name)
        if isinstance(prefix, str) and "system:" in prefix:
            yield Observation(
                text=f"The {name} {prefix!r} turns people of the directory into names of "
                "Kubernetes' own.",
                urns=(provider.urn,),
                about=name,
            )


def _system(resource: Resource, settings: ReviewSettings) -> Iterator[Observation]:
    if resource.type == kinds.IDENTITY_PROVIDER:
        yield from _system_prefix(resource, settings)
    else:
        yield from _system_names(resource, settings)


def _widened(situation: Situation) -> Iterator[Observation]:
    for change in situation.of_kind(kinds.ROLE, kinds.CLUSTER_ROLE):
        if change.operation not in ("update", "replace") or not (change.old and change.new):
            continue
        if UNKNOWN in items(change.new.inputs.get("rules")):
            yield Observation(
                text=f"What the role {change.new.name} will allow.",
                urns=(change.urn,),
                unknown=True,
            )
            continue
        more = _verbs(change.new) - _verbs(change.old)
        if more:
            role = at(change.new.inputs, "metadata", "name") or change.new.name
            words = listed(f"{verb} {what}" for verb, what in more)
            yield Observation(
                text=f"Whoever has the role {role} may in addition {words}.",
                urns=(change.urn,),
                severity=Severity.HIGH if _is_wide(more) else None,
            )


def _verbs(role: Resource) -> set[tuple[str, str]]:
    return {
        (verb, f"{resource}{'.' + group if group else ''}")
        for rule in items(role.inputs.get("rules"))
        for group in texts(at(rule, "apiGroups")) or [""]
        for resource in texts(at(rule, "resources"))
        for verb in texts(at(rule, "verbs"))
    }


def _is_wide(verbs: set[tuple[str, str]]) -> bool:
    return any(
        verb in ("*", "bind", "escalate", "impersonate")
        or what in ("*", "secrets")
        or what.startswith(("*.", "roles", "clusterroles"))
        for verb, what in verbs
    )


RULES = (
    resource_rule(
        id="system-name-bound",
        title="A right for a name of Kubernetes' own",
        severity=Severity.CRITICAL,
        blocks=True,
        consequence="Names that start with system: mean everybody, every workload or the control "
        "plane, never a group of the directory.",
        remedy="Bind the groups of the directory, with their prefix.",
        link=_RBAC + "#referring-to-subjects",
        types=(*_BINDINGS, kinds.IDENTITY_PROVIDER),
        check=_system,
    ),
    Rule(
        id="cluster-admin-given",
        title="Somebody becomes cluster-admin",
        severity=Severity.HIGH,
        consequence="They can do everything in the cluster, and give it to others.",
        remedy="Give a role in the namespaces that they work in; keep cluster-admin for the few "
        "who "
        "run the cluster.",
        link=_GOOD_PRACTICE,
        look=_cluster_admins,
    ),
    Rule(
        id="access-given",
        title="Somebody gains access",
        severity=Severity.LOW,
        consequence="More people can reach something.",
        remedy="Check with whoever answers for it that these are the right groups.",
        link=_RBAC,
        look=_given,
    ),
    Rule(
        id="access-taken",
        title="Somebody loses access",
        severity=Severity.MEDIUM,
        consequence="People find themselves locked out of what they could reach.",
        remedy="Check that it is meant, and tell them.",
        link=_RBAC,
        look=_taken,
    ),
    Rule(
        id="role-widened",
        title="A role allows more",
        severity=Severity.MEDIUM,
        consequence="Everybody who has the role may do more, without any new binding.",
        remedy="Check who has the role.",
        link=_GOOD_PRACTICE,
        look=_widened,
    ),
)
